// Go's Resolver: names, addresses and other records, while other goroutines run.

import { Failure, failed, Result } from "../errors";
import { Chan } from "../go/channel";
import { go } from "../go/scheduler";
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  EACCES,
  EAGAIN,
  ECANCELED,
  ENOENT,
  ETIMEDOUT,
  HOST_NOT_FOUND,
  NO_DATA,
  T_A,
  T_AAAA,
  T_CNAME,
  T_MX,
  T_NS,
  T_PTR,
  T_SRV,
  T_TXT,
  TRY_AGAIN,
} from "../linux.generated";
import {
  AddressRecord,
  Answer,
  AsyncHostTransport,
  Configuration,
  MxRecord,
  NameRecord,
  orderServices,
  Resolver as Queries,
  reverseName,
  SrvRecord,
  Transport,
  TxtRecord,
} from "../netdb";
import { HostAddresses } from "../netdb/host-addresses";
import { candidates, isComplete } from "../netdb/search";
import { Errno } from "../syscall/errno";
import { IPAddr } from "./addr";
import { DialFunction, DialTransport } from "./dial-transport";
import { isDomainName } from "./domain-name";
import { AddrError, DNSError, UnknownNetworkError } from "./errors";
import { IP, ipAt, parseIP } from "./ip";
import { ParkingWaiter } from "./parking-waiter";
import { lookUpPort } from "./port";
import { lookUpSystem } from "./system-addresses";

/** A mail server of a domain. */
@final
export class MX {
  constructor(
    /** With a final dot. */
    readonly host: string,
    /** The lowest is tried first. */
    readonly pref: u16,
  ) {}
}

/** A name server of a domain. */
@final
export class NS {
  /** `host`: with a final dot. */
  constructor(readonly host: string) {}
}

/** Where a service is. RFC 2782 */
@final
export class SRV {
  constructor(
    /** With a final dot. */
    readonly target: string,
    readonly port: u16,
    /** The lowest is tried first. */
    readonly priority: u16,
    /** How often it is chosen among those of its priority. */
    readonly weight: u16,
  ) {}
}

/** What Go's LookupSRV() returns as `(cname, addrs, nil)`. */
@final
export class Services {
  constructor(
    /** The name that has the records. */
    readonly cname: string,
    /** In the order in which they should be tried. */
    readonly addrs: SRV[],
  ) {}
}

function noSuchHost(name: string): DNSError {
  return new DNSError("no such host", name, "", false, false, true);
}

// @ts-ignore: decorator
@lazy let settings: Configuration | null = null;

/** How names are searched for on this machine. */
function configuration(): Configuration {
  const known = settings;
  if (known !== null) return known;
  const loaded = Configuration.load();
  settings = loaded;
  return loaded;
}

/**
 * Looks up names.
 *
 * `defaultResolver` asks by way of the host: the right to resolve the name is all it needs. One with `dial` asks over
 * connections that this function makes, under the rules for connections.
 */
@final
export class Resolver {
  /**
   * Whether addresses of hosts are asked of name servers, in Go's way. If not, the system's own resolver is asked
   * (nsswitch.conf), which knows nothing but hosts; other records are asked of name servers in any case.
   */
  preferGo: bool = false;
  /** Whether a failure that may pass, of one of several questions, is one of the whole look-up. */
  strictErrors: bool = false;
  /** Makes the connections to the name server, if it is not to be the host's. */
  dial: DialFunction | null = null;

  /** `LookupHost(host)`: the addresses of a host, as text. */
  lookupHost(host: string): Result<string[]> {
    const found = this.lookupIPAddr(host);
    const err = found.err;
    if (err !== null) return failed<string[]>(err);
    const addrs = found.value;
    const texts = new Array<string>(addrs.length);
    for (let i = 0; i < addrs.length; i++) texts[i] = addrs[i].toString();
    return new Result<string[]>(texts);
  }

  /** `LookupIPAddr(host)`: the addresses of a host. An address is its own. */
  lookupIPAddr(host: string): Result<IPAddr[]> {
    return this.addressesOf(host, "ip", 0);
  }

