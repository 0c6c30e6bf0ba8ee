import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ResolverFile, ResolverHost } from "../../host/core/resolver/resolver-host.js";
import { resolverHost } from "../../host/runtime/resolver-host.js";
import { fakeKernel } from "./fake-kernel.js";

/** A machine of a test with these files and no others, whose servers are out of reach. Removed after the test. */
export function machineWith(files: Partial<Record<ResolverFile, string>>): ResolverHost {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "sockyard-machine-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const paths = { hosts: "", resolvConf: "", services: "", protocols: "" };
  for (const file of Object.keys(paths) as ResolverFile[]) {
    paths[file] = join(directory, file);
    const text = files[file];
    if (text !== undefined) writeFileSync(paths[file], text);
  }
  return resolverHost({ files: paths }, () => fakeKernel());
}
