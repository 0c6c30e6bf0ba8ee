// Goroutines that wait for ever, each for something else; with "read" one of them holds up all others, with "many" there are a thousand more.

import { Chan, go0 } from "sockyard/go";
import { listen } from "sockyard/net";
import { argv, STDIN_FILENO } from "sockyard/process";
import { read } from "sockyard/socket";
import { WaitGroup } from "sockyard/sync";
import { HOUR, sleep } from "sockyard/time";

const never = new Chan<i32>();
const group = new WaitGroup();

function receive(): void {
  never.recv();
}

function doze(): void {
  sleep(HOUR);
}

function serve(): void {
  const listener = listen("tcp", "127.0.0.1:0").value;
  listener.accept();
}

function hold(): void {
  read(STDIN_FILENO, new StaticArray<u8>(1), 1);
}

group.add(1);
go0(receive);
go0(doze);
go0(serve);
if (argv[1] == "read") go0(hold);
if (argv[1] == "many") for (let i = 0; i < 1000; i++) go0(receive);
group.wait();
