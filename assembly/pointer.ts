// C passes `void *` and `&x`. These are their counterparts: any buffer or
// struct may be given to a call as it is, and out-parameters are Ref objects.

/**
 * A variable whose address can be given to a call, as `&x` in C.
 *
 * `const length = new Ref<socklen_t>(SIZEOF_SOCKADDR_IN)` is C's
 * `socklen_t length = sizeof(struct sockaddr_in)`.
 */
@final
export class Ref<T> {
  constructor(public value: T) {}
}

/** No address: for `accept(fd, NULL, NULL)`. (A plain null works too, with a warning of the compiler's.) */
export const NULL: usize = 0;

/**
 * The address that a call receives for `buffer`.
 *
 * Accepts a StaticArray of numbers, an ArrayBuffer, a typed array, an instance
 * of one of this library's structs, a Ref, or an address (usize). The
 * address stays right for as long as `buffer` lives: objects do not move.
 */
// @ts-ignore: decorator
@inline
export function pointer<T>(buffer: T): usize {
  if (isString<T>()) ERROR("a string is UTF-16: encode it first, String.UTF8.encode(text)");
  if (isArray<T>()) ERROR("an Array moves its elements as it grows: use a StaticArray");
  if (isFunction<T>() || isFloat<T>()) ERROR("not a buffer");
  if (isReference<T>()) {
    // @ts-ignore: a class, not only a type
    if (buffer instanceof ArrayBufferView) return changetype<ArrayBufferView>(buffer).dataStart;
    return changetype<usize>(buffer);
  }
  return <usize>buffer;
}

/**
 * Tells whether the bytes of `buffer` are known to be fewer than `count`.
 *
 * The host can only check that a range lies in the guest's memory. A length
 * past the end of a managed object would overwrite its neighbors, so it is
 * stopped here; an address (usize) is trusted, as in C.
 */
// @ts-ignore: decorator
@inline
export function overruns<T>(buffer: T, count: usize): bool {
  if (!isManaged<T>()) return false;
  if (isNullable<T>() && changetype<usize>(buffer) == 0) return false;
  // @ts-ignore: a class, not only a type
  if (buffer instanceof ArrayBufferView) return count > <usize>changetype<ArrayBufferView>(buffer).byteLength;
  // Every managed object is preceded by its size, rtSize in ~lib/rt/common.
  return count > <usize>load<u32>(changetype<usize>(buffer) - 4);
}
