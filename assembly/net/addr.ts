// Go's addresses of end points. sockaddr.ts has their bytes.

import { joinHostPort } from "./hostport";
import { IP } from "./ip";

/** An end point of a network: what it is reached by. */
export interface Addr {
  /** The network's name: `tcp`, `udp`, `unix`, … */
  network(): string;
  /** The address: `192.0.2.1:25`, `[2001:db8::1]:80`. */
  toString(): string;
}

/** An end point that has a port: TCPAddr and UDPAddr. */
export interface InternetAddr extends Addr {
  ip: IP | null;
  port: i32;
  zone: string;
}

/** The text of an address that may be none. */
function hostOf(ip: IP | null, zone: string): string {
  const host = ip !== null ? ip.toString() : "";
  return zone.length > 0 ? `${host}%${zone}` : host;
}

/** An end point of TCP. Null as `ip`: any address, or this machine. */
@final
export class TCPAddr implements InternetAddr {
  constructor(
    public ip: IP | null = null,
    public port: i32 = 0,
    /** Of IPv6: the interface's number. */
    public zone: string = "",
  ) {}

  /** `tcp` */
  network(): string {
    return "tcp";
  }

  /** `192.0.2.1:80`, `[fe80::1%2]:80`; `:80` without an address. */
  toString(): string {
    return joinHostPort(hostOf(this.ip, this.zone), `${this.port}`);
  }
}

/** An end point of UDP. Null as `ip`: any address, or this machine. */
@final
export class UDPAddr implements InternetAddr {
  constructor(
    public ip: IP | null = null,
    public port: i32 = 0,
    /** Of IPv6: the interface's number. */
    public zone: string = "",
  ) {}

  /** `udp` */
  network(): string {
    return "udp";
  }

  /** `192.0.2.1:53`, `[fe80::1%2]:53`; `:53` without an address. */
  toString(): string {
    return joinHostPort(hostOf(this.ip, this.zone), `${this.port}`);
  }
}

/** A machine. */
@final
export class IPAddr implements Addr {
  constructor(
    public ip: IP | null = null,
    /** Of IPv6: the interface's number. */
    public zone: string = "",
  ) {}

  /** `ip` */
  network(): string {
    return "ip";
  }

  /** `192.0.2.1`, `fe80::1%2` */
  toString(): string {
    return hostOf(this.ip, this.zone);
  }
}

/** A Unix socket: a path, `@` and an abstract name, or nothing. */
@final
export class UnixAddr implements Addr {
  constructor(
    public name: string = "",
    /** `unix` for streams, `unixgram` for datagrams, `unixpacket` for records. */
    public net: string = "",
  ) {}

  /** `net` */
  network(): string {
    return this.net;
  }

  /** `name` */
  toString(): string {
    return this.name;
  }
}
