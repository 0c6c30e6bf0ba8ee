export { exitNow } from "../kernel/exit-now.js";
