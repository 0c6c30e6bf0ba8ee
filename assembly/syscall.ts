// Go's package syscall, as far as errors go. The calls themselves are in "sockyard/socket".

export { Errno } from "./syscall/errno";