  /** `LookupIP(network, host)`: the addresses of a host; `network` is `ip`, `ip4` or `ip6`. */
  lookupIP(network: string, host: string): Result<IP[]> {
    if (network != "ip" && network != "ip4" && network != "ip6") {
      return failed<IP[]>(new UnknownNetworkError(network));
    }
    const found = this.addressesOf(host, network, 0);
    const err = found.err;
    if (err !== null) return failed<IP[]>(err);
    const addrs = found.value;
    const ips: IP[] = [];
    for (let i = 0; i < addrs.length; i++) ips.push(addrs[i].ip!);
    return new Result<IP[]>(ips);
  }

  /** `LookupPort(network, service)`: the port of a service of `tcp` or `udp`, by name or number. */
  lookupPort(network: string, service: string): Result<i32> {
    return lookUpPort(network, service);
  }

  /** `LookupCNAME(host)`: the name at the end of all aliases, with a final dot. It has addresses. */
  lookupCNAME(host: string): Result<string> {
    let answer = this.ask(host, T_A, 0);
    if (answer.error != 0 && isNothing(answer)) answer = this.ask(host, T_AAAA, 0);
    return answer.error != 0 ? failed<string>(failureOf(answer, host)) : new Result<string>(`${answer.name}.`);
  }

  /**
   * `LookupSRV(service, proto, name)`: where a service is: the records of `_service._proto.name`, or of `name` itself
   * if both are empty. Sorted by priority, and at random by weight within one.
   */
  lookupSRV(service: string, proto: string, name: string): Result<Services> {
    const owner = service.length == 0 && proto.length == 0 ? name : `_${service}._${proto}.${name}`;
    const answer = this.ask(owner, T_SRV, 0);
    if (answer.error != 0) return failed<Services>(failureOf(answer, owner));
    const records: SrvRecord[] = [];
    for (let i = 0; i < answer.records.length; i++) records.push(answer.records[i] as SrvRecord);
    orderServices(records);
    const addrs: SRV[] = [];
    for (let i = 0; i < records.length; i++) {
      const each = records[i];
      addrs.push(new SRV(`${each.target}.`, each.port, each.priority, each.weight));
    }
    return new Result<Services>(new Services(`${answer.name}.`, addrs));
  }

  /** `LookupMX(name)`: the mail servers of a domain, the first to be tried first. */
  lookupMX(name: string): Result<MX[]> {
    const answer = this.ask(name, T_MX, 0);
    if (answer.error != 0) return failed<MX[]>(failureOf(answer, name));
    const list: MX[] = [];
    for (let i = 0; i < answer.records.length; i++) {
      const each = answer.records[i] as MxRecord;
      list.push(new MX(`${each.exchange}.`, each.preference));
    }
    list.sort((one, other) => <i32>one.pref - <i32>other.pref);
    return new Result<MX[]>(list);
  }

  /** `LookupNS(name)`: the name servers of a domain. */
  lookupNS(name: string): Result<NS[]> {
    const answer = this.ask(name, T_NS, 0);
    if (answer.error != 0) return failed<NS[]>(failureOf(answer, name));
    const list: NS[] = [];
    for (let i = 0; i < answer.records.length; i++) list.push(new NS(`${(answer.records[i] as NameRecord).target}.`));
    return new Result<NS[]>(list);
  }

  /** `LookupTXT(name)`: the texts of a domain. The strings of one record are joined. */
  lookupTXT(name: string): Result<string[]> {
    const answer = this.ask(name, T_TXT, 0);
    if (answer.error != 0) return failed<string[]>(failureOf(answer, name));
    const list: string[] = [];
    for (let i = 0; i < answer.records.length; i++) list.push((answer.records[i] as TxtRecord).toString());
    return new Result<string[]>(list);
  }

