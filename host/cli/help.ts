/** The text of `sockyard help`, and of `help run`, `help permissions`. */
export function helpText(topic: string | null, version: string): string | null {
  switch (topic) {
    case null:
      return overview(version);
    case "run":
    case "trace":
      return RUN;
    case "permissions":
      return PERMISSIONS;
    case "build":
      return BUILD;
    case "info":
      return INFO;
    default:
      return null;
  }
}

export const HELP_TOPICS: readonly string[] = ["run", "trace", "build", "info", "permissions"];

function overview(version: string): string {
  return `sockyard ${version}: run WebAssembly socket programs, secure by default

Usage: sockyard <COMMAND>

Run
  run [OPTIONS] <FILE> [ARGS]…     Run a .wasm, .wat or AssemblyScript (.ts) program
  trace [OPTIONS] <FILE> [ARGS]…   Run and show every socket call
Make
  build <FILE> [-o FILE.wasm]      Compile a .ts or .wat into a module of its own
Look
  info <FILE>                      Imports, exports and the permissions a program may need
  info --host                      What this machine has for sandboxes
  help [TOPIC]                     This text, or: run, build, info, permissions

Permissions (nothing is allowed unless you say so)
  -N, --allow-net[=RULE,…]         Connect, listen and look up     -N=example.com:443
      --allow-net-connect[=RULE,…] Outgoing only                   =10.0.0.0/8:5432
      --allow-net-listen[=RULE,…]  Incoming only                   =unix:/run/app.sock
      --allow-net-resolve[=NAME,…] Look up names only              =*.example.com
      --deny-net[=RULE,…]          Always wins; also --deny-net-connect, -listen, -resolve
      --allow-read[=PATH,…]        Open files, also --allow-write  =/srv/www,/etc/hosts
      --dir <HOST[::GUEST][:ro]>   Have a directory, under another name   ./data::/data
      --allow-env[=NAME,…]         Inherit variables               =LANG,APP_*
      --allow-raw[=KIND,…]         Sockets that see others' traffic  =netlink,packet,icmp,raw
      --allow-fd-pass              Pass descriptors across the sandbox's boundary
  -A, --allow-all                  No sandbox
  -P, --permission-set[=NAME]      Those of sockyard.json
      --learn                      Allow all of it, and print the grants that are enough
Options
      --preopen-listen <ADDRESS>   A listener to start with: tcp:127.0.0.1:8080, udp:, unix:/path
      --env <NAME=VALUE>           Give the program a variable
      --audit[=FILE]               Write a line of JSON for each judgment
      --net=isolated               A network with a loopback interface and nothing else; more programs by --with
      --second-wall=<WHEN>         The kernel holds to the grants, too: auto, require, off
      --trace[=text]               Show every socket call on standard error
      --time-limit <TIME>          End the program after 500ms, 5s, 2m
      --memory-limit <SIZE>        At most 64M of linear memory; also --cpu-limit <TIME>,
                                   --fd-limit <N>, --output-limit <SIZE>, --traffic-limit <SIZE>
  -h, --help   -V, --version

Exit codes: the program's own · 1 trap · 2 usage · 77 permission denied · 124 time limit · 125 other limit
            126 cannot load or compile · 130 interrupted
`;
}

