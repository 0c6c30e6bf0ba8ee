import { describe, expect, it } from "vitest";
import { guest, sockyard, temporaryDirectory } from "./sockyard.js";

const EACCES = 13;

/** Whether each attempt got past policy; what the kernel then said of it is of no interest. */
async function allowed(grants: readonly string[], attempts: readonly string[]): Promise<Record<string, boolean>> {
  const { stdout } = await sockyard(["run", ...grants, guest("attempt.ts"), ...attempts, "exit=0"]);
  const results = stdout.trimEnd().split("\n");
  expect(results).toHaveLength(attempts.length);
  return Object.fromEntries(results.map((line) => [line.split(" ")[0], line.split(" ")[1] !== String(EACCES)]));
}

/** Grants, then what they allow, then what they do not. */
const TABLE: readonly (readonly [string, string, string])[] = [
  ["", "", "connect=tcp:127.0.0.1:1 bind=tcp:127.0.0.1:0 bind=unix:@a listen=tcp:127.0.0.1:0 send=udp:[::1]:9 packet="],
  ["-N", "connect=tcp:127.0.0.1:1 bind=udp:[::]:0 bind=unix:@a send=udp:[::1]:9", "packet= send=udp:224.0.0.1:9"],
  ["-A", "connect=tcp:127.0.0.1:1 bind=tcp:0.0.0.0:0 bind=unix:@a listen=tcp:127.0.0.1:0", ""],
  ["--allow-net-connect", "connect=tcp:127.0.0.1:1 connect=unix:@a", "bind=tcp:127.0.0.1:0 bind=unix:@a"],
  ["--allow-net-listen", "bind=tcp:127.0.0.1:0 bind=unix:@a", "connect=tcp:127.0.0.1:1 send=udp:127.0.0.1:9"],
  [
    "--allow-net-connect=127.0.0.1:1",
    "connect=tcp:127.0.0.1:1 connect=tcp:[::ffff:127.0.0.1]:1 connect=tcp:0.0.0.0:1 send=udp:127.0.0.1:1",
    "connect=tcp:127.0.0.1:2 connect=tcp:127.0.0.2:1 connect=tcp:[::1]:1 bind=tcp:127.0.0.1:1 connect=unix:@a",
  ],
  ["-N=[::1]:1", "connect=tcp:[::1]:1 connect=tcp:[::]:1", "connect=tcp:[::1]:2 connect=tcp:127.0.0.1:1"],
  ["-N=[::1]", "connect=tcp:[::1]:2 bind=tcp:[::1]:0", "bind=tcp:[::]:0 connect=tcp:127.0.0.1:1"],
  ["-N=127.1.0.0/16", "connect=tcp:127.1.255.3:1 bind=udp:127.1.0.1:0", "connect=tcp:127.2.0.1:1 bind=tcp:0.0.0.0:0"],
  ["-N=[::/127]", "connect=tcp:[::1]:1", "connect=tcp:[::2]:1 connect=tcp:127.0.0.1:1"],
  [
    "-N=loopback",
    "connect=tcp:127.9.9.9:1 connect=tcp:[::1]:1 bind=tcp:127.0.0.1:0",
    "bind=tcp:0.0.0.0:0 connect=unix:@a",
  ],
  ["-N=example.com", "", "connect=tcp:127.0.0.1:1 bind=tcp:127.0.0.1:0 send=udp:[::1]:9 connect=unix:@example.com"],
  ["-N --deny-net=example.com", "connect=tcp:127.0.0.1:1 bind=tcp:127.0.0.1:0", ""],
  ["--allow-net-resolve", "", "connect=tcp:127.0.0.1:1 bind=tcp:127.0.0.1:0"],
  ["-N --deny-net-resolve", "connect=tcp:127.0.0.1:1 bind=tcp:127.0.0.1:0", ""],
  ["-N=localhost", "connect=tcp:127.0.0.1:1 connect=tcp:[::1]:1", "connect=tcp:127.0.0.2:1"],
  ["-N=private", "bind=tcp:10.0.0.1:0", "connect=tcp:127.0.0.1:1 bind=tcp:11.0.0.1:0"],
  ["-N=link-local", "bind=tcp:169.254.1.1:0 bind=tcp:[fe80::1]:0", "connect=tcp:127.0.0.1:1"],
  ["-N=public", "bind=tcp:8.8.8.8:0", "bind=tcp:127.0.0.1:0 connect=tcp:127.0.0.1:1"],
  [
    "-N=127.0.0.1:1-3",
    "connect=tcp:127.0.0.1:1 connect=tcp:127.0.0.1:3",
    "connect=tcp:127.0.0.1:4 bind=tcp:127.0.0.1:0",
  ],
  ["-N=127.0.0.1:*", "connect=tcp:127.0.0.1:1 bind=tcp:127.0.0.1:0", "connect=tcp:127.0.0.2:1"],
  ["-N=127.0.0.1:0", "bind=tcp:127.0.0.1:0", "bind=tcp:127.0.0.1:1 connect=tcp:127.0.0.1:1"],
  ["-N=0.0.0.0:0", "bind=tcp:0.0.0.0:0 bind=tcp:127.0.0.1:0", "bind=tcp:[::]:0"],
  ["-N=tcp:127.0.0.1", "connect=tcp:127.0.0.1:1 bind=tcp:127.0.0.1:0", "send=udp:127.0.0.1:9 bind=udp:127.0.0.1:0"],
  ["-N=udp:127.0.0.1", "send=udp:127.0.0.1:9 connect=udp:127.0.0.1:9", "connect=tcp:127.0.0.1:1 bind=tcp:127.0.0.1:0"],
  [
    "-N=127.0.0.1:1,[::1]:2",
    "connect=tcp:127.0.0.1:1 connect=tcp:[::1]:2",
    "connect=tcp:127.0.0.1:2 connect=tcp:[::1]:1",
  ],
  ["-N=unix:@sockyard-test", "connect=unix:@sockyard-test", "connect=unix:@sockyard-test2 connect=tcp:127.0.0.1:1"],
  ["-N=unix:@sockyard-*", "bind=unix:@sockyard-a bind=unix:@sockyard-", "bind=unix:@sockyard connect=unix:/sockyard-a"],
  [
    "-N --deny-net=127.0.0.0/8",
    "connect=tcp:[::1]:1",
    "connect=tcp:127.0.0.1:1 connect=tcp:0.0.0.0:1 bind=tcp:0.0.0.0:0",
  ],
  [
    "-N --deny-net-connect=loopback",
    "bind=tcp:127.0.0.1:0",
    "connect=tcp:127.0.0.1:1 connect=tcp:[::ffff:127.0.0.1]:1",
  ],
  ["-N --deny-net-listen=loopback", "connect=tcp:127.0.0.1:1", "bind=tcp:127.0.0.1:0 bind=tcp:[::]:0"],
  ["-A --deny-net=127.0.0.1:1", "connect=tcp:127.0.0.1:2", "connect=tcp:127.0.0.1:1"],
  ["-A --deny-net", "", "connect=tcp:127.0.0.1:1 bind=unix:@a"],
  ["-N=127.0.0.1:1 --deny-net=tcp:127.0.0.0/8", "send=udp:127.0.0.1:1", "connect=tcp:127.0.0.1:1"],
  ["-N --deny-net=unix:@a*", "bind=unix:@b", "bind=unix:@a1"],
  ["-A --deny-raw=packet", "connect=tcp:127.0.0.1:1", "packet="],
];

