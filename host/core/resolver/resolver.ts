import type { Core } from "../core.js";
import { type Errno, isErrno } from "../errno.js";
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  EACCES,
  EINPROGRESS,
  EINVAL,
  EMFILE,
  POLLIN,
  T_A,
  T_AAAA,
  T_CNAME,
  T_MX,
  T_NS,
  T_PTR,
  T_SOA,
  T_SRV,
  T_TXT,
} from "../linux.generated.js";
import type { AddressText } from "../permissions/address-text.js";
import { canonicalName } from "../permissions/name.js";
import type { Permissions } from "../permissions/permissions.js";
import type { ResolveQuestion } from "../permissions/question.js";
import type { DnsCodec, DnsQuestion } from "./dns-codec.js";
import { exchange } from "./exchange.js";
import { type Hosts, parseHosts } from "./hosts.js";
import { localAnswer, localEntry } from "./local-answer.js";
import { AddressLookup, QueryLookup } from "./lookup.js";
import { parseResolvConf, type ResolvConf, searchLines } from "./resolv-conf.js";
import type { ResolverFile, ResolverHost } from "./resolver-host.js";
import { addressOfReverseName } from "./reverse-name.js";
import { Stepper } from "./stepper.js";
import { FOR_EVER, poll, type Steps } from "./steps.js";

/** What may be asked for. A zone transfer or an answer of any type would be none of one name. */
const TYPES: readonly number[] = [T_A, T_AAAA, T_CNAME, T_PTR, T_MX, T_NS, T_TXT, T_SRV, T_SOA];

/** Who asks: a guest's rights, what its calls wait in, and where look-ups go that it does not wait for. */
type Asker = Pick<Core, "permissions" | "kernel" | "fds">;

/** One guest's way to names: judged by its right to resolve, answered by this machine or its servers. */
export class Resolver {
  readonly #host: ResolverHost;
  readonly #hosts: (text: string) => Hosts;
  readonly #conf: (text: string) => ResolvConf;
  #turn = 0;

  constructor(host: ResolverHost) {
    this.#host = host;
    this.#hosts = remembered((text) => parseHosts(text, host.addresses));
    this.#conf = remembered((text) => parseResolvConf(text, host));
  }

  /** What parses and prints addresses, and messages: for traces, too. */
  get addresses(): AddressText {
    return this.#host.addresses;
  }

  get codec(): DnsCodec {
    return this.#host.codec;
  }

  /** Answers a plain query, or `-EACCES`, `-EINVAL`, `-ETIMEDOUT`, `-ECONNREFUSED`. */
  query(asker: Pick<Asker, "permissions">, message: Uint8Array): Uint8Array | Errno {
    const question = this.#judge(asker, message);
    if (typeof question === "number") return question;
    const stepper = new Stepper(this.#answer(asker, question, message));
    try {
      return stepper.finish(this.#host);
    } finally {
      stepper.close();
    }
  }

  /** Begins what `query` does, and does not wait. */
  openQuery(asker: Asker, message: Uint8Array): QueryLookup | Errno {
    const question = this.#judge(asker, message);
    if (typeof question === "number") return question;
    if (asker.fds.isFullOfLookups) return -EMFILE;
    return QueryLookup.open(question.name, this.#host, this.#answer(asker, question, message));
  }

  /** The addresses that the system's own resolver has for a host name, or `-errno`; `-ENOENT` if there is no such name. */
  addressesOf(asker: Asker, text: string, family: number): Uint8Array[] | Errno {
    const name = this.#judgeHost(asker, text, family);
    const lookup = typeof name === "number" ? name : this.#askSystem(asker, name, family);
    if (typeof lookup === "number") return lookup;
    try {
      const early = lookup.result();
      if (early !== -EINPROGRESS) return early;
      const ready = poll(asker.kernel, lookup.hostFd, POLLIN, FOR_EVER);
      return isErrno(ready) ? ready : lookup.result();
    } finally {
      lookup.close();
    }
  }

  /** Begins what `addressesOf` does, and does not wait. */
  openAddresses(asker: Asker, text: string, family: number): AddressLookup | Errno {
    const name = this.#judgeHost(asker, text, family);
    if (typeof name === "number") return name;
    return asker.fds.isFullOfLookups ? -EMFILE : this.#askSystem(asker, name, family);
  }

  /** The text of a public database; of resolv.conf how names are completed, which is for those who may look some up. */
  database({ permissions }: Asker, file: Exclude<ResolverFile, "hosts">): string | Errno {
    const text = this.#host.readFile(file);
    if (file !== "resolvConf") return text;
    return permissions.mayResolve ? searchLines(text) : -EACCES;
  }

  /** The question of a plain query, if it may be asked. */
  #judge({ permissions }: Pick<Asker, "permissions">, message: Uint8Array): DnsQuestion | Errno {
    const question = this.#host.codec.readQuestion(message);
    if (question === null || !TYPES.includes(question.type)) return -EINVAL;
    return permissions.check(this.#judged(question)) || question;
  }

  #judged({ name, type }: DnsQuestion): ResolveQuestion {
    const address = type === T_PTR ? addressOfReverseName(name, this.#host.addresses) : null;
    return address === null ? { verb: "resolve", name } : { verb: "resolve", name, address };
  }

  /** The canonical form of a host name, if it may be looked up. */
  #judgeHost({ permissions }: Asker, text: string, family: number): string | Errno {
    const name = canonicalName(text, this.#host.addresses);
    if (name === null || ![AF_UNSPEC, AF_INET, AF_INET6].includes(family)) return -EINVAL;
    return permissions.check({ verb: "resolve", name }) || name;
  }

  *#answer(
    { permissions }: Pick<Asker, "permissions">,
    question: DnsQuestion,
    query: Uint8Array,
  ): Steps<Uint8Array | Errno> {
    const { codec } = this.#host;
    const answer = this.#local(permissions, question, query) ?? (yield* this.#ask(query));
    if (typeof answer === "number") return answer;
    // The name that was judged is the one that has the addresses, by whatever aliases.
    permissions.lease(question.name, codec.addresses(answer));
    return codec.withId(answer, question.id);
  }

  /** What this machine answers itself, or null. */
  #local(permissions: Permissions, question: DnsQuestion, query: Uint8Array): Uint8Array | null {
    const { codec, addresses } = this.#host;
    const mayLookUp = (name: string): boolean => permissions.permits({ verb: "resolve", name });
    const local = localAnswer(question, this.#hosts(this.#host.readFile("hosts")), addresses, mayLookUp);
    return local === null ? null : codec.compose(query, local.rcode, local.records);
  }

  #ask(query: Uint8Array): Steps<Uint8Array | Errno> {
    const conf = this.#conf(this.#host.readFile("resolvConf"));
    return exchange(this.#host, conf, conf.rotate ? this.#turn++ : 0, query);
  }

  #askSystem({ kernel, permissions }: Asker, name: string, family: number): AddressLookup | Errno {
    const known = localEntry(name, this.#hosts(this.#host.readFile("hosts")))?.addresses ?? null;
    return AddressLookup.open(name, kernel, family, known, (found) => {
      const wanted = found.filter(({ length }) => family === AF_UNSPEC || length === (family === AF_INET ? 4 : 16));
      permissions.lease(name, wanted);
      return wanted;
    });
  }
}

/** `parse`, done again only for another text. */
function remembered<T>(parse: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, value: parse(text) };
    return last.value;
  };
}
