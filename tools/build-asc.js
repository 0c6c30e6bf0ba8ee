// Makes of the AssemblyScript compiler what loads fast: build/asc/.
//
// As it is published, importing it takes half of a small program's first run.
// Its binaryen is 9 MB of WebAssembly inside a JavaScript string, 13.5 MB to read,
// parse and decode; here that is a file. Both are CommonJS, because V8's cache of
// compiled code serves scripts alone (host/compiler/load-asc.ts).
// Does nothing for an output newer than its inputs.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import vm from "node:vm";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { withoutComments } from "../build/compiler/comments.js";

const OUTPUT = "build/asc";
const BINARYEN = "node_modules/binaryen/index.js";
const ASC = "node_modules/assemblyscript/dist/asc.js";
const COMPILER = "node_modules/assemblyscript/dist/assemblyscript.js";
const COMMENTS = "host/compiler/comments.ts";
const SLOTS = resolve("tools/asc-slots.js");
const ENTRY = "sockyard:asc";
const LIBRARY = "sockyard:library";

// The larger part of math.ts, without which the smaller one does; the name is ours.
const MATH = "nativemath";
const SMALLER_PART = "export function ipow32(";

// What the standard library knows of letters: tables of thousands of numbers. The names are ours.
const LETTERS = "letters";
const TABLE = /^@\w+ @\w+ const (\w+) (= memory\.data<\w+>\(\[[^\]]*\]\);)$/gm;
const TABLES = {
  "util/string": ["ALPHA_TABLE", "CASED", "CASE_IGNORABLES"],
  "util/casemap": ["TAB", "RULES", "RULE_BASES", "EXCEPTIONS"],
};

/**
 * Files of the standard library that take long to parse and that few programs need (host/compiler/optional-library.ts).
 *
 * Beside what they define, some names lead to them: aliases that asc has for them, and what other files define with them.
 */
const OPTIONAL = [
  { file: MATH, aliases: ["Math", "Mathf"], through: ["parseFloat"] },
  { file: "typedarray", aliases: [], through: ["getRandomValues", "isView"] },
  { file: "dataview", aliases: [], through: ["isView"] },
  { file: LETTERS, aliases: [], through: ["toLowerCase", "toUpperCase"] },
  { file: "uri", aliases: [], through: [] },
  { file: "date", aliases: [], through: [] },
  { file: "atomics", aliases: [], through: [] },
];

/** Replaces what is there `count` times, or fails: another version needs another look. */
function replace(text, pattern, replacement, count) {
  const found = [...text.matchAll(new RegExp(pattern, "g"))].length;
  if (found !== count) throw new Error(`${pattern} is there ${found} times, not ${count}: see tools/build-asc.js`);
  return text.replaceAll(new RegExp(pattern, "g"), replacement);
}

/** Where the template literal that is binaryen's module begins and ends, its backticks included. */
function findModule(text) {
  const begin = text.indexOf("`\\0asm");
  let end = begin + 1;
  while (end < text.length && text[end] !== "`") end += text[end] === "\\" ? 2 : 1;
  if (begin === -1 || end >= text.length) throw new Error(`no module in ${BINARYEN}: see tools/build-asc.js`);
  return { begin, end: end + 1 };
}

/** As emscripten's binaryDecode: U+0100 is a zero, whatever else is above 255 is none. */
function decodeModule(literal) {
  const text = vm.runInNewContext(literal);
  const bytes = Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return (~code >> 8) & code;
  });
  if (!WebAssembly.validate(bytes)) throw new Error(`the module in ${BINARYEN} is not valid`);
  return bytes;
}

