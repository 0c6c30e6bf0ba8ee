export { unshareDescriptors } from "../kernel/descriptor-table.js";