describe("rules", () => {
  it.each(TABLE)("%s", async (grants, allows, denies) => {
    const words = (text: string) => text.split(" ").filter((word) => word !== "");
    const attempts = [...words(allows), ...words(denies)];
    const wanted = Object.fromEntries(attempts.map((attempt) => [attempt, words(allows).includes(attempt)]));
    expect(await allowed(words(grants), attempts)).toEqual(wanted);
  });

  it("grants one Unix path", async () => {
    const directory = temporaryDirectory();
    const [mine, other] = [`unix:${directory}/mine`, `unix:${directory}/other`];
    const dotted = `unix:${directory}/../${directory.split("/").at(-1)}/mine`;
    const attempts = [`connect=${mine}`, `connect=${dotted}`, `bind=${mine}`, `connect=${other}`, `bind=${other}`];
    expect(Object.values(await allowed([`-N=${mine}`], attempts))).toEqual([true, true, true, false, false]);
  });

  it("grants what is below a directory, and nothing that only begins like it", async () => {
    const directory = temporaryDirectory();
    const attempts = [`bind=unix:${directory}/a`, `connect=unix:${directory}/../b`, `connect=unix:${directory}-2/a`];
    expect(Object.values(await allowed([`-N=unix:${directory}/**`], attempts))).toEqual([true, false, false]);
  });

  it("denies files wherever they lie, /proc included, whatever allows them", async () => {
    const directory = temporaryDirectory();
    const attempts = [`create=${directory}/a`, "open=/etc/passwd", "open=/proc/self/status", "open=/proc/version"];
    const outcome = async (...grants: string[]) => Object.values(await allowed(grants, attempts));
    expect(await outcome("-A")).toEqual([true, true, true, true]);
    expect(await outcome("-A", "--deny-read")).toEqual([true, false, false, false]);
    expect(await outcome("-A", "--deny-read=/proc", `--deny-write=${directory}`)).toEqual([false, true, false, false]);
    expect(await outcome("--allow-read=/etc,/proc", "--deny-read=/etc/passwd")).toEqual([false, false, false, true]);
  });

  it("wants the right of listening to remove a socket file, either right to look at it", async () => {
    const path = `${temporaryDirectory()}/socket`;
    const attempts = [`stat=${path}`, `unlink=${path}`];
    expect(Object.values(await allowed([`--allow-net-connect=unix:${path}`], attempts))).toEqual([true, false]);
    expect(Object.values(await allowed([`--allow-net-listen=unix:${path}`], attempts))).toEqual([true, true]);
  });

  it("hints at the right to read for what a program only asks about", async () => {
    const path = `${temporaryDirectory()}/absent`;
    const { stderr } = await sockyard(["run", guest("attempt.ts"), `stat=${path}`, "exit=0"]);
    expect(stderr).toContain(`hint: sockyard run --allow-read=${path} `);
    expect(await allowed([`--allow-read=${path}`], [`stat=${path}`])).toEqual({ [`stat=${path}`]: true });
  });
});

