import { describe, expect, it } from "vitest";
import {
  EACCES,
  ECONNREFUSED,
  EFAULT,
  EINVAL,
  EMFILE,
  EMSGSIZE,
  ETIMEDOUT,
} from "../../../host/core/linux.generated.js";
import { resolverHost } from "../../../host/runtime/resolver-host.js";
import { queryFor } from "../../dns/asker.js";
import { type Data, decode, labels, type Message, TYPE, textOf } from "../../dns/message.js";
import { fakeKernel, type Script } from "../../fakes/fake-kernel.js";
import { addressText, BAD_POINTER, type Guest, guestOf, NOTHING } from "../../fakes/guest.js";
import { machineWith } from "../../fakes/machine.js";

const HOSTS = `127.0.0.1 localhost myself
10.0.0.5 db.corp.test db DB2 # the database
10.0.0.6 db.corp.test
fd00::5 db.corp.test
93.184.216.34 public.test www.public.test
999.0.0.1 nobody.test
10.0.0.7 -bad- good.test 1.2.3.4 bücher.test
`;

const ROOM = 2000;

/** What a guest that asks `query` is answered, or the errno. */
function ask(guest: Guest, query: Uint8Array, room = ROOM): Message | number {
  const answer = guest.allocate(ROOM);
  const result = guest.call("res_send", guest.put(query), query.length, answer, room);
  return result < 0 ? result : decode(Buffer.from(guest.get(answer, result)));
}

/** The records of an answer, as text. */
function told(guest: Guest, name: string, type: number): string[] | number {
  const message = ask(guest, queryFor(name, type));
  if (typeof message === "number") return message;
  return message.answers.map((record) => `${textOf(record.owner)} ${textOfData(record.data)}`);
}

function textOfData([data]: Data): string {
  if (data instanceof Uint8Array) return addressText.format(data);
  return typeof data === "number" ? String(data) : textOf(data ?? []);
}

/** A guest on a machine with these hosts. */
function guestWith(flags: string, hosts = HOSTS): Guest {
  return guestOf(flags, {}, { resolver: machineWith({ hosts }) });
}

/** A guest whose resolver's own kernel does as the script says. */
function guestOver(script: Script): { guest: Guest; kernel: ReturnType<typeof fakeKernel> } {
  const kernel = fakeKernel(script);
  return { guest: guestOf("--allow-net-resolve", {}, { resolver: resolverHost(NOTHING, () => kernel) }), kernel };
}

