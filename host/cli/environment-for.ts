import type { Policy } from "../core/permissions/policy.js";
import type { RunOptions } from "./command-line.js";

/** sd_listen_fds(3) */
const LISTEN_VARIABLES: readonly string[] = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"];

/** What the program finds around it: the variables that it may inherit, and those that were given to it. */
export function environmentFor(
  { permissions, allowAll, env }: Pick<RunOptions, "permissions" | "allowAll" | "env">,
  policy: Policy,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const found: [string, string][] = [];
  if (allowAll || permissions.some(({ name }) => name === "allow-env")) {
    for (const [name, value] of Object.entries(own)) {
      // They speak of descriptors that the program has only if it is given them.
      if (LISTEN_VARIABLES.includes(name)) continue;
      if (value !== undefined && policy.judge({ verb: "env", name }).allowed) found.push([name, value]);
    }
  }
  // No prototype is in the way of a variable's name.
  return Object.fromEntries([...found, ...env]);
}
