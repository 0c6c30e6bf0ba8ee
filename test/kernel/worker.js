// One guest's thread, for workers.test.ts. Uses the compiled face of the addon: a worker loads plain JavaScript.
import { readlinkSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

import { openKernel } from "../../build/kernel/open-kernel.js";

const { job, cancelFd, rounds } = workerData;
const kernel = openKernel(cancelFd);
const memory = new WebAssembly.Memory({ initial: 1, maximum: 10 });
kernel.attach(memory);

function must(result) {
  if (result < 0) throw new Error(`errno ${-result}`);
  return result;
}

function listener() {
  const fd = must(kernel.socket(2, 1, 0));
  kernel.address.bytes.set([2, 0, 0, 0, 127, 0, 0, 1]);
  kernel.address.length = 16;
  must(kernel.bind(fd));
  must(kernel.listen(fd, 1));
  must(kernel.getsockname(fd));
  return fd;
}

function pair() {
  const listening = listener();
  const client = must(kernel.socket(2, 1, 0));
  must(kernel.connect(client));
  const server = must(kernel.accept4(listening, 0));
  must(kernel.close(listening));
  return [client, server];
}

function exchange() {
  const [client, server] = pair();
  for (let round = 0; round < rounds; round++) {
    new DataView(memory.buffer).setUint32(0, round);
    must(kernel.send(client, 0, 4, 0));
    if (round % 500 === 0) memory.grow(1);
    must(kernel.recv(server, 100, 4, 0));
    if (new DataView(memory.buffer).getUint32(100) !== round) throw new Error(`round ${round} came back wrong`);
  }
  must(kernel.close(client));
  must(kernel.close(server));
  return rounds;
}

function blocked(call) {
  const fds = job === "recv" || job === "read" ? pair() : [listener()];
  // Told before the call: from then on, a sleeping thread is a thread in the call.
  parentPort.postMessage({ thread: readlinkSync("/proc/thread-self") });
  const result = call(fds[0]);
  for (const fd of fds) must(kernel.close(fd));
  return result;
}

const jobs = {
  exchange,
  recv: () => blocked((fd) => kernel.recv(fd, 0, 10, 0)),
  read: () => blocked((fd) => kernel.read(fd, 0, 10)),
  accept4: () => blocked((fd) => kernel.accept4(fd, 0)),
  poll: () => blocked(() => kernel.poll(new Uint8Array(0), 0, -1)),
};

parentPort.postMessage({ result: jobs[job]() });
