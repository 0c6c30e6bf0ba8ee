import { readlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { hasNamespaces } from "./namespaces.js";
import { guest, sockyard, start, startShell, startSockyard, temporaryDirectory } from "./sockyard.js";

const ENETUNREACH = 101;
const ECONNREFUSED = 111;
const [SERVER, CLIENT] = ["examples/berkeley/tcp-server.ts", "examples/berkeley/tcp-client.ts"];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe.skipIf(!hasNamespaces())("--net=isolated", () => {
  it("has a loopback interface, and nothing of the machine's", async () => {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const calls = ["listen=tcp:127.0.0.1:0", `connect=tcp:127.0.0.1:${port}`, "connect=tcp:192.0.2.1:80"];
    const { stdout, stderr } = await sockyard(["run", "--net=isolated", "-A", guest("attempt.ts"), ...calls]);
    expect([stdout, stderr]).toEqual([`${calls[0]} 0\n${calls[1]} ${ECONNREFUSED}\n${calls[2]} ${ENETUNREACH}\n`, ""]);
  });

  it("wants grants as ever", async () => {
    const { code, stderr } = await sockyard(["run", "--net=isolated", SERVER, "80", "127.0.0.1"]);
    expect([code, stderr]).toEqual([
      77,
      expect.stringContaining("hint: sockyard run --net=isolated --allow-net-listen=127.0.0.1:80 "),
    ]);
  });

  it("lets whoever is not root have every port", async () => {
    // A user namespace, in which the one who runs the tests is somebody.
    const somebody = "unshare --map-user=1000 --map-group=1000";
    const run = `sockyard run --net=isolated --allow-net-listen=0.0.0.0:80 ${guest("attempt.ts")} bind=tcp:0.0.0.0:80`;
    const { stdout, stderr } = await startShell(`${somebody} ${run}`).ended;
    expect([stdout, stderr]).toEqual(["bind=tcp:0.0.0.0:80 0\n", ""]);
  });

  it("is the same process to whoever started it", async () => {
    const file = join(temporaryDirectory(), "endless.wat");
    writeFileSync(file, '(module (memory (export "memory") 1) (func (export "_start") (loop br 0)))');
    const running = startSockyard(["run", "--net=isolated", "--preopen-listen", "tcp:127.0.0.1:80", file]);
    const own = readlinkSync("/proc/self/ns/net");
    const network = () => readlinkSync(`/proc/${running.pid}/ns/net`);
    await expect.poll(network, { timeout: 10_000 }).not.toBe(own);
    running.kill("SIGINT");
    expect((await running.ended).signal).toBe("SIGINT");
  });

  it("is not taken for one that another process was put into", async () => {
    const run = `sockyard run --net=isolated -A ${guest("attempt.ts")} connect=tcp:192.0.2.1:80`;
    const { stdout } = await startShell(`sh -c 'SOCKYARD_ISOLATED="$$ net:[1]" ${run}'`).ended;
    expect(stdout).toBe(`connect=tcp:192.0.2.1:80 ${ENETUNREACH}\n`);
  });

  it("shows the program nothing of how it came there", async () => {
    const file = join(temporaryDirectory(), "environment.ts");
    writeFileSync(
      file,
      'import { getenv, stdout } from "sockyard/process";\nstdout.write(getenv("SOCKYARD_ISOLATED") === null ? "none" : "some");\n',
    );
    expect((await sockyard(["run", "--net=isolated", "--allow-env", file])).stdout).toBe("none");
  });

  it("passes the listeners on that the command was started with", async () => {
    const line = `sockyard run --net=isolated --listen-fd 7 ${guest("attempt.ts")} exit=5`;
    const script = `import os,socket\ns=socket.socket()\ns.listen()\nos.dup2(s.fileno(),7)\nos.execvp("sh",["sh","-c",${JSON.stringify(line)}])`;
    const { code, stderr } = await start("python3", ["-c", script]).ended;
    expect([code, stderr]).toEqual([5, ""]);
  });
});

describe.skipIf(!hasNamespaces())("--with", () => {
  const two = (first: readonly string[], second: readonly string[]): string[] => [
    ...["run", "--net=isolated", ...first],
    ...["--with", ...second],
  ];

  it("runs programs in one network, the next when the one before listens", async () => {
    const listen = ["--allow-net-listen=127.0.0.1:80", SERVER, "80", "127.0.0.1"];
    const connect = ["--allow-net-connect=127.0.0.1:80", CLIENT, "127.0.0.1", "80"];
    const running = startSockyard(two(listen, connect), { stdin: "hello\n" });
    await running.waitFor("stdout", /^hello$/m);
    await running.waitFor("stdout", /I got your message!/);
    running.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ code: null, signal: "SIGTERM", stderr: "listening on 127.0.0.1:80\n" });
  });

  it("gives each its own grants", async () => {
    const listen = ["--allow-net-listen=127.0.0.1:80", guest("attempt.ts"), "bind=tcp:127.0.0.1:80"];
    const { stdout, stderr } = await sockyard(two(listen, [guest("attempt.ts"), "bind=tcp:127.0.0.1:80"]));
    expect(stdout).toBe("bind=tcp:127.0.0.1:80 0\nbind=tcp:127.0.0.1:80 13\n");
    expect(stderr).toContain("error: permission denied: bind 127.0.0.1:80 (tcp)");
  });

  it("ends as the first that failed", async () => {
    const [good, bad] = [
      [guest("attempt.ts"), "exit=0"],
      [guest("attempt.ts"), "exit=9"],
    ];
    expect((await sockyard(two(good, bad))).code).toBe(9);
    expect((await sockyard(two(bad, good))).code).toBe(9);
    expect((await sockyard(two(good, good))).code).toBe(0);
  });

  it("leaves a program its own word", async () => {
    const file = join(temporaryDirectory(), "words.ts");
    writeFileSync(
      file,
      'import { argv, stdout } from "sockyard/process";\nstdout.write(argv.slice(1).join(" ") + "\\n");\n',
    );
    expect((await sockyard(["run", file, "--with", "\\--with"])).stdout).toBe("--with \\--with\n");
    const { stdout } = await sockyard(two([file, "\\--with", "a"], [file, "b", "\\--with"]));
    expect(stdout.split("\n").sort()).toEqual(["", "--with a", "b --with"]);
  });

  it("leaves none behind when the command is killed", async () => {
    const listen = ["--allow-net-listen=127.0.0.1:80", SERVER, "80", "127.0.0.1"];
    const running = startSockyard(two(listen, listen));
    await running.waitFor("stderr", /listening/);
    running.kill("SIGKILL");
    // Its output ends with the last process that has it.
    expect((await running.ended).signal).toBe("SIGKILL");
  });

  it.each([
    [["--with"], "run needs a program"],
    [["--with", "--help"], "unexpected --help behind --with"],
    [["--with", "--nonsense", "a.wasm"], "unknown option '--nonsense'"],
    [["--with", "--listen-fd", "3", "a.wasm"], "--listen-fd, --listen-fds and --with exclude each other"],
  ])("%j is a slip", async (words, error) => {
    const { code, stderr } = await sockyard(["run", "--net=isolated", "a.wasm", ...words]);
    expect([code, stderr.split("\n")[0]]).toEqual([2, `error: ${error}`]);
  });
});

describe("--net", () => {
  it.each([
    ["--net", "--net needs a value"],
    ["--net=host", "bad value 'host' in --net"],
  ])("%s is a slip", async (option, error) => {
    const { code, stderr } = await sockyard(["run", option, "a.wasm"]);
    expect([code, stderr]).toEqual([
      2,
      `error: ${error}\n  a network is the machine's own, or isolated from it\nhint: --net=isolated\n`,
    ]);
  });

  it.skipIf(!hasNamespaces())("says what forbids it", async () => {
    const forbid = "echo 0 > /proc/sys/user/max_net_namespaces";
    const { code, stderr } = await startShell(`unshare -r sh -c '${forbid}; exec sockyard run --net=isolated a.wasm'`)
      .ended;
    expect([code, stderr]).toEqual([
      126,
      "error: this system allows no network of its own\n  a network namespace: No space left on device\n" +
        "  user.max_net_namespaces is 0\nhint: sudo sysctl -w user.max_net_namespaces=10000\n",
    ]);
  });
});
