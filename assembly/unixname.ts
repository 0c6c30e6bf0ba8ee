import { SIZEOF_SOCKADDR_UN } from "./linux.generated";

/** The name in a sockaddr_un of `length` bytes at `at`: a path, `@` and an abstract name, or nothing. */
export function unixName(at: usize, length: u32): string {
  const size = min<i32>(length, SIZEOF_SOCKADDR_UN) - sizeof<u16>();
  if (size <= 0) return "";
  const name = at + sizeof<u16>();
  if (load<u8>(name) == 0) return "@" + String.UTF8.decodeUnsafe(name + 1, size - 1);
  // Linux reports a path of all 108 bytes with a length of 111: the NUL is outside.
  return String.UTF8.decodeUnsafe(name, size, true);
}
