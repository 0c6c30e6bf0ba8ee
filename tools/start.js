// `npm start`: a TCP server and a TCP client from examples/, each in a sandbox
// of its own with the smallest grants, talk over a real socket of the kernel.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const SOCKYARD = "build/bin/sockyard.cjs";
const isColorful = process.stdout.isTTY === true && !process.env.NO_COLOR;
const LANES = { server: 36, client: 35 };

const paint = (text, code) => (isColorful ? `\u001b[${code}m${text}\u001b[0m` : text);
const say = (text = "") => console.log(text);

/** Runs a program with its calls shown, its lines in the color of its lane. */
function run(name, grant, file, ...args) {
  const words = ["run", `--allow-net-${grant}`, "--trace", "--trace-name", name, file, ...args];
  const shown = words.filter((_, i) => words[i] !== "--trace-name" && words[i - 1] !== "--trace-name");
  say(paint(`$ sockyard ${shown.join(" ")}`, 1));
  const child = spawn(process.execPath, [SOCKYARD, ...words], { stdio: ["pipe", "pipe", "pipe"] });
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => say(paint(line, LANES[name])));
  createInterface({ input: child.stdout }).on("line", (line) =>
    say(`${paint(`[${name}]`, LANES[name])} prints: ${line}`),
  );
  return { child, lines };
}

/** Resolves with the port that the server says it listens on; fails if it ends before that. */
async function portOf({ child, lines }) {
  const listening = new Promise((resolve) => {
    lines.on("line", (line) => {
      const match = /^listening on 127\.0\.0\.1:(\d+)$/.exec(line);
      if (match) resolve(match[1]);
    });
  });
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`the server ended with exit code ${code}`);
  });
  return Promise.race([listening, ended]);
}

say("Two WebAssembly programs, two sandboxes. The server may listen on one address, the client may");
say("connect to one address, and neither may do anything else. Their calls, as they make them:\n");

const server = run("server", "listen=127.0.0.1:0", "examples/berkeley/tcp-server.ts", "0", "127.0.0.1");
const serverClosed = once(server.child, "close");
try {
  const port = await portOf(server);
  say();
  const client = run("client", `connect=127.0.0.1:${port}`, "examples/berkeley/tcp-client.ts", "127.0.0.1", port);
  client.child.stdin.end("hello from a sandbox\n");
  const [code] = await once(client.child, "close");
  if (code !== 0) throw new Error(`the client ended with exit code ${code}`);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
} finally {
  server.child.kill("SIGINT");
  await serverClosed;
}

if (process.exitCode === undefined) {
  say(`
Both ended as they should. Try next:
  node ${SOCKYARD} run examples/berkeley/tcp-client.ts        no grant: see what a denial looks like
  node ${SOCKYARD} run -N=127.0.0.1:12345 examples/berkeley/tcp-server.ts 12345 127.0.0.1
  echo hi | nc -q1 127.0.0.1 12345                            (in another terminal: any client will do)
  node ${SOCKYARD} info examples/berkeley/tcp-server.ts       what it imports and may need
  node ${SOCKYARD} help permissions                           how grants are written
README.md shows how to write a program of your own.`);
}
