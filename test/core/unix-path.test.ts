import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  AF_UNIX,
  EACCES,
  EADDRINUSE,
  ECONNREFUSED,
  EINVAL,
  ENAMETOOLONG,
  ENOENT,
  SOCK_DGRAM,
} from "../../host/core/linux.generated.js";
import { watchDescriptors } from "../fakes/descriptors.js";
import { type Guest, realGuest, sockaddrOf } from "../fakes/guest.js";

watchDescriptors();

let root: string;
let granted: string;
let outside: string;
const cwd = process.cwd();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sockyard-test-"));
  granted = join(root, "granted");
  outside = join(root, "outside");
  mkdirSync(granted);
  mkdirSync(outside);
});
afterEach(() => {
  process.chdir(cwd);
  rmSync(root, { recursive: true });
});

/** A guest with a grant of all below the one directory. */
const guestOfDirectory = (): Guest => realGuest(`--allow-net=unix:${granted}/**`);

/** A listener that the guest must not reach. */
function listenOutside(path: string): Guest {
  const host = realGuest("--allow-all");
  const fd = host.unix();
  expect(host.bind(fd, `unix:${path}`)).toBe(0);
  expect(host.call("listen", fd, 5)).toBe(0);
  return host;
}

const unlink = (guest: Guest, path: string): number => guest.call("unlink", guest.put(`${path}\0`));
const stat = (guest: Guest, path: string): number => guest.call("stat", guest.put(`${path}\0`), guest.allocate(144));

