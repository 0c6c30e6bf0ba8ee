// Calls of berkeley_sockets_v1, as bare as they are: this file's name is the module's.

export declare function res_send(msg: ArrayBuffer, msglen: i32, answer: ArrayBuffer, anslen: i32): i32;
export declare function getaddrinfo(node: ArrayBuffer, family: i32, buf: ArrayBuffer, len: i32): i32;
