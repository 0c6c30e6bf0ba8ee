import { describe, expect, it } from "vitest";
import { BERKELEY_MODULE, berkeleyNames, berkeleySignature } from "../../host/abi/berkeley/imports.js";
import { PREVIEW1_MODULE, preview1Names, preview1Signature } from "../../host/abi/preview1/imports.js";
import { EFAULT, SCM_RIGHTS, SOL_SOCKET } from "../../host/core/linux.generated.js";
import { type FakeKernel, FIRST_HOST_FD, fakeKernel } from "../fakes/fake-kernel.js";
import { Guest, PAGE } from "../fakes/guest.js";
import { random } from "../fakes/random.js";

const CALLS = 500_000;
/** Between two, memory and descriptors begin anew. */
const ROUND = 500;
const LARGEST_ERRNO = 4095;
const LARGEST_PREVIEW1_ERRNO = 76;

/** They end the program, or ask name servers, whose answers have a test of their own. */
const LEFT_OUT = /^proc_exit$|^res_send|^getaddrinfo|^resolver/;

/** A kernel whose descriptors are counted, and whose messages bring more of them. */
function countingKernel(next: (below: number) => number): { kernel: FakeKernel; open: Set<number> } {
  const open = new Set<number>();
  let hostFd = FIRST_HOST_FD;
  const make = (): number => {
    open.add(++hostFd);
    return hostFd;
  };
  const close = (fd: number): number => (open.delete(fd) ? 0 : Number.NaN);
  const pair = (): number => {
    kernel.control.descriptors.set([make(), make()]);
    return 0;
  };
  const kernel: FakeKernel = fakeKernel({
    ...{ socket: make, accept4: make, dup: make, epollCreate: make, timerfdCreate: make, startGetaddrinfo: make },
    ...{ openPath: make, openBeneath: make, openFile: make, createAt: make },
    ...{ socketpair: pair, pipe2: pair, close, release: close },
    describe: () => {
      kernel.description.set([[1, 2, 10, 16, 40][next(5)] as number, 1 + next(3), [0, 6, 17, 262][next(4)] as number]);
      return next(4) === 0 ? -88 : 0;
    },
    recvmsg: (_, pointer, count) => {
      if ((pointer >>> 0) + (count >>> 0) * 8 > PAGE) return -EFAULT;
      const { control } = kernel;
      control.descriptorCount = next(3) === 0 ? next(6) : 0;
      for (let i = 0; i < control.descriptorCount; i++) control.descriptors[i] = make();
      control.length = next(64);
      for (let i = 0; i < control.length; i++) control.bytes[i] = next(4) === 0 ? next(256) : 0;
      return 1;
    },
  });
  return { kernel, open };
}

/** Small numbers, what looks like structures, and SCM_RIGHTS among it. */
function fillMemory(memory: WebAssembly.Memory, next: (below: number) => number): void {
  const words = new Int32Array(memory.buffer);
  for (let i = 0; i < words.length; i++) {
    const kind = next(8);
    words[i] =
      kind < 4 ? next(8) : kind === 4 ? next(PAGE) : kind === 5 ? (next(2 ** 31) << 1) ^ next(2) : 12 + next(8);
    if (kind === 7 && i > 2 && next(4) === 0) words.set([16, SOL_SOCKET, SCM_RIGHTS], i - 2);
  }
}

function hostileNumber(next: (below: number) => number): number {
  switch (next(8)) {
    case 0:
      return [0, -1, 1, 2 ** 31 - 1, -(2 ** 31), PAGE, PAGE - 1, PAGE - 4, PAGE - 16][next(9)] as number;
    case 1:
      return (next(2 ** 31) << 1) ^ next(2);
    case 2:
    case 3:
      return next(PAGE) & ~3;
    case 4:
      return next(256);
    default:
      return next(12);
  }
}

const FUNCTIONS = [
  ...berkeleyNames().map((name) => [BERKELEY_MODULE, name, berkeleySignature(name) ?? ""] as const),
  ...preview1Names().map((name) => [PREVIEW1_MODULE, name, preview1Signature(name) ?? ""] as const),
].filter(([, name]) => !LEFT_OUT.test(name));

function isResult(module: string, result: unknown): boolean {
  if (module === PREVIEW1_MODULE)
    return Number.isInteger(result) && 0 <= Number(result) && Number(result) <= LARGEST_PREVIEW1_ERRNO;
  return Number.isInteger(result) && Number(result) >= -LARGEST_ERRNO;
}

describe("half a million calls with arguments of any kind", () => {
  it.each([
    ["nothing is granted", "", 3],
    ["all is granted", "--allow-all --allow-fd-pass", 4],
  ])("answer a number each and lose no descriptor where %s", { timeout: 240_000 }, (_, flags, seed) => {
    const next = random(seed);
    const wrong = new Map<string, unknown>();
    const answered = new Set<string>();
    for (let round = 0; round < CALLS / ROUND; round++) {
      const { kernel, open } = countingKernel(next);
      const guest = new Guest(kernel, { flags, limit: 40 });
      fillMemory(guest.memory, next);
      for (let i = 0; i < ROUND; i++) {
        const [module, name, signature] = FUNCTIONS[next(FUNCTIONS.length)] as (typeof FUNCTIONS)[number];
        const [parameters = ""] = signature.split(":");
        const args = Array.from(parameters, (letter) =>
          letter === "I" ? BigInt(hostileNumber(next)) : hostileNumber(next),
        );
        try {
          const call = guest.imports[module]?.[name] as unknown as (...args: unknown[]) => unknown;
          const result = call(...args);
          if (!isResult(module, result)) wrong.set(name, `${name}(${args}) answers ${result}`);
          else if (Number(result) >= 0) answered.add(name);
        } catch (error) {
          wrong.set(name, error);
        }
        kernel.recorded.length = 0;
      }
      for (const fd of guest.core.fds.openFrom(0)) guest.call("close", fd);
      if (open.size > 0) wrong.set("descriptors", `${open.size} are left open in round ${round}`);
    }
    expect([...wrong.values()]).toEqual([]);
    // Deep enough to mean something: most functions succeeded at least once.
    expect(answered.size).toBeGreaterThan(FUNCTIONS.length / 2);
  });
});
