// Looks names up in many goroutines at once, and ticks meanwhile. Prints what became of each.
// Arguments: how count [port]
//   host: by the name servers of this machine    server: by one of its own at 127.0.0.1, at this port
//   system: by the system's resolver             deadline, cancel: one look-up, which ends early

import { go } from "sockyard/go";
import { ParkingWaiter } from "sockyard/net/parking-waiter";
import { lookUpSystem } from "sockyard/net/system-addresses";
import { AddressRecord, AsyncHostTransport, Resolver, ServerTransport, Transport } from "sockyard/netdb";
import { HostAddresses } from "sockyard/netdb/host-addresses";
import { argv, stdout } from "sockyard/process";
import { AF_UNSPEC, F_GETFD, fcntl, T_A } from "sockyard/socket";
import { WaitGroup } from "sockyard/sync";
import { MILLISECOND, now, Ticker } from "sockyard/time";

const how = argv[1];
const count = <i32>parseInt(argv[2], 10);
const port = argv.length > 3 ? <i32>parseInt(argv[3], 10) : 0;

const isDeadline = how == "deadline";
const waiter = new ParkingWaiter(isDeadline ? now() + 300 * MILLISECOND : 0);
const transport: Transport =
  how == "server" ? new ServerTransport("127.0.0.1", port, 4000, 2, waiter) : new AsyncHostTransport(waiter);
const resolver = Resolver.over(transport);
const group = new WaitGroup();
const results = new Array<string>(count);
let left = count;

class Job {
  constructor(readonly index: i32) {}

  get name(): string {
    return `n${this.index}.slow.test`;
  }

  run(): string {
    if (how == "system") return this.askSystem();
    // Twice: the second time with what another look-up has left.
    const first = this.ask();
    const second = this.ask();
    return first == second ? first : `${first}, then ${second}`;
  }

  private ask(): string {
    const answer = resolver.query(this.name, T_A);
    if (answer.error != 0) return `error ${answer.error} errno ${answer.errno}`;
    let text = answer.name;
    for (let i = 0; i < answer.records.length; i++) text += ` ${(<AddressRecord>answer.records[i]).toString()}`;
    return text;
  }

  private askSystem(): string {
    const found = new HostAddresses();
    const error = lookUpSystem(this.name, AF_UNSPEC, waiter, found);
    return error < 0 ? `errno ${-error}` : `${found.count} addresses`;
  }
}

function work(job: Job): void {
  results[job.index] = job.run();
  left--;
  group.done();
}

/** How many descriptors are open beside the standard streams. */
function openDescriptors(): i32 {
  let open = 0;
  for (let fd = 3; fd < 2000; fd++) open += i32(fcntl(fd, F_GETFD) >= 0);
  return open;
}

// A look-up that is over has left what the next ones may use, one of them.
Resolver.over(new AsyncHostTransport(new ParkingWaiter())).query("localhost", T_A);

const start = now();
const ticker = new Ticker(20 * MILLISECOND);
group.add(count);
for (let i = 0; i < count; i++) go(work, new Job(i));
let ticks = 0;
while (left > 0) {
  ticker.c.recv();
  ticks++;
  if (how == "cancel" && ticks == 5) waiter.cancel();
}
ticker.stop();
group.wait();
const milliseconds = (now() - start) / MILLISECOND;
for (let i = 0; i < count; i++) stdout.write(`${results[i]}\n`);
stdout.write(`ticks ${ticks} ms ${milliseconds} open ${openDescriptors()}\n`);
