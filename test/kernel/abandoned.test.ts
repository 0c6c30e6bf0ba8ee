import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasNamespaces } from "../cli/namespaces.js";
import { PROJECT, start, temporaryDirectory } from "../cli/sockyard.js";

const SET_UP = `
ip link set lo up
printf 'nameserver 127.0.0.1\\noptions timeout:1 attempts:2\\n' > "$0/resolv.conf"
mount --bind "$0/resolv.conf" /etc/resolv.conf
exec "$@"
`;

describe.skipIf(!hasNamespaces())("a look-up of the system's", () => {
  it("may outlive its guest and the worker that it ran in", async () => {
    const words = ["-rmn", "sh", "-euc", SET_UP, temporaryDirectory(), process.execPath];
    const machine = start("unshare", [...words, join(PROJECT, "test/kernel/abandoned.js")], { stdin: "" });
    expect(await machine.ended).toEqual({ code: 0, signal: null, stdout: "survived\n", stderr: "" });
  });
});
