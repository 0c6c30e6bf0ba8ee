// Asks a name server of its own, one line for each name; and then tells its next free descriptor.
// Arguments: server port type name…

import { AddressRecord, Answer, Resolver } from "sockyard/netdb";
import { argv, stdout } from "sockyard/process";
import { AF_INET, SOCK_DGRAM, socket } from "sockyard/socket";

function describe(answer: Answer): string {
  if (answer.error != 0) return `error ${answer.error} errno ${answer.errno}`;
  const texts: string[] = [];
  for (let i = 0; i < answer.records.length; i++) {
    const record = answer.records[i];
    texts.push(record instanceof AddressRecord ? (<AddressRecord>record).toString() : record.owner);
  }
  return `${answer.name} [${answer.aliases.join(" ")}] ${texts.join(" ")}`;
}

const resolver = new Resolver(argv[1], <i32>parseInt(argv[2], 10), 400, 2);
for (let i = 4; i < argv.length; i++) {
  stdout.write(`${describe(resolver.query(argv[i], <i32>parseInt(argv[3], 10)))}\n`);
}
stdout.write(`fd ${socket(AF_INET, SOCK_DGRAM, 0)}\n`);