const RUN = `Usage: sockyard run [OPTIONS] <FILE> [ARGS]…

Runs FILE in a sandbox without any right that you do not grant. FILE is a WebAssembly
module (.wasm), its text form (.wat), or AssemblyScript (.ts), which is compiled on first
use and kept in $XDG_CACHE_HOME/sockyard. What follows FILE belongs to the program.

  -N, --allow-net[=RULE,…]          Connect, listen, and look up the names in the rules
      --allow-net-connect[=RULE,…]  Outgoing only
      --allow-net-listen[=RULE,…]   Incoming only
      --allow-net-resolve[=NAME,…]  Look up names only
      --deny-net[=RULE,…]           Always wins; also --deny-net-connect, -listen, -resolve
      --allow-read[=PATH,…]         Open files to read: PATH itself, or all below it
      --allow-write[=PATH,…]        Open files to write, create and remove them
      --dir <HOST[::GUEST][:ro]>    Read and write below HOST, which the program knows as GUEST
      --allow-env[=NAME,…]          Inherit variables of the environment: NAME, or PREFIX*
      --allow-raw[=KIND,…]          Sockets of KIND netlink, packet, icmp or raw
      --allow-fd-pass               Pass descriptors to and from others over Unix sockets
  -A, --allow-all                   No sandbox (denials still hold)
                                    Each --allow-RIGHT has a --deny-RIGHT, which wins
      --preopen-listen <ADDRESS>    Start the program with a listener at tcp:127.0.0.1:8080, udp:… or unix:/path;
                                    it needs no right to accept. Descriptors: 3 and up, $LISTEN_FDS of them
      --listen-fd <N[=NAME]>        … with this socket of the command's own
      --listen-fds                  … with those that systemd passed (LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES)
      --env <NAME=VALUE>            Give the program this variable; it inherits none otherwise
  -P, --permission-set[=NAME]       The rules of a set in sockyard.json, here or above; "default" if unnamed
      --no-prompt                   Ask nothing, at a terminal either: what no rule allows is denied
      --learn                       Allow what no rule allows; print at the end which grants are enough
      --audit[=FILE]                Append a line of JSON for each judgment to FILE, or standard error
      --net=isolated                A network of its own: loopback, every port, and nothing else
        … FILE ARGS --with [OPTIONS] FILE ARGS…   Another program in it, with its own grants, once the one
                                    before it listens; '\\--with' is a program's own word --with
      --second-wall=<WHEN>          The kernel holds the process to the grants as well (Landlock, seccomp):
                                    auto, as far as it can; require, or exit code 126; off
      --trace[=text]                Show every socket call on standard error, as strace does
      --trace-name <NAME>           Begin each line of the trace with [NAME]
      --time-limit <TIME>           500ms, 5s, 2m: then exit code 124
      --cpu-limit <TIME>            … of processor time: then exit code 125, as for all that follow
      --memory-limit <SIZE>         64M, 1G of linear memory, and as much again for tables
      --fd-limit <N>                Open descriptors, standard input, output and error included: EMFILE beyond
      --output-limit <SIZE>         Bytes written to standard output and error
      --traffic-limit <SIZE>        Bytes sent and received through sockets
                                    Whatever ends the program says what it was doing

'sockyard help permissions' explains rules.
`;

const BUILD = `Usage: sockyard build <FILE> [-o FILE.wasm]

Compiles AssemblyScript (.ts) or WebAssembly text (.wat) as 'run' does, goroutines included, into a
module for any host that has its imports: 'sockyard info' shows them. A source map comes beside it.

  -o, --output <FILE>   The module; otherwise NAME.wasm in the working directory

Exit codes: 0 ok · 2 usage · 126 cannot load, compile or write
`;

const INFO = `Usage: sockyard info <FILE>
       sockyard info --host

Shows what a program imports and exports, its memory, and which permissions it may need.
Nothing of it is run. With --host, what this machine has for sandboxes: whether the second
wall is whole, and whether programs can have a network of their own.
`;

const PERMISSIONS = `Nothing is allowed unless a rule allows it, and a denial always wins.

  rule    = [ "tcp:" | "udp:" ] host [ ":" ports ]   or   "unix:" path
  host    = name | *.name | IPv4 | IPv4/n | [IPv6] | [IPv6/n] | localhost
          | loopback | private | link-local | multicast | public
  ports   = 80 | 8000-8010 | * | 0 (a port that the kernel chooses); none: any port
  path    = /absolute/path | /directory/** | @abstract-name | @prefix*

  --allow-net=example.com:443                 look it up, and connect to where it is
  --allow-net-connect=127.0.0.1:5432          this port of this machine
  --allow-net-connect=10.0.0.0/8:443,[fd00::/8]:443
  --allow-net-listen=0.0.0.0:8080             incoming, on all interfaces
  --allow-net-listen=127.0.0.1:0              incoming, on a port that the kernel chooses
  --allow-net-listen=unix:$PWD/sample-socket  a Unix socket; remove the stale file, too
  --allow-net --deny-net=private              everything but private networks

  --allow-fd-pass                             descriptors, sent to or received from others (SCM_RIGHTS)

Between the ends of a pair that the program made itself, descriptors pass without that.
Rules are judged at the call on the binary address that the kernel gets. Connecting to
0.0.0.0 counts as loopback; listening there needs a rule that says 0.0.0.0. Multicast and
broadcast need a rule that names them. A refused call answers EACCES to the program, and
standard error names the smallest grant; if the program then fails, the exit code is 77.

A look-up is a right of its own: --allow-net=NAME has it, --allow-net-connect=NAME and rules
of addresses do not. A name's rule opens the public addresses that the program got by
looking that very name up; any other address wants a rule for the address. *.example.com is
every name below example.com, not example.com itself.

  --allow-read=/srv/www,/etc/hosts            files to open: a file, or all below a directory
  --allow-write=/var/log/app                  create and write; reading is --allow-read's
  --dir ./data::/data                         both, under a name of its own; /data:ro to read only
  --allow-env=LANG,APP_*                      variables to inherit; --env NAME=VALUE gives one a value
  --allow-raw=netlink                         netlink, packet, icmp (ping), raw; none: all four

A file is judged by its real path, symbolic links resolved; /proc, /sys and /dev are opened
by rules that name something in there only. Raw sockets see more than their own traffic: no
network rule grants them, and the kernel may ask for privileges as well.
`;
