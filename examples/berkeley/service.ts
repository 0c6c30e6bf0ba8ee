// sockyard run examples/berkeley/service.ts http tcp
//
// Which port a service has, on every machine; or, with a domain, where that
// domain has the service (SRV records), which takes --allow-net-resolve=_SERVICE._PROTOCOL.DOMAIN.
// Arguments: service [protocol] [domain]

import { ntohs } from "sockyard/byteorder";
import { getservbyname, hstrerror, lookUpService, SrvRecord, systemResolver } from "sockyard/netdb";
import { argv, exit, stderr, stdout } from "sockyard/process";

function main(): i32 {
  if (argv.length < 2) {
    stderr.write("usage: service.ts SERVICE [PROTOCOL] [DOMAIN]\n");
    return 1;
  }
  const proto = argv.length > 2 ? argv[2] : "tcp";
  return argv.length > 3 ? locate(argv[1], proto, argv[3]) : describe(argv[1], proto);
}

/** Prints what /etc/services says: a public text, for which no right is needed. */
function describe(name: string, proto: string): i32 {
  const service = getservbyname(name, proto);
  if (service === null) {
    stderr.write(`${name}/${proto}: no such service\n`);
    return 1;
  }
  stdout.write(`Name: ${service.s_name}\n`);
  const aliases = service.s_aliases;
  for (let i = 0; i < aliases.length; i++) stdout.write(`Alias: ${aliases[i]}\n`);

  // A port travels in network byte order, and is kept so in every struct.
  stdout.write(`Port: ${ntohs(<u16>service.s_port)}/${service.s_proto}\n`);
  return 0;
}

/** Prints where to connect, the first choice first: by priority, and within one at random by weight. */
function locate(service: string, proto: string, domain: string): i32 {
  const answer = lookUpService(systemResolver(), service, proto, domain);
  if (answer.error != 0) {
    stderr.write(`_${service}._${proto}.${domain}: ${hstrerror(answer.error)}\n`);
    return 1;
  }
  for (let i = 0; i < answer.records.length; i++) {
    const place = <SrvRecord>answer.records[i];
    stdout.write(`${place.target}:${place.port} priority ${place.priority} weight ${place.weight}\n`);
  }
  return 0;
}

exit(main());