  /** `LookupAddr(addr)`: the names of an address; those of more than one label with a final dot. */
  lookupAddr(addr: string): Result<string[]> {
    const ip = parseIP(addr);
    if (ip === null) return failed<string[]>(new DNSError("unrecognized address", addr));
    const v4 = ip.to4();
    const bytes = v4 !== null ? v4.bytes : ip.bytes;
    const answer = this.ask(reverseName(v4 !== null ? AF_INET : AF_INET6, changetype<usize>(bytes)), T_PTR, 0);
    if (answer.error != 0) return failed<string[]>(failureOf(answer, addr));
    const names: string[] = [];
    for (let i = 0; i < answer.records.length; i++) {
      const target = (answer.records[i] as NameRecord).target;
      names.push(target.includes(".") ? `${target}.` : target);
    }
    return new Result<string[]>(names);
  }

  /** @internal The addresses that `network` (`ip`, `tcp4`, …) can use, asked for until `deadline` (0: no end). */
  addressesOf(host: string, network: string, deadline: i64): Result<IPAddr[]> {
    const family = familyOf(network);
    const found = this.find(host, family, deadline);
    if (!found.ok) return found;
    const addrs = usable(found.value, family);
    if (addrs.length > 0) return new Result<IPAddr[]>(addrs);
    return failed<IPAddr[]>(new AddrError("no suitable address found", host));
  }

  private find(host: string, family: i32, deadline: i64): Result<IPAddr[]> {
    if (host.length == 0) return failed<IPAddr[]>(noSuchHost(host));
    const literal = parseLiteral(host);
    if (literal !== null) return new Result<IPAddr[]>([literal]);
    if (!this.preferGo && this.dial === null) return askSystem(host, family, deadline);
    return isDomainName(host) ? this.askForBoth(host, family, deadline) : failed<IPAddr[]>(noSuchHost(host));
  }

  /** Asks for both families of one name, before the next of the search list is tried: addresses are all of one name. */
  private askForBoth(host: string, family: i32, deadline: i64): Result<IPAddr[]> {
    const names = isComplete(host) ? [host] : candidates(host, configuration());
    let failure: Failure | null = null;
    for (let i = 0; i < names.length; i++) {
      const found = this.askExactly(names[i], host, family, deadline);
      if (found.ok) return found;
      const err = found.err as DNSError;
      if (err.isTimeout || (this.strictErrors && err.isTemporary)) return found;
      // What may be different another time says more than that there is nothing.
      if (failure === null || !err.isNotFound) failure = err;
    }
    return failed<IPAddr[]>(failure!);
  }

  private askExactly(name: string, host: string, family: i32, deadline: i64): Result<IPAddr[]> {
    const second = new Question(this, name, T_AAAA, deadline);
    if (family == AF_UNSPEC) go(askAside, second);
    const first = this.query(name, family == AF_INET6 ? T_AAAA : T_A, deadline);
    const other: Answer | null = family == AF_UNSPEC ? second.answer.recv() : null;
    if (this.strictErrors && other !== null) {
      if (mayPass(first)) return failed<IPAddr[]>(failureOf(first, host));
      if (mayPass(other)) return failed<IPAddr[]>(failureOf(other, host));
    }
    const addrs: IPAddr[] = [];
    take(first, addrs);
    if (other !== null) take(other, addrs);
    if (addrs.length > 0) return new Result<IPAddr[]>(addrs);
    // What is known for certain is told last.
    const why = other !== null && isNothing(first) && !isNothing(other) ? other : first;
    return failed<IPAddr[]>(failureOf(why, host));
  }

  /** @internal The records of a name, or of that name in a domain of the search list. */
  ask(name: string, type: i32, deadline: i64): Answer {
    const queries = this.queries(deadline);
    if (type == T_PTR) return queries.query(name, type);
    return isDomainName(name) ? queries.search(name, type) : new Answer(HOST_NOT_FOUND);
  }

  /** @internal The records of exactly this name. */
  query(name: string, type: i32, deadline: i64): Answer {
    return this.queries(deadline).query(name, type);
  }

  private queries(deadline: i64): Queries {
    const dial = this.dial;
    const transport: Transport = dial !== null
      ? new DialTransport(dial, deadline)
      : new AsyncHostTransport(new ParkingWaiter(deadline));
    const queries = Queries.over(transport);
    queries.configuration = configuration();
    return queries;
  }
}

