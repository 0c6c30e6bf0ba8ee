/** Go's zero value: null, 0 or false. */
// @ts-ignore: decorator
@inline
export function zero<T>(): T {
  return isReference<T>() ? changetype<T>(0) : <T>0;
}
