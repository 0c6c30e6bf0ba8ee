// examples/berkeley/errors/network.sh sockyard run --allow-net=127.0.0.1,unix:$PWD/errors-socket --allow-net-listen=192.0.2.1:0,udp:239.255.0.0/24 --allow-net-connect=udp:192.0.2.1:9,udp:198.51.100.1:9 --allow-raw=packet,raw examples/berkeley/errors.ts
//
// Brings each error of sockets about, and prints its name, number and text, and
// what led to it. Exit status 1 if one of them was another than it was meant to be.
//
// network.sh is a network that is broken in known ways, and ends with the
// program. Without it everything but the errors of networks works just the same.

import { exit } from "sockyard/process";
import { showErrorsOfConnections } from "./errors/connections";
import { showErrorsOfNetworks } from "./errors/network";
import { countSurprises } from "./errors/report";
import { showSimulatedErrors } from "./errors/simulated";
import { showErrorsOfSockets } from "./errors/sockets";

showErrorsOfSockets();
showErrorsOfConnections();
showErrorsOfNetworks();
showSimulatedErrors();
exit(countSurprises() == 0 ? 0 : 1);
