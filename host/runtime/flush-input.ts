export { flushInput } from "../kernel/flush-input.js";