describe("res_send(3)", () => {
  it("answers from hosts(5): canonical names, aliases, both families", () => {
    const guest = guestWith("--allow-net-resolve");
    const others = ["db db.corp.test", "db2 db.corp.test"];
    expect(told(guest, "db.corp.test", TYPE.A)).toEqual(["db.corp.test 10.0.0.5", "db.corp.test 10.0.0.6", ...others]);
    expect(told(guest, "db.corp.test", TYPE.AAAA)).toEqual(["db.corp.test fd00::5", ...others]);
    expect(told(guest, "DB.", TYPE.A)).toEqual(["DB db.corp.test", "db.corp.test 10.0.0.5", "db2 db.corp.test"]);
    expect(told(guest, "db2", TYPE.AAAA)).toEqual(["db2 db.corp.test", "db db.corp.test"]);
    expect(told(guest, "good.test", TYPE.A)).toEqual(["good.test 10.0.0.7", "xn--bcher-kva.test good.test"]);
    expect(told(guest, "xn--bcher-kva.test", TYPE.A)).toEqual(["xn--bcher-kva.test good.test", "good.test 10.0.0.7"]);
  });

  it("answers whose an address is, from hosts(5)", () => {
    const guest = guestWith("--allow-net-resolve");
    const five = "5.0.0.10.in-addr.arpa";
    expect(told(guest, five, TYPE.PTR)).toEqual([`${five} db.corp.test`, `${five} db`, `${five} db2`]);
    const six = `5.${"0.".repeat(27)}0.0.d.f.ip6.arpa`;
    expect(told(guest, six, TYPE.PTR)).toEqual([`${six} db.corp.test`]);
    expect(told(guest, "1.0.0.127.in-addr.arpa", TYPE.PTR)).toEqual([
      "1.0.0.127.in-addr.arpa localhost",
      "1.0.0.127.in-addr.arpa myself",
    ]);
    expect(told(guest, `1.${"0.".repeat(31)}ip6.arpa`, TYPE.PTR)).toEqual([`1.${"0.".repeat(31)}ip6.arpa localhost`]);
  });

  it("tells those aliases that the guest may look up itself", () => {
    const guest = guestWith("--allow-net-resolve=db.corp.test,*.in-addr.arpa,db2");
    expect(told(guest, "db.corp.test", TYPE.AAAA)).toEqual(["db.corp.test fd00::5", "db2 db.corp.test"]);
    const five = "5.0.0.10.in-addr.arpa";
    expect(told(guest, five, TYPE.PTR)).toEqual([`${five} db.corp.test`, `${five} db2`]);
    const denied = guestWith("--allow-net-resolve --deny-net-resolve=db");
    expect(told(denied, "db2", TYPE.A)).toEqual(["db2 db.corp.test", "db.corp.test 10.0.0.5"]);
    expect([guest.denials, denied.denials]).toEqual([[], []]);
  });

  it("answers localhost itself, whatever hosts(5) says", () => {
    const guest = guestWith("--allow-net-resolve", "10.0.0.1 localhost a.localhost\n");
    expect(told(guest, "LocalHost", TYPE.A)).toEqual(["LocalHost 127.0.0.1"]);
    expect(told(guest, "localhost", TYPE.AAAA)).toEqual(["localhost ::1"]);
    expect(told(guest, "a.localhost", TYPE.A)).toEqual(["a.localhost 127.0.0.1"]);
    expect(told(guest, "localhost", TYPE.TXT)).toEqual([]);
    expect(ask(guest, queryFor("localhost"))).toMatchObject({ id: 0x1234, flags: 0x8180 });
  });

  it("reads hosts(5) again when it has changed", () => {
    const files = { hosts: "10.0.0.1 a.test\n" };
    const host = machineWith(files);
    let hosts = files.hosts;
    const guest = guestOf(
      "--allow-net-resolve",
      {},
      { resolver: Object.create(host, { readFile: { value: () => hosts } }) },
    );
    expect(told(guest, "a.test", TYPE.A)).toEqual(["a.test 10.0.0.1"]);
    hosts = "10.0.0.2 a.test\n";
    expect(told(guest, "a.test", TYPE.A)).toEqual(["a.test 10.0.0.2"]);
  });

  it("is judged by the name in the query, before anything else is done", () => {
    const guest = guestWith("--allow-net-resolve=db.corp.test");
    expect(told(guest, "db", TYPE.A)).toBe(-EACCES);
    expect(told(guest, "localhost", TYPE.A)).toBe(-EACCES);
    expect(told(guest, "5.0.0.10.in-addr.arpa", TYPE.PTR)).toBe(-EACCES);
    expect(guest.denials.map(({ question }) => question.verb)).toEqual(["resolve", "resolve", "resolve"]);
    expect(told(guest, "db.corp.test", TYPE.A)).toHaveLength(2);
  });

  it("says whose an address is to who may connect there", () => {
    const guest = guestWith("--allow-net-connect=10.0.0.0/8:443");
    expect(told(guest, "5.0.0.10.in-addr.arpa", TYPE.PTR)).toHaveLength(1);
    expect(told(guest, "5.0.0.10.in-addr.arpa", TYPE.A)).toBe(-EACCES);
    expect(told(guest, "1.0.0.127.in-addr.arpa", TYPE.PTR)).toBe(-EACCES);
    expect(told(guest, "05.0.0.10.in-addr.arpa", TYPE.PTR)).toBe(-EACCES);
    expect(told(guest, "5.0.0.10.in-addr.arpa.evil.test", TYPE.PTR)).toBe(-EACCES);
  });

  it("opens public addresses to the name's rule, and no private ones", () => {
    const guest = guestWith("--allow-net=public.test:443,db.corp.test,localhost");
    expect(guest.connect(guest.tcp(), "93.184.216.34:443")).toBe(-EACCES);
    told(guest, "public.test", TYPE.A);
    told(guest, "db.corp.test", TYPE.A);
    expect(guest.connect(guest.tcp(), "93.184.216.34:443")).toBe(0);
    expect(guest.connect(guest.tcp(), "93.184.216.34:80")).toBe(-EACCES);
    expect(guest.connect(guest.tcp(), "10.0.0.5:443")).toBe(-EACCES);
    expect(guest.connect(guest.tcp(), "127.0.0.1:443")).toBe(0);
  });

  it("judges a datagram again after a look-up that may have changed the answer", () => {
    const guest = guestWith("--allow-net --deny-net-connect=public.test");
    const fd = guest.udp();
    expect(guest.sendTo(fd, "93.184.216.34:53")).toBe(1);
    told(guest, "public.test", TYPE.A);
    expect(guest.sendTo(fd, "93.184.216.34:53")).toBe(-EACCES);
  });

  it("writes no more than fits, and answers the whole length", () => {
    const guest = guestWith("--allow-net-resolve");
    const query = queryFor("db.corp.test");
    const answer = guest.put(new Uint8Array(100).fill(0xaa));
    const length = guest.call("res_send", guest.put(query), query.length, answer, 20);
    expect(length).toBeGreaterThan(query.length);
    expect(guest.get(answer + 20, 80)).toEqual(new Uint8Array(80).fill(0xaa));
    expect(guest.call("res_send", guest.put(query), query.length, answer, 0)).toBe(length);
  });

  it("answers EFAULT before it asks anybody", () => {
    const guest = guestWith("");
    const query = guest.put(queryFor("db"));
    expect(guest.call("res_send", BAD_POINTER, 20, 64, 64)).toBe(-EFAULT);
    expect(guest.call("res_send", query, 20, BAD_POINTER, 64)).toBe(-EFAULT);
    expect(guest.call("res_send", query, 20, 64, 2 ** 31 - 1)).toBe(-EFAULT);
    expect(guest.denials).toEqual([]);
  });

  it("answers EMSGSIZE and EINVAL for lengths that no message has", () => {
    const guest = guestWith("--allow-net-resolve");
    expect(guest.call("res_send", 0, -1, 64, 64)).toBe(-EMSGSIZE);
    expect(guest.call("res_send", 0, 65536, 64, 64)).toBe(-EMSGSIZE);
    expect(guest.call("res_send", 0, 64, 64, -1)).toBe(-EINVAL);
    expect(guest.call("res_send", 0, 0, 64, 64)).toBe(-EINVAL);
  });

  it.each<[string, Partial<Message>]>([
    ["that is an answer", { flags: 0x8100 }],
    ["of another operation", { flags: 0x2800 }],
    ["without a question", { questions: [] }],
    ["with two", { questions: ["a", "b"].map((name) => ({ name: labels(name), type: TYPE.A, class: 1 })) }],
    ["of class CHAOS", { questions: [{ name: labels("db"), type: TYPE.A, class: 3 }] }],
    ["for any type", { questions: [{ name: labels("db"), type: 255, class: 1 }] }],
    ["for a whole zone", { questions: [{ name: labels("db"), type: 252, class: 1 }] }],
    ["with a record", { additional: [{ owner: [], type: TYPE.A, class: 1, ttl: 0, data: [new Uint8Array(4)] }] }],
  ])("answers EINVAL for a query %s, and judges nothing", (_, changes) => {
    const guest = guestWith("");
    expect(ask(guest, queryFor("db", TYPE.A, changes))).toBe(-EINVAL);
    expect(guest.denials).toEqual([]);
  });

  it.each([
    ["EMFILE as it is", { socket: -EMFILE }, -EMFILE],
    ["ECONNREFUSED for what refuses", { connect: -ECONNREFUSED }, -ECONNREFUSED],
    ["ECONNREFUSED for what is out of reach", { send: -101 }, -ECONNREFUSED],
    ["ETIMEDOUT for silence", { poll: 0 }, -ETIMEDOUT],
  ] as const)("answers %s, and closes what it opened", (_, script, want) => {
    const { guest, kernel } = guestOver(script);
    expect(ask(guest, queryFor("a.test"))).toBe(want);
    expect(kernel.calls("close")).toHaveLength("socket" in script ? 0 : kernel.calls("socket").length);
    expect(guest.core.fds.openFrom(3)).toEqual([]);
  });

  it("asks the servers of resolv.conf(5) at port 53, the machine itself if there are none", () => {
    const { guest, kernel } = guestOver({ connect: -ECONNREFUSED });
    ask(guest, queryFor("a.test"));
    const [connect] = kernel.recorded.filter(({ name }) => name === "connect");
    expect([...(connect?.address.subarray(0, 8) ?? [])]).toEqual([2, 0, 0, 53, 127, 0, 0, 1]);
  });

  it("is traced as what it asks and what it hears", () => {
    const guest = guestWith("--allow-net-resolve=db.corp.test,none.localhost");
    const trace = (query: Uint8Array, room = 512): string =>
      guest.trace("res_send", guest.put(query), query.length, guest.allocate(512), room);
    expect(trace(queryFor("db.corp.test"))).toBe(
      "res_send({db.corp.test, T_A}, 30, {NOERROR, 10.0.0.5, 10.0.0.6}, 512) = 62",
    );
    expect(trace(queryFor("none.localhost", TYPE.MX))).toBe(
      "res_send({none.localhost, T_MX}, 32, {NOERROR}, 512) = 32",
    );
    expect(trace(queryFor("db"))).toBe("res_send({db, T_A}, 20, ?, 512) = -1 EACCES (denied: no rule)");
    expect(trace(Buffer.from("no query"))).toBe('res_send("no query", 8, ?, 512) = -1 EINVAL (Invalid argument)');
    expect(trace(queryFor("db.corp.test"), 4)).toMatch(/^res_send\(\{db\.corp\.test, T_A\}, 30, ".*", 4\) = 62$/);
  });
});
