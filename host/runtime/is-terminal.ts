export { isTerminal } from "../kernel/is-terminal.js";
