import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { guest, sockyard, startSockyard } from "./sockyard.js";

/** A client's exchange with echo.ts; what was traced, the ports as names. */
async function traceOfEcho(command: readonly string[]): Promise<string> {
  const server = startSockyard([...command, guest("echo.ts")]);
  const [, port = ""] = await server.waitFor("stderr", /^listening on .*:(\d+)$/m);
  const client = connect({ host: "127.0.0.1", port: Number(port) });
  onTestFinished(() => void client.destroy());
  await once(client, "connect");
  const clientPort = client.localPort;
  client.write('say "hi"\n');
  await once(client, "data");
  client.end();
  const { code, stderr } = await server.ended;
  expect(code).toBe(0);
  return stderr.replaceAll(port, "SERVER").replaceAll(String(clientPort), "CLIENT");
}

const ECHO = `\
socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3
bind(3<TCP>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
listen(3<TCP:[127.0.0.1:SERVER]>, 1) = 0
getsockname(3<TCP:[127.0.0.1:SERVER]>, {sa_family=AF_INET, sin_port=htons(SERVER), sin_addr=inet_addr("127.0.0.1")}, [16]) = 0
listening on 127.0.0.1:SERVER
write(2, "listening on 127.0.0.1:SERVER\\n", 29) = 29
accept(3<TCP:[127.0.0.1:SERVER]>, {sa_family=AF_INET, sin_port=htons(CLIENT), sin_addr=inet_addr("127.0.0.1")}, [16]) = 4
read(4<TCP:[127.0.0.1:SERVER->127.0.0.1:CLIENT]>, "say \\"hi\\"\\n", 64) = 9
write(4<TCP:[127.0.0.1:SERVER->127.0.0.1:CLIENT]>, "say \\"hi\\"\\n", 9) = 9
read(4<TCP:[127.0.0.1:SERVER->127.0.0.1:CLIENT]>, "", 64) = 0
close(4<TCP:[127.0.0.1:SERVER->127.0.0.1:CLIENT]>) = 0
close(3<TCP:[127.0.0.1:SERVER]>) = 0
`;

/** How far a result is indented depends on the ports, which are of 4 or 5 digits, and of how many bytes that makes. */
function normalized(trace: string): string {
  return trace.replace(/ +(?== -?\d)/g, " ").replace(/\b(28|29)\b/g, "29");
}

describe("the trace", () => {
  it("shows each call of an exchange, as strace would", async () => {
    const grants = ["--allow-net-listen=127.0.0.1:0"];
    expect(normalized(await traceOfEcho(["run", "--trace", ...grants]))).toBe(ECHO);
    expect(normalized(await traceOfEcho(["trace", ...grants]))).toBe(ECHO);
  });

  it("can begin each line with a name", async () => {
    const trace = await traceOfEcho(["trace", "--trace-name=server", "-N"]);
    const lines = normalized(trace)
      .split("\n")
      .filter((line) => !/^(listening|$)/.test(line));
    for (const line of lines) expect(line).toMatch(/^\[server\] \w+\(/);
  });

  it("is the same where the program runs in a worker", async () => {
    const trace = await traceOfEcho(["run", "--time-limit=20s", "--trace", "-N"]);
    expect(normalized(trace)).toBe(ECHO);
  });

  it("aligns results where there is room", async () => {
    const { stderr } = await sockyard(["trace", "-N", guest("attempt.ts"), "bind=unix:@x"]);
    expect(stderr).toMatch(/^close\(3<UNIX-STREAM.*>\) += 0$/m);
    expect(
      stderr
        .split("\n")
        .find((line) => line.startsWith("socket("))
        ?.indexOf(" = 3"),
    ).toBe(39);
  });

  it("tells failures by name and text, and denials by their rule", async () => {
    const attempts = ["connect=tcp:127.0.0.1:1", "connect=tcp:127.0.0.1:2", "unlink=/none/such"];
    const options = ["-N", "--deny-net-connect=127.0.0.1:2"];
    const { stderr } = await sockyard(["trace", ...options, guest("attempt.ts"), ...attempts]);
    expect(stderr).toMatch(/htons\(1\), .*\) = -1 ECONNREFUSED \(Connection refused\)\n/);
    expect(stderr).toMatch(/htons\(2\), .*\) = -1 EACCES \(denied: --deny-net-connect=127\.0\.0\.1:2\)\n/);
    expect(stderr).toMatch(/^unlink\("\/none\/such"\) += -1 ENOENT \(No such file or directory\)\n/m);
  });
});
