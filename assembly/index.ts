// Everything in one place. Programs usually import the parts: "sockyard/socket".
export * from "./byteorder";
export * from "./errno";
export * from "./inet";
export * from "./netdb";
export * from "./process";
export * from "./sockaddr";
export * from "./socket";
