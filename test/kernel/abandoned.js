// Abandons a look-up of the system's whose environment ends before it does. Run in a machine of its own, whose name
// server is a socket of this process that never answers. The main thread does not load the addon: it is unloaded with
// the last worker, unless the look-up keeps it.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

async function main() {
  const server = createSocket("udp4");
  server.bind(53, "127.0.0.1");
  await once(server, "listening");
  const start = (data) => new Worker(fileURLToPath(import.meta.url), { workerData: data });
  const asking = start({ role: "ask" });
  const asked = once(asking, "exit");
  const [cancelFd] = await once(asking, "message");
  await once(server, "message");
  const firing = start({ role: "fire", cancelFd });
  const fired = once(firing, "exit");
  await asked;
  firing.postMessage("over");
  await fired;
  // The system asks again before it gives up: its thread is still there.
  await once(server, "message");
  server.close();
  console.log("survived");
}

async function work({ role, cancelFd }) {
  const { createCancel, fireCancel } = await import("../../build/kernel/cancel.js");
  const { openKernel } = await import("../../build/kernel/open-kernel.js");
  if (role === "ask") {
    const own = createCancel();
    const kernel = openKernel(own);
    parentPort.postMessage(own);
    const hostFd = kernel.startGetaddrinfo(new TextEncoder().encode("silent.test."), 2);
    const pollfd = new Uint8Array(Int32Array.of(hostFd, 1).buffer);
    const result = kernel.poll(pollfd, 1, -1);
    kernel.close(hostFd);
    if (result !== -125) throw new Error(`it answers ${result}`);
    return;
  }
  const timer = setInterval(() => fireCancel(cancelFd), 10);
  await once(parentPort, "message");
  clearInterval(timer);
}

await (isMainThread ? main() : work(workerData));