/** A function that makes binaryen of `{ wasmBinary }`, in place of the binaryen that the file makes itself. */
function binaryenFactory(text, { begin, end }) {
  const options = /async function \w+\((\w+)=\{\}\)/.exec(text)?.[1];
  const without = replace(
    `${text.slice(0, begin)}${text.slice(end)}`,
    /(?<=\w+\?\?=)\w+\(\)/,
    `${options}.wasmBinary`,
    1,
  );
  const deferred = replace(without, /await (\w+)\(\)(?=,\w+=\w+;export\{)/, "$1", 1);
  return replace(deferred, /await import\("node:module"\)/, 'process.getBuiltinModule("node:module")', 1);
}

/** asc without its library, without `await` at its top level and the imports of others' files that only its options ask for. */
function plainAsc(text, { start, end }) {
  const without = `import { libraryFiles as $library } from "${LIBRARY}";${text.slice(0, start)}$library${text.slice(end)}`;
  const builtin = replace(without, /await import\("(fs|module|path|url)"\)/, 'process.getBuiltinModule("node:$1")', 4);
  const browser = replace(builtin, /await Promise\.resolve\(\)\.then\(\(\)=>(\(\w+\(\),\w+\))\)/, "$1", 5);
  const option = replace(browser, /(?<=\w+\.argv\.splice\(\w+,2\),)\w+=await import\(/, "(", 1);
  return replace(option, /(?<=\w=)await import\(/, "(", 2);
}

/** The compiler without the fetch of a small module from a data URL, for which Node loads all of its HTTP. */
function plainCompiler(text) {
  const fetched = /\(await WebAssembly\.instantiateStreaming\(fetch\((\w+)\)\)\)\.instance\.exports/;
  const bytes = 'Buffer.from($1.slice($1.indexOf(",")+1),"base64")';
  return replace(text, fetched, `new WebAssembly.Instance(new WebAssembly.Module(${bytes})).exports`, 1);
}

/** The compiler with fewer slots on its shadow stack: see tools/asc-slots.js. */
function withFewerSlots(text) {
  const [start, pass, Visitor] = find(
    text,
    /(class extends (\w+)\{constructor\(e\)\{super\(e\.module\);)this\.slotMaps=/,
  );
  const [, unmarked, calleeOf, mark] = find(
    text,
    /function (\w+)\(t,i\)\{let e=!1;for\(;\w+\(i\)==6&&t\.readStringCached\((\w+)\(i\)\)==(\w+\.tostack);\)/,
  );
  const [, idOf] = find(text, /function \w+\(t\)\{return (\w+)\(t\)===14\?!\w+\(t\):!0\}/);
  const [, indexOfGet] = find(
    text,
    /case 8:\{let n=this\.targetFunction\.localsByIndex\[(\w+)\(i\)\];return!this\.isLocalFlag/,
  );
  const [, functionOf] = find(text, /p=(\w+)\(s,a\),c=\w+\(p\),_=\w+\(c\),f=_\.length,d=\w+\(p\)/);
  const [, bodyOf] = find(text, /walkFunction\(e\)\{let r=(\w+)\(e\);r&&\(this\._currentFunction=e/);
  const [, nameOf] = find(text, /updateFunction\(e\)\{let r=(\w+)\(e\)/);
  const [, indexOfSet] = find(text, /if\(!\w+\(s\)\)\{\w+\(e,s\);return\}let a=(\w+)\(e\),l=this\.noteSlot/);
  const [, childOf] = find(text, /\{case 1:\{let r=\w+\(t\);for\(let n=0;n<r;\+\+n\)\{let s=(\w+)\(t,n\);if\(s==i\)/);
  const ir = [
    `Visitor:${Visitor},MARK:${mark},idOf:${idOf},childOf:${childOf},indexOfGet:${indexOfGet},indexOfSet:${indexOfSet}`,
    `unmarked:i=>${unmarked}(e.module,i),calleeOf:(t,i)=>t.readStringCached(${calleeOf}(i))`,
    `functionOf:(t,i)=>${functionOf}(t.ref,t.allocStringCached(i)),isImport:i=>${bodyOf}(i)===0`,
    `nameOf:i=>e.module.readStringCached(${nameOf}(i))`,
  ];
  const made = text.replace(start, () => `${pass}this.slots=new $Slots(this,{${ir}});this.slotMaps=`);
  const direct =
    /(visitCallPre\(e\)\{let r=\w+\(e\),n=new Array\(r\);for\(let a=0;a<r;\+\+a\)n\[a\]=\w+\(e,a\);)(let s=.*?\w+\(e,a,n\[a\]\);)/;
  const spared = replace(
    replace(
      made,
      direct,
      `$1this.slots.spareArguments(n,this.module.readStringCached(${calleeOf}(e)));$2this.slots.place(e,n);`,
      1,
    ),
    /(?<=visitCallIndirectPre\(e\)\{let r=\w+\(e\),n=new Array\(r\);for\(let a=0;a<r;\+\+a\)n\[a\]=\w+\(e,a\);)(?=let s=)/,
    "this.slots.spareArguments(n,null);",
    1,
  );
  const variables = replace(
    spared,
    /(?<=if\()!(\w+\(s\))(?=\)\{\w+\(e,s\);return\}let a=)/,
    "!$1||this.slots.sparesVariable(e,s)",
    1,
  );
  return `import { Slots as $Slots } from "${SLOTS}";${withStoredZeros(variables)}`;
}

/** As many bytes of slots are zeroed by stores. For memory.fill, which asc takes from 17 bytes on, V8 leaves its code. */
const ZEROED_BY_STORES = 64;

function withStoredZeros(text) {
  return replace(text, /(?<=hasFeature\(8\)&&e>)16(?=\)r\.push\(n\.memory_fill)/, String(ZEROED_BY_STORES), 1);
}

/** What is there once, with its groups, or fails. */
function find(text, pattern) {
  replace(text, pattern, "$&", 1);
  return pattern.exec(text);
}

/** Where the standard library stands in asc, an object of texts by path, and what it holds. */
function findLibrary(text) {
  let found = null;
  const visit = (node) => {
    if (node === null || typeof node !== "object" || found !== null) return;
    const keys = node.type === "ObjectExpression" ? node.properties.map(({ key }) => key?.value ?? key?.name) : [];
    if (keys.includes("builtins") && keys.includes("util/math")) found = node;
    else for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(text));
  if (found === null) throw new Error(`no library in ${ASC}: see tools/build-asc.js`);
  const { start, end } = found;
  return { start, end, texts: vm.runInNewContext(`(${text.slice(start, end)})`) };
}

/** The optional files, each with the names that lead to it, and the optional files that it needs itself. */
function optionalFiles(texts) {
  const optional = OPTIONAL.map(({ file, aliases, through }) => {
    const exported = texts[file].matchAll(/^export (?:abstract class|class|namespace|function|const) (\w+)/gm);
    const names = [...[...exported].map(([, name]) => name), ...aliases, ...through];
    return { file, names, aliases, mentioned: new RegExp(`\\b(?:${names.join("|")})\\b`) };
  });
  return optional.map(({ file, names, aliases }) => {
    const needs = optional.filter((other) => other.file !== file && other.mentioned.test(texts[file]));
    return { file, names, aliases, needs: needs.map((other) => other.file), text: texts[file] };
  });
}

function dividedMath(texts) {
  const [larger, smaller, ...others] = texts.math.split(SMALLER_PART);
  if (smaller === undefined || others.length > 0) throw new Error("math.ts is another one: see tools/build-asc.js");
  // As many lines down as it is in the whole.
  const above = larger.replace(/[^\n]/g, "");
  return { ...texts, [MATH]: larger, math: `${above}${SMALLER_PART}${smaller}` };
}

/** The tables as globals of a file of their own, under names that no program hits upon. */
function dividedLetters(texts) {
  const divided = { ...texts, [LETTERS]: "" };
  for (const [file, names] of Object.entries(TABLES)) {
    const found = [];
    const rest = texts[file].replace(TABLE, (whole, name, value) => {
      if (!names.includes(name)) return whole;
      found.push(name);
      divided[LETTERS] += `@lazy @inline\nexport const ${LETTERS}_${name} ${value}\n`;
      return whole.replace(/[^\n]/g, "");
    });
    if (found.join() !== names.join()) throw new Error(`${file} has the tables ${found}: see tools/build-asc.js`);
    divided[file] = rest.replace(new RegExp(`\\b(?:${names.join("|")})\\b`, "g"), `${LETTERS}_$&`);
  }
  return divided;
}

function writeLibrary(written) {
  const plain = Object.fromEntries(Object.entries(written).map(([file, text]) => [file, withoutComments(text)]));
  const texts = dividedLetters(dividedMath(plain));
  const optional = optionalFiles(texts);
  const others = Object.entries(texts).filter(([name]) => !optional.some(({ file }) => file === name));
  writeFileSync(`${OUTPUT}/library.json`, JSON.stringify(Object.fromEntries(others)));
  writeFileSync(`${OUTPUT}/optional.json`, JSON.stringify(optional));
}

async function bundle(file, options) {
  const bundled = await rolldown({ platform: "node", ...options });
  await bundled.write({
    file: join(OUTPUT, file),
    format: "cjs",
    exports: "named",
    minify: true,
    codeSplitting: false,
  });
  await bundled.close();
}

async function build() {
  mkdirSync(OUTPUT, { recursive: true });
  const text = readFileSync(BINARYEN, "utf8");
  const module = findModule(text);
  writeFileSync(`${OUTPUT}/binaryen.wasm`, decodeModule(text.slice(module.begin, module.end)));
  // Theirs and that of `long`, which asc uses, are the same.
  copyFileSync("node_modules/assemblyscript/LICENSE", `${OUTPUT}/LICENSE`);
  copyFileSync("node_modules/assemblyscript/NOTICE", `${OUTPUT}/NOTICE`);
  const binaryen = binaryenFactory(text, module);
  await bundle("binaryen.cjs", {
    input: BINARYEN,
    plugins: [{ name: "factory", load: (id) => (id.endsWith(BINARYEN) ? binaryen : null) }],
  });
  const asc = readFileSync(ASC, "utf8");
  const library = findLibrary(asc);
  writeLibrary(library.texts);
  await bundle("asc.cjs", {
    input: ENTRY,
    external: ["binaryen", LIBRARY],
    plugins: [
      {
        name: "plain",
        resolveId: (id) => (id === ENTRY ? id : null),
        load: (id) => {
          if (id === ENTRY) return 'export { main, createMemoryStream } from "assemblyscript/asc";';
          if (id.endsWith(COMPILER)) return withFewerSlots(plainCompiler(readFileSync(COMPILER, "utf8")));
          return id.endsWith(ASC) ? plainAsc(asc, library) : null;
        },
      },
    ],
  });
  // What was made with other changes to asc is out of date as well.
  const changes = createHash("sha256")
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(SLOTS));
  const versions = {
    assemblyscript: versionOf("assemblyscript"),
    binaryen: versionOf("binaryen"),
    changes: changes.digest("hex"),
  };
  writeFileSync(`${OUTPUT}/versions.json`, `${JSON.stringify(versions)}\n`);
}

function versionOf(name) {
  return createRequire(import.meta.url)(`../node_modules/${name}/package.json`).version;
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

const newest = Math.max(...[BINARYEN, ASC, "tools/build-asc.js", SLOTS, COMMENTS, "package-lock.json"].map(modified));
// Written last, so that it stands for all.
if (modified(`${OUTPUT}/versions.json`) < newest) await build();
