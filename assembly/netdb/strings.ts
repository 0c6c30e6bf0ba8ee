// C's `char *` and `char **`, as the fields of hostent, servent and protoent are:
// a block of bytes with a table of pointers and the strings behind it.

/** One block for all that a struct points to. It stays where it is for as long as somebody holds it. */
@final
export class StringBlock {
  private bytes: ArrayBuffer;
  private next: usize;

  /** `size` bytes: 4 for each pointer, the NULs that end tables among them, and sizeOf() for each string. */
  constructor(size: usize) {
    this.bytes = new ArrayBuffer(<i32>size);
    this.next = changetype<usize>(this.bytes);
  }

  /** Bytes that put() takes for a string. */
  static sizeOf(text: string): usize {
    return String.UTF8.byteLength(text, true);
  }

  /** Bytes that putAll() takes for strings and the table of their addresses. */
  static sizeOfAll(texts: string[]): usize {
    let size: usize = sizeof<usize>() * (<usize>texts.length + 1);
    for (let i = 0; i < texts.length; i++) size += StringBlock.sizeOf(texts[i]);
    return size;
  }

  /** Room for `size` bytes. Pointers have to come before strings, which end anywhere. */
  take(size: usize): usize {
    const start = this.next;
    this.next += size;
    return start;
  }

  /** Puts a string and its final NUL; its address. */
  put(text: string): usize {
    return this.take(String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, this.next, true));
  }

  /** Puts strings at the addresses that it puts into `table`, which ends with a null pointer. */
  putAll(texts: string[], table: usize): void {
    for (let i = 0; i < texts.length; i++) store<usize>(table + sizeof<usize>() * i, this.put(texts[i]));
  }
}

/** The string at `address`, up to its NUL. */
export function stringAt(address: usize): string {
  let length = 0;
  while (load<u8>(address + length) != 0) length++;
  return String.UTF8.decodeUnsafe(address, length);
}

/** The strings whose addresses are at `table`, up to the null pointer. */
export function stringsAt(table: usize): string[] {
  const result: string[] = [];
  for (let entry = table; load<usize>(entry) != 0; entry += sizeof<usize>()) result.push(stringAt(load<usize>(entry)));
  return result;
}
