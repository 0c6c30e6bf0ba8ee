// sockyard run --allow-net-resolve=localhost examples/berkeley/resolve.ts localhost
//
// What a host is called, and where it is: its canonical name, every alias, every
// address. Arguments: a host's name (or a dotted quad, for which nobody is asked)

import { inet_ntop } from "sockyard/inet";
import { gethostbyname, herror } from "sockyard/netdb";
import { argv, exit, stderr, stdout } from "sockyard/process";

function main(): i32 {
  if (argv.length != 2) {
    stderr.write("usage: resolve.ts HOST\n");
    return 1;
  }

  // One name has many addresses, and one address many names.
  const host = gethostbyname(argv[1]);
  if (host === null) {
    herror(argv[1]);
    return 1;
  }

  stdout.write(`Name: ${host.h_name}\n`);
  const aliases = host.h_aliases;
  for (let i = 0; i < aliases.length; i++) stdout.write(`Alias: ${aliases[i]}\n`);

  // The addresses are bytes in network order, as connect takes them.
  const addresses = host.h_addr_list;
  for (let i = 0; i < addresses.length; i++) {
    stdout.write(`Address: ${inet_ntop(host.h_addrtype, addresses[i])!}\n`);
  }
  return 0;
}

exit(main());
