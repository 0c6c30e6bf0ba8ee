// sockyard run --allow-net-resolve=localhost examples/net/resolve.ts localhost
//
// What a host is called, and where it is, in Go's way: its canonical name, what it was
// asked for by if that is an alias, every address. Arguments: a host's name (or an
// address, for which nobody is asked)

import { fprintf, printf } from "sockyard/fmt";
import { Failure } from "sockyard/io";
import { lookupCNAME, lookupHost, parseIP } from "sockyard/net";
import { args, exit, stderr } from "sockyard/os";

function main(): i32 {
  if (args.length != 2) {
    fprintf(stderr, "usage: resolve.ts HOST\n");
    return 1;
  }
  const host = args[1];

  // Both questions wait for the network, but only this goroutine does.
  const found = lookupHost(host);
  if (!found.ok) return failure(found.err);
  if (parseIP(host) === null) {
    const canonical = lookupCNAME(host);
    if (!canonical.ok) return failure(canonical.err);
    printNames(canonical.value, host);
  } else {
    printf("Name: %s\n", host);
  }

  const addresses = found.value;
  for (let i = 0; i < addresses.length; i++) printf("Address: %s\n", addresses[i]);
  return 0;
}

/** A name that ends with a dot is complete, and nothing is searched for after it: Go writes names so. */
function printNames(canonical: string, host: string): void {
  printf("Name: %s\n", canonical);
  const name = host.endsWith(".") ? host : `${host}.`;
  if (name.toLowerCase() != canonical.toLowerCase()) printf("Alias: %s\n", name);
}

function failure(err: Failure | null): i32 {
  fprintf(stderr, "%v\n", err);
  return 1;
}

exit(main());
