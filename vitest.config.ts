import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/setup.ts",
    // Each file in a process of its own: tests count descriptors and send signals.
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
