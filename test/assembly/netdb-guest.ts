// A guest that answers lines as netdb-oracle.c does, and a host that answers its
// questions from texts and records of the test.

import { domainToASCII } from "node:url";
import { encode, type Message, type ResourceRecord, readQuery, textOf } from "../dns/message.js";
import { type Guest, type Imports, startGuest } from "./guest.js";

const SOURCE = `
import { errno } from "sockyard/errno";
import {
  Addrinfo, AddressRecord, Answer, Configuration, gai_strerror, getaddrinfo, gethostbyaddr, gethostbyname2, getnameinfo,
  getprotobyname, getprotobynumber, getservbyname, getservbyport, h_errno, herror, Hostent, hstrerror, lookUpService,
  MxRecord, NameRecord, orderServices, Protoent, Ref, ResourceRecord, reverseName, Servent, SoaRecord, SrvRecord,
  systemResolver, TxtRecord,
} from "sockyard/netdb";

const source = memory.data(65536);
export function buffer(): usize { return source; }

function hexOf(start: usize, size: i32): string {
  let text = "";
  for (let i = 0; i < size; i++) {
    const byte = load<u8>(start + i);
    text += (byte < 16 ? "0" : "") + byte.toString(16);
  }
  return text;
}

function bytesOf(argument: string): ArrayBuffer {
  const result = new ArrayBuffer((argument.length - 1) >> 1);
  for (let i = 0; i < result.byteLength; i++) {
    store<u8>(changetype<usize>(result) + i, <u8>parseInt(argument.substring(1 + 2 * i, 3 + 2 * i), 16));
  }
  return result;
}

function textOf(argument: string): string { return String.UTF8.decode(bytesOf(argument)); }

function optional(argument: string): string | null {
  if (argument == "-") return null;
  return textOf(argument);
}

function number(argument: string): i32 { return <i32>parseInt(argument); }

function service(entry: Servent | null): string {
  if (entry === null) return "none";
  return [entry.s_name, entry.s_port.toString(), entry.s_proto].concat(entry.s_aliases).join(" ");
}

function protocol(entry: Protoent | null): string {
  if (entry === null) return "none";
  return [entry.p_name, entry.p_proto.toString()].concat(entry.p_aliases).join(" ");
}

function host(entry: Hostent | null): string {
  if (entry === null) return "h_errno " + h_errno.toString() + " errno " + errno.toString();
  let text = entry.h_name + " " + entry.h_addrtype.toString() + "/" + entry.h_length.toString();
  text += " [" + entry.h_aliases.join(",") + "]";
  const list = entry.h_addr_list;
  for (let i = 0; i < list.length; i++) text += " " + hexOf(list[i], entry.h_length);
  return text;
}

function addresses(words: string[]): string {
  const hints = new Addrinfo(number(words[1]), number(words[2]), number(words[3]), number(words[4]));
  const list = new Ref<Addrinfo | null>(null);
  const status = getaddrinfo(optional(words[5]), optional(words[6]), hints, list);
  let text = status.toString();
  if (status == -11) text += " errno " + errno.toString();
  let info = list.value;
  while (info !== null) {
    text += " " + info.ai_flags.toString() + "/" + info.ai_family.toString() + "/" + info.ai_socktype.toString() + "/";
    text += info.ai_protocol.toString() + "/" + hexOf(changetype<usize>(info.ai_addr), info.ai_addrlen) + "/";
    const name = info.ai_canonname;
    text += name === null ? "-" : name;
    info = info.ai_next;
  }
  return text;
}

function names(words: string[]): string {
  const address = bytesOf(words[2]);
  const node = new Ref<string>("");
  const port = new Ref<string>("");
  const status = getnameinfo(address, address.byteLength, node, port, number(words[1]));
  return status.toString() + " " + node.value + " " + port.value;
}

function record(given: ResourceRecord): string {
  let text = given.owner + "/" + given.type.toString() + "/" + given.ttl.toString() + "=";
  if (given instanceof AddressRecord) text += (<AddressRecord>given).toString();
  if (given instanceof NameRecord) text += (<NameRecord>given).target;
  if (given instanceof MxRecord) text += (<MxRecord>given).preference.toString() + "," + (<MxRecord>given).exchange;
  if (given instanceof TxtRecord) text += (<TxtRecord>given).strings.length.toString() + "," + (<TxtRecord>given).toString();
  if (given instanceof SrvRecord) {
    const srv = <SrvRecord>given;
    text += srv.priority.toString() + "," + srv.weight.toString() + "," + srv.port.toString() + "," + srv.target;
  }
  if (given instanceof SoaRecord) {
    const soa = <SoaRecord>given;
    text += soa.mname + "," + soa.rname + "," + soa.serial.toString() + "," + soa.refresh.toString() + ",";
    text += soa.retry.toString() + "," + soa.expire.toString() + "," + soa.minimum.toString();
  }
  return text;
}

function answer(given: Answer): string {
  if (given.error != 0) return "error " + given.error.toString() + " errno " + given.errno.toString() + " rcode " + given.rcode.toString();
  const texts: string[] = [];
  for (let i = 0; i < given.records.length; i++) texts.push(record(given.records[i]));
  return given.name + " [" + given.aliases.join(",") + "] " + texts.join(" ");
}

function order(words: string[]): string {
  const records: SrvRecord[] = [];
  for (let i = 1; i < words.length; i++) {
    const parts = words[i].split("/");
    const made = new SrvRecord("", 33, 0);
    made.priority = <u16>number(parts[0]);
    made.weight = <u16>number(parts[1]);
    made.target = parts[2];
    records.push(made);
  }
  orderServices(records);
  return records.map<string>((entry) => entry.target).join(" ");
}

function reply(words: string[]): string {
  const call = words[0];
  if (call == "gai") return addresses(words);
  if (call == "gni") return names(words);
  if (call == "servname") return service(getservbyname(textOf(words[1]), optional(words[2])));
  if (call == "servport") return service(getservbyport(number(words[1]), optional(words[2])));
  if (call == "protoname") return protocol(getprotobyname(textOf(words[1])));
  if (call == "protonumber") return protocol(getprotobynumber(number(words[1])));
  if (call == "hstrerror") return hstrerror(number(words[1]));
  if (call == "gai_strerror") return gai_strerror(number(words[1]));
  if (call == "host") return host(gethostbyname2(textOf(words[1]), number(words[2])));
  if (call == "address") return host(gethostbyaddr(bytesOf(words[1]), number(words[2]), number(words[3])));
  if (call == "reverse") {
    const address = bytesOf(words[2]);
    return reverseName(number(words[1]), changetype<usize>(address));
  }
  if (call == "query") return answer(systemResolver().query(textOf(words[1]), number(words[2])));
  if (call == "search") return answer(systemResolver().search(textOf(words[1]), number(words[2])));
  if (call == "srv") return answer(lookUpService(systemResolver(), textOf(words[1]), textOf(words[2]), textOf(words[3])));
  if (call == "order") return order(words);
  if (call == "herror") herror(textOf(words[1]));
  if (call == "settings") {
    const settings = Configuration.parse(textOf(words[1]));
    return settings.ndots.toString() + " " + settings.search.join(" ");
  }
  if (call == "service-at") return changetype<usize>(getservbyname(textOf(words[1]))).toString();
  if (call == "protocol-at") return changetype<usize>(getprotobyname(textOf(words[1]))).toString();
  if (call == "host-at") return changetype<usize>(gethostbyname2(textOf(words[1]), 2)).toString();
  if (call == "info-at") {
    const list = new Ref<Addrinfo | null>(null);
    getaddrinfo("127.0.0.1", null, new Addrinfo(2, 2, 1, 0), list);
    return changetype<usize>(list.value).toString();
  }
  return "";
}

export function ask(length: i32): usize {
  return changetype<usize>(reply(String.UTF16.decodeUnsafe(source, length << 1).split(" ")));
}
`;

