import { type Errno, isErrno, type SysResult } from "../errno.js";
import type { Kernel } from "../kernel.js";
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  EACCES,
  EINVAL,
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
import { parseResolvConf, type ResolvConf, searchLines } from "./resolv-conf.js";
import type { ResolverFile, ResolverHost } from "./resolver-host.js";
import { addressOfReverseName } from "./reverse-name.js";

/** What may be asked for. A zone transfer or an answer of any type would be none of one name. */
const TYPES: readonly number[] = [T_A, T_AAAA, T_CNAME, T_PTR, T_MX, T_NS, T_TXT, T_SRV, T_SOA];

/** Who asks: a guest's rights, and what its calls wait in. */
interface Asker {
  readonly permissions: Permissions;
  readonly kernel: Kernel;
}

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
  query({ permissions }: Asker, message: Uint8Array): Uint8Array | Errno {
    const { codec } = this.#host;
    const question = codec.readQuestion(message);
    if (question === null || !TYPES.includes(question.type)) return -EINVAL;
    const denied = permissions.check(this.#judged(question));
    if (denied) return denied;

    const length = this.#answer(question, message.length);
    if (isErrno(length)) return length;
    // The name that was judged is the one that has the addresses, by whatever aliases.
    permissions.lease(question.name, codec.addresses(length));
    return codec.copyAnswer(length, question.id);
  }

  /** The addresses that the system's own resolver has for a host name, or `-errno`; `-ENOENT` if there is no such name. */
  addressesOf({ kernel, permissions }: Asker, text: string, family: number): Uint8Array[] | Errno {
    const name = canonicalName(text, this.#host.addresses);
    if (name === null || ![AF_UNSPEC, AF_INET, AF_INET6].includes(family)) return -EINVAL;
    const denied = permissions.check({ verb: "resolve", name });
    if (denied) return denied;

    const entry = localEntry(name, this.#hosts(this.#host.readFile("hosts")));
    // The final dot keeps the system from trying its search list: only the name that was judged is looked up.
    const found = entry?.addresses ?? kernel.getaddrinfo(new TextEncoder().encode(`${name}.`), family);
    if (typeof found === "number") return found;
    const wanted = found.filter(({ length }) => family === AF_UNSPEC || length === (family === AF_INET ? 4 : 16));
    permissions.lease(name, wanted);
    return wanted;
  }

  /** The text of a public database; of resolv.conf how names are completed, which is for those who may look some up. */
  database({ permissions }: Asker, file: Exclude<ResolverFile, "hosts">): string | Errno {
    const text = this.#host.readFile(file);
    if (file !== "resolvConf") return text;
    return permissions.mayResolve ? searchLines(text) : -EACCES;
  }

  #judged({ name, type }: DnsQuestion): ResolveQuestion {
    const address = type === T_PTR ? addressOfReverseName(name, this.#host.addresses) : null;
    return address === null ? { verb: "resolve", name } : { verb: "resolve", name, address };
  }

  #answer(question: DnsQuestion, queryLength: number): SysResult {
    const { codec, kernel, addresses } = this.#host;
    const local = localAnswer(question, this.#hosts(this.#host.readFile("hosts")), addresses);
    if (local !== null) return codec.compose(queryLength, local.rcode, local.records);
    const conf = this.#conf(this.#host.readFile("resolvConf"));
    return exchange({ kernel, codec }, conf, conf.rotate ? this.#turn++ : 0, queryLength);
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
