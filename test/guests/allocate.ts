// Allocates until there is no memory left.

const kept: StaticArray<u8>[] = [];

while (true) kept.push(new StaticArray<u8>(1 << 20));
