// Ports by number and by name.

import { failed, Result } from "../errors";
import { parseDecimal } from "../inet/decimal";
import { getservbyname } from "../netdb";
import { AddrError } from "./errors";

/** A service's port, by number or by its name in /etc/services. Nothing is port 0. */
export function lookUpPort(network: string, service: string): Result<i32> {
  if (service.length == 0) return new Result<i32>(0);
  if (isNumber(service)) {
    const port = parseDecimal(service.startsWith("+") ? service.substring(1) : service, 0xffff);
    return port < 0 ? failed<i32>(new AddrError("invalid port", service)) : new Result<i32>(<i32>port);
  }
  const isEither = network.length == 0;
  const isTCP = network.startsWith("tcp");
  if (!isEither && !isTCP && !network.startsWith("udp")) {
    return failed<i32>(new AddrError("unknown network", network));
  }
  const name = service.toLowerCase();
  let found = isEither || isTCP ? getservbyname(name, "tcp") : getservbyname(name, "udp");
  if (found === null && isEither) found = getservbyname(name, "udp");
  if (found === null) return failed<i32>(new AddrError("unknown port", `${isEither ? "ip" : network}/${service}`));
  return new Result<i32>(<i32>bswap<u16>(<u16>found.s_port));
}

/** Whether it is digits, perhaps with a sign: a number, whether a port has it or not. */
function isNumber(text: string): bool {
  const first = text.charCodeAt(0);
  const start = first == 0x2b || first == 0x2d ? 1 : 0;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (<u32>digit > 9) return false;
  }
  return start < text.length;
}
