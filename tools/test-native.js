// Compiles host/native/kernel_*.c with test/native/*.c under the address and undefined behaviour sanitizers and
// runs the result, whose last line counts what passed and failed.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const FLAGS = ["-O1", "-g", "-std=gnu11", "-pthread", "-fno-omit-frame-pointer"];
const WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

function sources(folder, pattern) {
  return readdirSync(join(root, folder))
    .filter((name) => pattern.test(name))
    .map((name) => join(root, folder, name));
}

const directory = mkdtempSync(join(tmpdir(), "sockyard-native-"));
try {
  const program = join(directory, "test");
  const units = [...sources("host/native", /^kernel_.*\.c$/), ...sources("test/native", /\.c$/)];
  execFileSync(process.env.CC ?? "cc", [...FLAGS, ...WARNINGS, ...SANITIZERS, "-o", program, ...units], {
    stdio: "inherit",
  });
  process.exitCode = spawnSync(program, { stdio: "inherit" }).status ?? 1;
} catch (error) {
  console.error(`error: the tests of the addon could not be built: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true });
}
