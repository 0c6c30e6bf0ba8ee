// Exits with 0 if its standard streams block, as they do for programs that a shell starts;
// else with a bit for each that does not.

import { exit } from "sockyard/process";
import { F_GETFL, fcntl, O_NONBLOCK } from "sockyard/socket";

let status = 0;
for (let fd = 0; fd < 3; fd++) if ((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0) status |= 1 << fd;
exit(status);
