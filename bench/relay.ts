// The guest of the case `copy`: io.copy from the first of two clients to the second, then from the next two.

import { fprintf } from "sockyard/fmt";
import { copy, Failure } from "sockyard/io";
import { Listener, listen } from "sockyard/net";
import { exit, stderr } from "sockyard/os";

function main(): i32 {
  const listening = listen("tcp", "127.0.0.1:0");
  if (!listening.ok) return failure(listening.err);
  fprintf(stderr, "listening on %v\n", listening.value.addr());
  while (true) {
    const err = relay(listening.value);
    if (err !== null) return failure(err);
  }
}

function relay(listener: Listener): Failure | null {
  const source = listener.accept();
  if (!source.ok) return source.err;
  const target = listener.accept();
  if (!target.ok) return target.err;
  const err = copy(target.value, source.value).err;
  source.value.close();
  target.value.close();
  return err;
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