/** One of two questions that are asked at the same time. */
@final
class Question {
  readonly answer: Chan<Answer> = new Chan<Answer>(1);

  constructor(
    readonly resolver: Resolver,
    readonly name: string,
    readonly type: i32,
    readonly deadline: i64,
  ) {}
}

function askAside(question: Question): void {
  question.answer.send(question.resolver.query(question.name, question.type, question.deadline));
}

function take(answer: Answer, addrs: IPAddr[]): void {
  for (let i = 0; i < answer.records.length; i++) {
    const address = (answer.records[i] as AddressRecord).address;
    addrs.push(new IPAddr(ipAt(changetype<usize>(address), address.length)));
  }
}

/** Whether there is certainly nothing to be found. */
function isNothing(answer: Answer): bool {
  return answer.errno == 0 && (answer.error == HOST_NOT_FOUND || answer.error == NO_DATA);
}

/** Whether it may be different another time. */
function mayPass(answer: Answer): bool {
  return answer.error != 0 && answer.errno != EACCES && !isNothing(answer);
}

/** Go's error for an answer that is none. */
function failureOf(answer: Answer, name: string): Failure {
  if (answer.errno != 0) return failureOfErrno(answer.errno, name);
  if (isNothing(answer)) return noSuchHost(name);
  return new DNSError("server misbehaving", name, "", false, answer.error == TRY_AGAIN);
}

function failureOfErrno(errno: i32, name: string): Failure {
  if (errno == ENOENT) return noSuchHost(name);
  if (errno == ETIMEDOUT) return new DNSError("i/o timeout", name, "", true);
  if (errno == ECANCELED) return new DNSError("operation was canceled", name);
  return new DNSError(new Errno(errno).toString(), name, "", false, errno != EACCES);
}

/** Those of one family, or of both. */
function usable(addrs: IPAddr[], family: i32): IPAddr[] {
  if (family == AF_UNSPEC) return addrs;
  const kept: IPAddr[] = [];
  for (let i = 0; i < addrs.length; i++) {
    if (addrs[i].ip!.isV4 == (family == AF_INET)) kept.push(addrs[i]);
  }
  return kept;
}

/** AF_INET for `ip4` and `tcp4`, AF_INET6 for `ip6` and `udp6`, else AF_UNSPEC. */
function familyOf(network: string): i32 {
  if (network.endsWith("4")) return AF_INET;
  return network.endsWith("6") ? AF_INET6 : AF_UNSPEC;
}

/** The address that `host` is the text of, with its zone; or null. */
export function parseLiteral(host: string): IPAddr | null {
  const percent = host.indexOf("%");
  if (percent < 0) {
    const ip = parseIP(host);
    return ip !== null ? new IPAddr(ip) : null;
  }
  const ip = parseIP(host.substring(0, percent));
  const zone = host.substring(percent + 1);
  return ip === null || ip.isV4 || zone.length == 0 ? null : new IPAddr(ip, zone);
}

function askSystem(host: string, family: i32, deadline: i64): Result<IPAddr[]> {
  const found = new HostAddresses();
  const result = lookUpSystem(host, family, new ParkingWaiter(deadline), found);
  if (result < 0) {
    return failed<IPAddr[]>(
      result == -EAGAIN ? new DNSError("server misbehaving", host, "", false, true) : failureOfErrno(-result, host),
    );
  }
  const addrs: IPAddr[] = [];
  for (let i = 0; i < found.count; i++) {
    const bytes = found.addressOf(i);
    addrs.push(new IPAddr(ipAt(changetype<usize>(bytes), bytes.length)));
  }
  return new Result<IPAddr[]>(addrs);
}

function makeDefault(): Resolver {
  const resolver = new Resolver();
  resolver.preferGo = true;
  return resolver;
}

/** The resolver of the functions of this package: Go's, by way of the host. */
// @ts-ignore: decorator
@lazy export const defaultResolver: Resolver = makeDefault();
