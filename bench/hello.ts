// The guest of the start-up case: next to nothing.

import { stdout } from "sockyard/process";

stdout.write("hello\n");
