// Preloaded into a run of the command: keeps what V8 has compiled of each file
// of the bundle by the end of the run, the functions that were called among it.
const fs = require("node:fs");
const vm = require("node:vm");
const { parentPort } = require("node:worker_threads");

const scripts = new Map();

vm.Script = class extends vm.Script {
  constructor(code, options) {
    const { cachedData, ...rest } = options;
    super(code, rest);
    // From a cache, V8 does not know where `import()` leads.
    const imports = "importModuleDynamically" in options && /\bimport\(/.test(code);
    if (!imports) scripts.set(options.filename, this);
  }
};

function record() {
  for (const [filename, script] of scripts) fs.writeFileSync(`${filename}.cache`, script.createCachedData());
}

if (parentPort === null) {
  process.on("exit", record);
} else {
  // The worker is ended once it has answered.
  const answer = parentPort.postMessage.bind(parentPort);
  parentPort.postMessage = (...message) => {
    record();
    answer(...message);
  };
}