describe("rules that do not parse", () => {
  it.each([
    ["-N=127.1", "bad rule '127.1' in --allow-net", "hint: --allow-net=127.0.0.1"],
    ["--allow-net-connect=::1", "bad rule '::1' in --allow-net-connect", "hint: --allow-net-connect=[::1]"],
    ["--deny-net=10.0.0.1/8", "bad rule '10.0.0.1/8' in --deny-net", "hint: --deny-net=10.0.0.0/8"],
    ["-N=:8080", "bad rule ':8080' in --allow-net", "hint: --allow-net=loopback:8080"],
    ["-N=*", "bad rule '*' in --allow-net", "hint: --allow-net\n"],
    ["-N=127.0.0.1,,[::1]", "bad rule '' in --allow-net", ""],
    ["-N=127.0.0.1, [::1]", "bad rule ' [::1]' in --allow-net", "hint: --allow-net=127.0.0.1,[::1]"],
    ["-N=http://127.0.0.1/", "bad rule 'http://127.0.0.1/' in --allow-net", "hint: --allow-net=127.0.0.1:80"],
    ["-N=127.0.0.1:99999", "bad rule '127.0.0.1:99999' in --allow-net", ""],
    ["-N=unix:relative", "bad rule 'unix:relative' in --allow-net", "hint: --allow-net=unix:/"],
    ["-N=*example.com:80", "bad rule '*example.com:80' in --allow-net", "hint: --allow-net=*.example.com:80"],
    ["-N=①②⑦.0.0.1", "bad rule '①②⑦.0.0.1' in --allow-net", "hint: --allow-net=127.0.0.1"],
    [
      "--allow-net-listen=a.com:80",
      "bad rule 'a.com:80' in --allow-net-listen",
      "hint: --allow-net-listen=loopback:80",
    ],
    ["--allow-net-resolve=a.com:80", "bad rule 'a.com:80' in --allow-net-resolve", "hint: --allow-net-resolve=a.com\n"],
    ["--deny-net-resolve=127.0.0.1", "bad rule '127.0.0.1' in --deny-net-resolve", ""],
    ["-N=vsock:2:3", "bad rule 'vsock:2:3' in --allow-net", ""],
  ])("%s", async (flag, error, hint) => {
    const { code, stdout, stderr } = await sockyard(["run", flag, guest("attempt.ts"), "exit=0"]);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(error);
    expect(stderr).toContain(hint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});
