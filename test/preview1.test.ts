import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guest, has, PROJECT, sockyard, start, startShell, temporaryDirectory } from "./cli/sockyard.js";

// wasi-libc and the runtime's builtins have no command of their own to look for.
const hasClang = has("clang", "wasm-ld") && /wasm32/.test(spawnSync("clang", ["--print-targets"]).stdout.toString());

/**
 * The programs of the public test suite (WebAssembly/wasi-testsuite, wasm32-wasip1), which have the names of the cases
 * of our own guests that make their assertions, here with the guest of each.
 */
const RUST_PROGRAMS = {
  contents: [
    ...["fd_flags_set", "file_pread_pwrite", "file_seek_tell", "file_truncation", "file_unbuffered_write", "isatty"],
    "path_open_read_write",
  ],
  descriptors: [
    ...["big_random_buf", "clock_time_get", "fd_fdstat_set_rights", "poll_oneoff_stdio", "renumber", "sched_yield"],
    ...["stdio", "truncation_rights"],
  ],
  directories: [
    ...["close_preopen", "dir_fd_op_failures", "directory_seek", "fd_readdir", "overwrite_preopen"],
    "path_open_preopen",
  ],
  links: [
    ...["dangling_symlink", "nofollow_errors", "path_symlink_trailing_slashes", "readlink", "symlink_create"],
    ...["symlink_filestat", "symlink_loop"],
  ],
  names: [
    ...["path_link", "path_rename", "path_rename_dir_trailing_slashes", "remove_directory_trailing_slashes"],
    ...["remove_nonempty_directory", "unlink_file_trailing_slashes"],
  ],
  paths: [
    ...["dangling_fd", "interesting_paths", "path_exists", "path_open_create_existing", "path_open_dirfd_not_dir"],
    ...["path_open_missing", "path_open_nonblock"],
  ],
  status: ["fd_advise", "fd_filestat_set", "file_allocate", "fstflags_validate", "path_filestat"],
};
const C_PROGRAMS = [
  ...["clock_getres-monotonic", "clock_getres-realtime", "clock_gettime-monotonic", "clock_gettime-realtime"],
  ...["fdopendir-with-access", "fopen-with-access", "lseek", "pread-with-access", "pwrite-with-access"],
  ...["pwrite-with-append", "stat-dev-ino"],
];
const C_PROGRAMS_WITHOUT_DIRECTORY = ["fopen-with-no-access", "sock_shutdown-invalid_fd", "sock_shutdown-not_sock"];

const CASES = Object.entries({ ...RUST_PROGRAMS, libc: C_PROGRAMS }).flatMap(([guestName, names]) =>
  names.map((name) => [guestName, name] as const),
);

describe.skipIf(!hasClang)("the public test suite of preview1", () => {
  let built: string;

  beforeAll(() => {
    built = mkdtempSync(join(tmpdir(), "sockyard-"));
    for (const name of [...Object.keys(RUST_PROGRAMS), "libc"]) {
      const flags = ["--target=wasm32-wasi", "-O1", "-Wall", "-Wextra", "-Werror", "-o", join(built, name)];
      const { status, stderr } = spawnSync("clang", [...flags, guest(`preview1/${name}.c`)], {
        cwd: PROJECT,
        encoding: "utf8",
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  }, 120_000);
  afterAll(() => rmSync(built, { recursive: true }));

  it.each(CASES)("%s: %s", async (guestName, name) => {
    const directory = temporaryDirectory();
    const ended = await sockyard(["run", `--dir=${directory}::/`, join(built, guestName), name]);
    expect(ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each(C_PROGRAMS_WITHOUT_DIRECTORY)("libc: %s", async (name) => {
    // Node's pipes are sockets, which standard output is not here.
    const ended = await startShell(`sockyard run ${built}/libc ${name} > /dev/null`, { stdin: "" }).ended;
    expect(ended).toMatchObject({ code: 0, stderr: "" });
  });

  it.skipIf(!has("python3")).each(["links", "names", "paths"] as const)(
    "%s: the same where the kernel has no openat2",
    async (guestName) => {
      const command = [process.execPath, "build/bin/sockyard.cjs", "run", `--dir=${temporaryDirectory()}::/`];
      const args = ["test/peers/without-openat2.py", ...command, join(built, guestName), ...RUST_PROGRAMS[guestName]];
      expect(await start("python3", args, { stdin: "" }).ended).toMatchObject({ code: 0, stdout: "", stderr: "" });
    },
  );
});

describe("the public test suite of preview1: process.ts", () => {
  it("args_get-multiple-arguments, args_sizes_get-multiple-arguments, environ_sizes_get-no-variables", async () => {
    const ended = await sockyard(["run", guest("process.ts"), "first", 'the "second" arg', "third"]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toBe('arguments 3\n[first]\n[the "second" arg]\n[third]\nenvironment 0\n');
  });

  it("args_sizes_get-no-arguments, environ_get-multiple-variables, environ_sizes_get-multiple-variables", async () => {
    const env = ["--env", "a=text", "--env", 'b=escap " ing', "--env", "c=new\nline"];
    const ended = await sockyard(["run", ...env, guest("process.ts")]);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toBe('arguments 0\nenvironment 3\n[a=text]\n[b=escap " ing]\n[c=new\nline]\n');
  });

  // Whatever of these fails is told before the end.
  it.each([
    ["proc_exit-success, fd_write-to-stdout, fd_write-to-invalid-fd", 0],
    ["proc_exit-failure, random_get-non-zero-length, random_get-zero-length", 33],
  ])("%s", async (_, code) => {
    const { stdout, ...ended } = await sockyard(["run", guest("process.ts"), `exit=${code}`]);
    expect(ended).toMatchObject({ code, stderr: "" });
    expect(stdout).toBe(`arguments 1\n[exit=${code}]\nenvironment 0\n`);
  });
});