describe("a granted directory", () => {
  it("serves bind, listen, connect, stat and unlink", () => {
    const guest = guestOfDirectory();
    const path = `${granted}/a.sock`;
    const server = guest.unix();
    expect(guest.bind(server, `unix:${path}`)).toBe(0);
    expect(guest.call("listen", server, 1)).toBe(0);
    expect(guest.connect(guest.unix(), `unix:${path}`)).toBe(0);
    expect(stat(guest, path)).toBe(0);
    expect(unlink(guest, path)).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it("shows a socket by the path that the guest bound", () => {
    const guest = guestOfDirectory();
    const fd = guest.unix();
    guest.bind(fd, `unix:${granted}/../granted/a.sock`);
    expect(guest.nameOf(fd)).toEqual(sockaddrOf(`unix:${granted}/../granted/a.sock`));
  });

  it("serves datagrams to its sockets, and to no other", () => {
    const guest = guestOfDirectory();
    const receiver = guest.unix(SOCK_DGRAM);
    expect(guest.bind(receiver, `unix:${granted}/a.sock`)).toBe(0);
    expect(guest.sendTo(guest.unix(SOCK_DGRAM), `unix:${granted}/a.sock`, "hello")).toBe(5);
    const buffer = guest.allocate(8);
    expect(guest.call("recv", receiver, buffer, 8, 0)).toBe(5);
    expect(guest.text(buffer, 5)).toBe("hello");
    expect(guest.sendTo(guest.unix(SOCK_DGRAM), `unix:${outside}/a.sock`, "hello")).toBe(-EACCES);
  });

  it.each(["bind", "connect", "unlink", "stat"])(
    "answers ENOENT for a directory in it that is missing (%s)",
    (call) => {
      const guest = guestOfDirectory();
      const path = `${granted}/missing/a.sock`;
      if (call === "unlink") expect(unlink(guest, path)).toBe(-ENOENT);
      else if (call === "stat") expect(stat(guest, path)).toBe(-ENOENT);
      else
        expect(
          call === "bind" ? guest.bind(guest.unix(), `unix:${path}`) : guest.connect(guest.unix(), `unix:${path}`),
        ).toBe(-ENOENT);
    },
  );

  it("answers what the kernel does for what is there", () => {
    const guest = guestOfDirectory();
    writeFileSync(`${granted}/file`, "text");
    symlinkSync(`${granted}/nowhere`, `${granted}/dangling`);
    expect(guest.bind(guest.unix(), `unix:${granted}/file`)).toBe(-EADDRINUSE);
    expect(guest.bind(guest.unix(), `unix:${granted}/dangling`)).toBe(-EADDRINUSE);
    expect(guest.bind(guest.unix(), `unix:${granted}/.`)).toBe(-EADDRINUSE);
    expect(guest.bind(guest.unix(), `unix:${granted}/file/`)).toBe(-EADDRINUSE);
    expect(guest.bind(guest.unix(), `unix:${granted}/missing/`)).toBe(-ENOENT);
    // A slash changes nothing of what is asked for: the directory itself is not granted.
    expect(guest.bind(guest.unix(), `unix:${granted}`)).toBe(-EACCES);
    expect(guest.bind(guest.unix(), `unix:${granted}/`)).toBe(-EACCES);
    expect(guest.connect(guest.unix(), `unix:${granted}/file`)).toBe(-ECONNREFUSED);
    expect(guest.connect(guest.unix(), `unix:${granted}/dangling`)).toBe(-ENOENT);
    expect(existsSync(`${granted}/nowhere`)).toBe(false);
  });

  it("binds a socket once only", () => {
    const guest = guestOfDirectory();
    const fd = guest.unix();
    expect(guest.bind(fd, `unix:${granted}/a.sock`)).toBe(0);
    expect(guest.bind(fd, `unix:${granted}/b.sock`)).toBe(-EINVAL);
    expect(existsSync(`${granted}/b.sock`)).toBe(false);
  });
});

describe("a path that leaves the granted directory", () => {
  it.each([
    ["by its name", () => `${outside}/a.sock`],
    ["through ..", () => `${granted}/../outside/a.sock`],
    ["through a symbolic link", () => `${granted}/link/a.sock`],
    ["by a longer name", () => `${granted}-not/a.sock`],
    ["through .. after a missing directory", () => `${granted}/missing/../../outside/a.sock`],
  ])("%s is refused to all calls, whether or not it exists", (_, pathOf) => {
    symlinkSync(outside, `${granted}/link`);
    mkdirSync(`${granted}-not`);
    const guest = guestOfDirectory();
    const judgeAll = () => {
      expect(guest.connect(guest.unix(), `unix:${pathOf()}`)).toBe(-EACCES);
      expect(guest.sendTo(guest.unix(SOCK_DGRAM), `unix:${pathOf()}`)).toBe(-EACCES);
      expect(unlink(guest, pathOf())).toBe(-EACCES);
      expect(stat(guest, pathOf())).toBe(-EACCES);
      expect(guest.bind(guest.unix(), `unix:${pathOf()}`)).toBe(-EACCES);
    };
    judgeAll();
    expect(existsSync(`${outside}/a.sock`)).toBe(false);
    listenOutside(`${outside}/a.sock`);
    judgeAll();
    expect(existsSync(`${outside}/a.sock`)).toBe(true);
  });

  it("as a symbolic link itself is not followed to a socket outside", () => {
    listenOutside(`${outside}/a.sock`);
    symlinkSync(`${outside}/a.sock`, `${granted}/a.sock`);
    const guest = guestOfDirectory();
    expect(guest.connect(guest.unix(), `unix:${granted}/a.sock`)).toBe(-EACCES);
    expect(guest.sendTo(guest.unix(SOCK_DGRAM), `unix:${granted}/a.sock`)).toBe(-EACCES);
    expect(stat(guest, `${granted}/a.sock`)).toBe(-EACCES);
  });
});

describe("a grant of one path", () => {
  it("holds for that path however it is written", () => {
    const guest = realGuest(`--allow-net=unix:${granted}/a.sock`);
    const server = guest.unix();
    expect(guest.bind(server, `unix:${granted}/a.sock`)).toBe(0);
    expect(guest.call("listen", server, 5)).toBe(0);
    expect(guest.connect(guest.unix(), `unix:${outside}/../granted/./a.sock`)).toBe(0);
    expect(guest.bind(guest.unix(), `unix:${granted}/b.sock`)).toBe(-EACCES);
  });

  it("holds for a relative path into the same place", () => {
    process.chdir(granted);
    const guest = realGuest(`--allow-net=unix:${granted}/a.sock`);
    const server = guest.unix();
    expect(guest.bind(server, "unix:a.sock")).toBe(0);
    expect(guest.call("listen", server, 5)).toBe(0);
    expect(guest.connect(guest.unix(), "unix:./a.sock")).toBe(0);
    expect(guest.bind(guest.unix(), "unix:./b.sock")).toBe(-EACCES);
    expect(guest.bind(guest.unix(), "unix:../outside/a.sock")).toBe(-EACCES);
  });

  it("holds for a directory that was named through a symbolic link", () => {
    symlinkSync(granted, join(root, "link"));
    const guest = realGuest(`--allow-net=unix:${root}/link/**`);
    expect(guest.bind(guest.unix(), `unix:${root}/link/a.sock`)).toBe(0);
    expect(guest.bind(guest.unix(), `unix:${granted}/b.sock`)).toBe(0);
  });

  it("of everything below the root holds for every path", () => {
    const guest = realGuest("--allow-net=unix:/**");
    expect(guest.bind(guest.unix(), `unix:${granted}/a.sock`)).toBe(0);
  });

  it("loses against a denial of its directory", () => {
    const guest = realGuest(`--allow-net=unix:${granted}/** --deny-net=unix:${granted}/secret/**`);
    mkdirSync(`${granted}/secret`);
    expect(guest.bind(guest.unix(), `unix:${granted}/secret/a.sock`)).toBe(-EACCES);
  });

  it("to connect is none to bind or unlink, and one to listen is none to connect", () => {
    listenOutside(`${granted}/a.sock`);
    const client = realGuest(`--allow-net-connect=unix:${granted}/**`);
    expect(client.connect(client.unix(), `unix:${granted}/a.sock`)).toBe(0);
    expect(stat(client, `${granted}/a.sock`)).toBe(0);
    expect(unlink(client, `${granted}/a.sock`)).toBe(-EACCES);
    expect(client.bind(client.unix(), `unix:${granted}/b.sock`)).toBe(-EACCES);
    const server = realGuest(`--allow-net-listen=unix:${granted}/**`);
    expect(server.connect(server.unix(), `unix:${granted}/a.sock`)).toBe(-EACCES);
    expect(stat(server, `${granted}/a.sock`)).toBe(0);
  });
});

describe("files that are no sockets", () => {
  it("are neither removed nor described, though the path is granted", () => {
    const guest = guestOfDirectory();
    writeFileSync(`${granted}/file`, "text");
    expect(unlink(guest, `${granted}/file`)).toBe(-EACCES);
    expect(stat(guest, `${granted}/file`)).toBe(-EACCES);
    expect(readFileSync(`${granted}/file`, "utf8")).toBe("text");
  });

  it("include directories and symbolic links to sockets", () => {
    const guest = guestOfDirectory();
    listenOutside(`${granted}/a.sock`);
    symlinkSync(`${granted}/a.sock`, `${granted}/link`);
    mkdirSync(`${granted}/directory`);
    for (const name of ["link", "directory", "..", "."]) expect(unlink(guest, `${granted}/${name}`)).toBeLessThan(0);
    expect(lstatSync(`${granted}/link`).isSymbolicLink()).toBe(true);
    // stat(2) follows a link, to what the guest may see.
    expect(stat(guest, `${granted}/link`)).toBe(0);
  });
});

describe("sun_path", () => {
  it("of 108 bytes needs no NUL, and one of 109 is too long", () => {
    process.chdir(granted);
    const guest = guestOfDirectory();
    const bytes = sockaddrOf(`unix:./${"a".repeat(106)}`);
    expect(bytes.length).toBe(110);
    expect(guest.call("bind", guest.unix(), guest.put(bytes), 110)).toBe(0);
    expect(existsSync(`${granted}/${"a".repeat(106)}`)).toBe(true);
    const long = Uint8Array.of(AF_UNIX, 0, ...new Uint8Array(109).fill(0x61));
    expect(guest.call("bind", guest.unix(), guest.put(long), 111)).toBe(-EINVAL);
  });

  it("holds the bytes of any file name", () => {
    const guest = guestOfDirectory();
    const bytes = Uint8Array.of(...sockaddrOf(`unix:${granted}/`).subarray(0, -1), 0xff, 0x80, 0x0a, 0);
    expect(guest.call("bind", guest.unix(), guest.put(bytes), bytes.length)).toBe(0);
    expect(existsSync(Buffer.from([...Buffer.from(`${granted}/`), 0xff, 0x80, 0x0a]))).toBe(true);
  });

  it("of unlink and stat ends at PATH_MAX", () => {
    const guest = guestOfDirectory();
    expect(unlink(guest, `/${"a/".repeat(3000)}`)).toBe(-ENAMETOOLONG);
    expect(stat(guest, `/${"a/".repeat(3000)}`)).toBe(-ENAMETOOLONG);
    expect(unlink(guest, "")).toBe(-ENOENT);
  });
});
