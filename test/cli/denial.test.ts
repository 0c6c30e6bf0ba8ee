import { describe, expect, it } from "vitest";
import { guest, sockyard, startShell } from "./sockyard.js";

const ATTEMPT = guest("attempt.ts");
const ESCAPE = String.fromCharCode(27);

describe("a denial", () => {
  it("is EACCES to the program, and a message that ends in the smallest grant", async () => {
    const { stdout, stderr } = await sockyard(["run", ATTEMPT, "connect=tcp:127.0.0.1:5432", "exit=0"]);
    expect(stdout).toBe("connect=tcp:127.0.0.1:5432 13\n");
    const [error, place, reason, hint, ...rest] = stderr.split("\n");
    expect(error).toBe("error: permission denied: connect to 127.0.0.1:5432 (tcp)");
    expect(place).toMatch(/^ {2}in {6}\S+ \(test\/guests\/attempt\.ts:\d+\)$/);
    expect(reason).toBe("  because no rule allows it");
    const grant = "--allow-net-connect=127.0.0.1:5432";
    expect(hint).toBe(`hint: sockyard run ${grant} ${ATTEMPT} connect=tcp:127.0.0.1:5432 exit=0`);
    expect(rest).toEqual([""]);
  });

  it.each([
    ["listen=tcp:127.0.0.1:0", "listen on 0.0.0.0:0 (tcp)", "--allow-net-listen=0.0.0.0:0"],
    ["bind=udp:[::1]:7", "bind [::1]:7 (udp)", "'--allow-net-listen=udp:[::1]:7'"],
    ["send=udp:[::ffff:127.0.0.1]:7", "send to 127.0.0.1:7 (udp)", "--allow-net-connect=udp:127.0.0.1:7"],
    ["connect=unix:@name", "connect to @name (unix)", "--allow-net-connect=unix:@name"],
    ["open=/none/such", "read /none/such", "--allow-read=/none/such"],
    ["create=/none/such", "write /none/such", "--allow-write=/none/such"],
    ["open=/dev/null", "read /dev/null", "--allow-read=/dev/null"],
    ["packet=", "open a packet socket", "--allow-raw=packet"],
    ["unlink=/none/such", "unlink /none/such (unix)", "--allow-net-listen=unix:/none/such"],
  ])("%s", async (attempt, what, grant) => {
    const { stderr } = await sockyard(["run", ATTEMPT, attempt]);
    expect(stderr).toContain(`error: permission denied: ${what}\n`);
    expect(stderr).toContain(`hint: sockyard run ${grant} ${ATTEMPT} `);
  });

  it.each([
    ["connect=unix:/t/**,0.0.0.0/0", "connect to /t/**,0.0.0.0/0 (unix)"],
    ["bind=unix:@*,0.0.0.0/0", "bind @*,0.0.0.0/0 (unix)"],
  ])("gives no hint that would grant more than was asked: %s", async (attempt, what) => {
    const { stderr } = await sockyard(["run", ATTEMPT, attempt]);
    expect(stderr).toContain(`error: permission denied: ${what}\n`);
    expect(stderr).not.toContain("hint:");
  });

  it.each([
    ["/dev/null", "no rule names it; one for all files, or one for '/', is none"],
    ["/proc/self/net/dev", "no rule names it; one for all files, or one for '/', is none"],
    ["/proc/self/mem", "no rule opens the process that runs the program, only --allow-all"],
  ])("tells why a grant of all files is not enough for %s", async (path, why) => {
    const { stderr } = await sockyard(["run", "--allow-read", ATTEMPT, `open=${path}`]);
    expect(stderr).toContain(`\n  because ${why}\n`);
    expect(stderr.includes("hint: ")).toBe(path !== "/proc/self/mem");
  });

  it("is told twenty times, whatever a program tries", async () => {
    const { code, stderr } = await sockyard(["run", guest("denied.ts"), "1000"]);
    expect(stderr.match(/^error: permission denied: connect to 127\.0\.0\.1:\d+ \(tcp\)$/gm)).toHaveLength(20);
    expect(stderr).toMatch(/\nerror: permission denied, again and again\n {2}further denials are not shown\n$/);
    expect(code).toBe(77);
  });

  it("exits with 77 if the program fails, with 0 if it does not mind", async () => {
    expect(await sockyard(["run", ATTEMPT, "bind=unix:@a", "exit=3"])).toMatchObject({ code: 77 });
    expect(await sockyard(["run", ATTEMPT, "bind=unix:@a", "exit=0"])).toMatchObject({ code: 0 });
    expect(await sockyard(["run", "-A", ATTEMPT, "exit=3"])).toMatchObject({ code: 3 });
  });

  it("has a hint that works when it is pasted, whatever the program's arguments are", async () => {
    const words = ["send=udp:[::1]:9", "connect=tcp:127.0.0.1:1", 'bind=unix:@it\'s a "$HOME" *', "exit=4"];
    let { code, stderr } = await sockyard(["run", "--allow-net-listen", ATTEMPT, ...words]);
    for (const denied of ["send to [::1]:9", "connect to 127.0.0.1:1"]) {
      expect(code).toBe(77);
      expect(stderr).toContain(`permission denied: ${denied}`);
      const [, hint = ""] = /^hint: (.*)$/m.exec(stderr) ?? [];
      ({ code, stderr } = await startShell(hint, { stdin: "" }).ended);
    }
    expect({ code, stderr }).toEqual({ code: 4, stderr: "" });
  });

  it("gives no hint that would not help", async () => {
    const { stderr } = await sockyard(["run", ATTEMPT, "bind=unix:@a,b", "unlink=/a b", "bind=unix:@ok"]);
    expect(stderr.match(/^error: /gm)).toHaveLength(3);
    expect(stderr.match(/^hint: sockyard run \S+/gm)).toEqual(["hint: sockyard run --allow-net-listen=unix:@ok"]);
  });

  it("by a deny rule quotes it, and has no hint", async () => {
    const { stderr } = await sockyard([
      "run",
      "-A",
      "--deny-net-connect=127.0.0.0/8",
      ATTEMPT,
      "connect=tcp:127.0.0.1:1",
    ]);
    expect(stderr).toContain("because of --deny-net-connect=127.0.0.0/8, and a deny always wins\n");
    expect(stderr).not.toContain("hint:");
  });

  it("is told once, however often the program tries", async () => {
    const again = ["connect=tcp:127.0.0.1:1", "connect=tcp:127.0.0.1:1", "connect=tcp:127.0.0.1:2"];
    const { stdout, stderr } = await sockyard(["run", ATTEMPT, ...again]);
    expect(stdout.match(/ 13\n/g)).toHaveLength(3);
    expect(stderr.match(/^error: .*$/gm)).toEqual([
      "error: permission denied: connect to 127.0.0.1:1 (tcp)",
      "error: permission denied: connect to 127.0.0.1:2 (tcp)",
    ]);
  });
});

describe("text that a program chose", () => {
  it("cannot steer the terminal in messages, nor pass for one", async () => {
    const { stderr } = await sockyard(["run", guest("hostile-text.ts")]);
    // Line ends are ours; every other control or format character is spelled out.
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
    expect(stderr).toContain(
      "unlink /\\u{1b}[2J\\u{1b}]0;owned\\u{7}\\u{202e}gnp.exe\\u{a}error: all is well\\u{9b}31m (unix)\n",
    );
    expect(stderr.match(/^error: /gm)).toHaveLength(2);
  });

  it("cannot steer the terminal in the trace", async () => {
    const { stderr } = await sockyard(["run", "--trace", guest("hostile-text.ts")]);
    expect(stderr).not.toMatch(/[^\P{C}\n]/u);
    expect(stderr).toContain(
      'unlink("/\\33[2J\\33]0;owned\\7\\342\\200\\256gnp.exe\\nerror: all is well\\302\\23331m") = -1 EACCES',
    );
  });

  it("is plain where there is no terminal", async () => {
    const { stderr } = await sockyard(["run", "--trace", ATTEMPT, "bind=unix:@a"], { env: { FORCE_COLOR: "1" } });
    expect(stderr).not.toContain(ESCAPE);
  });
});
