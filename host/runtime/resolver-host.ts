import { readFileSync, statSync } from "node:fs";
import type { Kernel } from "../core/kernel.js";
import type { AddressText } from "../core/permissions/address-text.js";
import type { DnsCodec } from "../core/resolver/dns-codec.js";
import type { NameServer, ResolverFile, ResolverHost } from "../core/resolver/resolver-host.js";
import { loadAddressText } from "./address-text.js";
import { loadDnsCodec } from "./dns-codec.js";

/** Where a guest's look-ups go, if not where this machine's do. */
export interface ResolverSettings {
  /** Paths of files in place of those in /etc. */
  readonly files?: Partial<Record<ResolverFile, string>>;
  /** Servers in place of the `nameserver` lines of resolv.conf, which cannot name a port. */
  readonly servers?: readonly NameServer[];
}

const FILES: Readonly<Record<ResolverFile, string>> = {
  hosts: "/etc/hosts",
  resolvConf: "/etc/resolv.conf",
  services: "/etc/services",
  protocols: "/etc/protocols",
};

/** Where the resolver's files are. */
export function resolverFiles({ files }: ResolverSettings): Readonly<Record<ResolverFile, string>> {
  return { ...FILES, ...files };
}

/** The resolver's surroundings: made when they are first needed, since most guests look up nothing. */
export function resolverHost(settings: ResolverSettings, openOwnKernel: () => Kernel): ResolverHost {
  const files = new Map<ResolverFile, CachedFile>();
  let addresses: AddressText | undefined;
  let codec: DnsCodec | undefined;
  let kernel: Kernel | undefined;
  return {
    get addresses() {
      addresses ??= loadAddressText();
      return addresses;
    },
    get codec() {
      codec ??= loadDnsCodec();
      return codec;
    },
    get kernel() {
      if (kernel === undefined) {
        kernel = openOwnKernel();
        kernel.attach(this.codec.memory);
      }
      return kernel;
    },
    readFile: (file) => {
      const cached = files.get(file) ?? new CachedFile(resolverFiles(settings)[file]);
      files.set(file, cached);
      return cached.read();
    },
    interfaceIndex: (name) =>
      process
        .getBuiltinModule("node:os")
        .networkInterfaces()
        [name]?.find(({ scopeid }) => scopeid)?.scopeid ?? 0,
    servers: settings.servers ?? null,
  };
}

/** A file that is read again when it is another one or has another time or size. */
class CachedFile {
  #text = "";
  #state = "";

  constructor(readonly path: string) {}

  /** Its text; empty if there is none to be read. */
  read(): string {
    try {
      const { ino, mtimeNs, size } = statSync(this.path, { bigint: true });
      const state = `${ino} ${mtimeNs} ${size}`;
      if (state !== this.#state) {
        this.#text = readFileSync(this.path, "utf8");
        this.#state = state;
      }
    } catch {
      this.#text = "";
      this.#state = "";
    }
    return this.#text;
  }
}