const EACCES = 13;
const EINVAL = 22;

/** What the host of the test knows. */
export interface World {
  services?: string;
  protocols?: string;
  resolver?: string | undefined;
  /** The records of a name, or a response code, or an errno (negative). */
  answer: (name: string, type: number) => readonly ResourceRecord[] | number | Message;
}

/** The guest, and the names that it has asked for, `name/type`. */
export interface NetdbGuest {
  readonly world: World;
  readonly asked: string[];
  readonly guest: Guest;
  readonly written: string[];
  ask(...words: (string | number)[]): string;
}

/** The argument that stands for a text. */
export function text(of: string | null): string {
  return of === null ? "-" : `x${Buffer.from(of).toString("hex")}`;
}

function imports(world: World, asked: string[], written: string[], guest: Guest): Imports {
  const memory = () => Buffer.from(guest.view().buffer);
  const at = (start: number, length: number) => memory().subarray(start, start + length);
  const put = (bytes: Buffer, start: number, room: number) => {
    bytes.copy(memory(), start, 0, room);
    return bytes.length;
  };
  return {
    berkeley_sockets_v1: {
      getent(database, offset, buf, len) {
        const file = [world.services, world.protocols, world.resolver][database];
        if (file === undefined) return database === 2 ? -EACCES : -EINVAL;
        const rest = Buffer.from(file).subarray(offset);
        return Math.min(put(rest, buf, len), len);
      },
      idna_to_ascii(name, length, out, outlen) {
        const ascii = domainToASCII(at(name, length).toString());
        return ascii === "" ? -EINVAL : put(Buffer.from(ascii), out, outlen);
      },
      res_send(message, length, answer, room) {
        const query = Buffer.from(at(message, length));
        const { id, question } = readQuery(query);
        asked.push(`${textOf(question.name)}/${question.type}`);
        const found = world.answer(textOf(question.name).toLowerCase(), question.type);
        if (typeof found === "number" && found < 0) return found;
        const flags = 0x8180 | (typeof found === "number" ? found : 0);
        const answers = Array.isArray(found) ? found : [];
        const made = { id, flags, questions: [question], answers, authorities: [], additional: [] };
        const whole = typeof found === "object" && !Array.isArray(found) ? { ...(found as Message), id } : made;
        return put(encode(whole), answer, room);
      },
      write(_fd, data, count) {
        written.push(at(data, count).toString());
        return count;
      },
    },
    wasi_snapshot_preview1: {
      random_get(start, length) {
        crypto.getRandomValues(at(start, length) as Uint8Array<ArrayBuffer>);
        return 0;
      },
    },
  };
}

/** Starts the guest in this world, which the test may change. */
export async function startNetdbGuest(world: World): Promise<NetdbGuest> {
  const asked: string[] = [];
  const written: string[] = [];
  const guest = await startGuest(SOURCE, (started) => imports(world, asked, written, started));
  return {
    world,
    asked,
    written,
    guest,
    ask: (...words) => guest.string(guest.call("ask", guest.put(words.join(" ")))),
  };
}
