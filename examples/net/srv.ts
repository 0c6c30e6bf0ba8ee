// sockyard run examples/net/srv.ts http tcp
//
// Which port a service has, on every machine; or, with a domain, where that
// domain has the service (SRV records), which takes --allow-net-resolve=_SERVICE._PROTOCOL.DOMAIN.
// Arguments: service [protocol] [domain]

import { fprintf, printf } from "sockyard/fmt";
import { Failure } from "sockyard/io";
import { lookupPort, lookupSRV } from "sockyard/net";
import { args, exit, stderr } from "sockyard/os";

function main(): i32 {
  if (args.length < 2) {
    fprintf(stderr, "usage: srv.ts SERVICE [PROTOCOL] [DOMAIN]\n");
    return 1;
  }
  const proto = args.length > 2 ? args[2] : "tcp";
  return args.length > 3 ? locate(args[1], proto, args[3]) : describe(args[1], proto);
}

/** Prints what /etc/services says: a public text, for which no right is needed. */
function describe(service: string, proto: string): i32 {
  const port = lookupPort(proto, service);
  if (!port.ok) return failure(port.err);
  printf("Port: %d/%s\n", port.value, proto);
  return 0;
}

/** Prints where to connect, the first choice first: by priority, and within one at random by weight. */
function locate(service: string, proto: string, domain: string): i32 {
  const found = lookupSRV(service, proto, domain);
  if (!found.ok) return failure(found.err);
  printf("Name: %s\n", found.value.cname);
  const places = found.value.addrs;
  for (let i = 0; i < places.length; i++) {
    const place = places[i];
    printf("%s:%d priority %d weight %d\n", place.target, place.port, place.priority, place.weight);
  }
  return 0;
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
