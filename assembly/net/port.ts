// Ports by number and by name.

import { failed, Result } from "../errors";
import { parseDecimal } from "../inet/decimal";
import { getservbyname } from "../netdb";
import { AddrError } from "./errors";

/** A service's port, by number or by its name in /etc/services. Nothing is port 0. */
export function lookUpPort(network: string, service: string): Result<i32> {
  const isSigned = service.startsWith("+") || service.startsWith("-");
  const digits = isSigned ? service.substring(1) : service;
  if (isNumber(digits)) {
    const port = digits.length == 0 ? 0 : parseDecimal(digits, 0xffff);
    const isPort = port == 0 || (port > 0 && !service.startsWith("-"));
    return isPort ? new Result<i32>(<i32>port) : failed<i32>(new AddrError("invalid port", service));
  }
  const protocol = protocolOf(network);
  if (protocol.length == 0) return failed<i32>(new AddrError("unknown network", network));
  const isEither = protocol == "ip";
  const name = service.toLowerCase();
  let found = getservbyname(name, isEither ? "tcp" : protocol);
  if (found === null && isEither) found = getservbyname(name, "udp");
  if (found === null) return failed<i32>(new AddrError("unknown port", `${protocol}/${service}`));
  return new Result<i32>(<i32>bswap<u16>(<u16>found.s_port));
}

/** `tcp`, `udp`, `ip` for either, or empty for a network without ports. */
function protocolOf(network: string): string {
  if (network == "tcp" || network == "tcp4" || network == "tcp6") return "tcp";
  if (network == "udp" || network == "udp4" || network == "udp6") return "udp";
  return network.length == 0 ? "ip" : "";
}

/** Whether it is digits only: a number, whether a port has it or not. Go takes a sign alone for 0, too. */
function isNumber(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (<u32>digit > 9) return false;
  }
  return true;
}
