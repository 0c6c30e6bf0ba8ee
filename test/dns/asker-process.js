// Asks name servers for tests, in a process of its own: a look-up blocks, and the test's servers have to run. Uses the
// compiled host, since a process is started with plain JavaScript.
import { readdirSync, readlinkSync } from "node:fs";
import { parsePolicy } from "../../build/core/permissions/parse-policy.js";
import { Permissions } from "../../build/core/permissions/permissions.js";
import { Resolver } from "../../build/core/resolver/resolver.js";
import { openKernel } from "../../build/kernel/open-kernel.js";
import { loadAddressText } from "../../build/runtime/address-text.js";
import { resolverHost } from "../../build/runtime/resolver-host.js";

function sockets() {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:") ? [fd] : [];
    } catch {
      return [];
    }
  }).length;
}

let resolver;
let core;
process.on("message", ({ settings, query }) => {
  if (settings !== undefined) {
    const policy = parsePolicy([], true, loadAddressText(), (path) => path);
    core = { permissions: new Permissions(policy, () => {}), kernel: openKernel(-1) };
    resolver = new Resolver(resolverHost(settings, () => openKernel(-1)));
    process.send({});
    return;
  }
  const before = sockets();
  const started = performance.now();
  const answer = resolver.query(core, Buffer.from(query, "hex"));
  const seconds = (performance.now() - started) / 1000;
  const result = typeof answer === "number" ? { errno: -answer } : { answer: Buffer.from(answer).toString("hex") };
  process.send({ ...result, seconds, leaked: sockets() - before });
});
