// Byte order. The network's is big endian, WebAssembly's little endian, on
// every machine: each of these functions therefore always swaps. A signed
// value is taken by its bits, as C's implicit conversion to unsigned does.

/** `uint32_t htonl(uint32_t hostlong)`: 32 bits, host to network order. byteorder(3) */
// @ts-ignore: decorator
@inline
export function htonl(hostlong: u32): u32 {
  return bswap<u32>(hostlong);
}

/** `uint16_t htons(uint16_t hostshort)`: 16 bits, host to network order. byteorder(3) */
// @ts-ignore: decorator
@inline
export function htons(hostshort: u16): u16 {
  return bswap<u16>(hostshort);
}

/** `uint32_t ntohl(uint32_t netlong)`: 32 bits, network to host order. byteorder(3) */
// @ts-ignore: decorator
@inline
export function ntohl(netlong: u32): u32 {
  return bswap<u32>(netlong);
}

/** `uint16_t ntohs(uint16_t netshort)`: 16 bits, network to host order. byteorder(3) */
// @ts-ignore: decorator
@inline
export function ntohs(netshort: u16): u16 {
  return bswap<u16>(netshort);
}
