import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { guest, has, sockyard, start } from "./sockyard.js";

const LINKS = guest("links.ts");
const hasNamespaces = has("unshare") && (await start("unshare", ["-Urn", "true"]).ended).code === 0;
/** Root may have packet sockets unless this is taken away; others may not. */
const DROP = process.getuid?.() === 0 ? "setpriv --bounding-set=-net_raw" : "";
const canDropPrivilege =
  DROP === "" || (has("setpriv") && (await start("sh", ["-c", `${DROP} true`]).ended).code === 0);

describe("--allow-raw", () => {
  it("netlink: links.ts asks the kernel for the interfaces of this machine", async () => {
    const { code, stdout, stderr } = await sockyard(["run", "--allow-raw=netlink", LINKS, "list"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    const names = readdirSync("/sys/class/net").filter((name) => name !== "bonding_masters");
    const links = names.map((name) => `link ${readFileSync(`/sys/class/net/${name}/ifindex`, "utf8").trim()} ${name}`);
    expect(lines.filter((line) => line.startsWith("link ")).sort()).toEqual(links.sort());
    const addresses = Object.values(networkInterfaces()).flat();
    expect(lines.filter((line) => line.startsWith("address ")).length).toBeGreaterThanOrEqual(addresses.length);
  });

  it("is asked for by kind, and the hint names it", async () => {
    for (const grants of [[], ["--allow-net"], ["--allow-raw=packet,icmp,raw"]]) {
      const { code, stdout, stderr } = await sockyard(["run", ...grants, LINKS, "list"]);
      expect({ code, stdout }).toEqual({ code: 77, stdout: "" });
      expect(stderr).toContain("error: permission denied: open a netlink socket\n");
      expect(stderr).toContain(" --allow-raw=netlink test/guests/links.ts list\n");
      expect(stderr).toContain("socket: Permission denied\n");
    }
  });

  it.skipIf(!hasNamespaces)("packet: links.ts sees a datagram pass by, in a network of its own", async () => {
    const grants = "--allow-raw=packet,netlink --allow-net-connect=udp:127.0.0.1:9";
    const line = `unshare -Urn sockyard run ${grants} ${LINKS} capture`;
    const { code, stdout, stderr } = await start("sh", ["-c", line]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("bound to 1, hardware 772, address of 6\npayload in 35 bytes, protocol 2048, type 0\n");
  });

  it.skipIf(!canDropPrivilege)("grants nothing that the kernel refuses", async () => {
    const { code, stderr } = await start("sh", ["-c", `${DROP} sockyard run --allow-raw ${LINKS} capture`]).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: "socket: Operation not permitted\n" });
  });
});
