/** Makes the console one page, and the policy that allows its script and its style and nothing else: node build.mjs FOLDER. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const HERE = import.meta.dirname;
const BUNDLED = ["preact", "openapi-fetch", "uplot", "yaml"];
const MOST_BYTES = 250_000;

const { outputFiles } = await build({
  absWorkingDir: HERE,
  entryPoints: ["src/main.tsx"],
  outdir: "out",
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  alias: { "earnest-client": "../clients/typescript/src/index.ts" },
  // The client's own modules may not be installed; they are the same.
  nodePaths: [join(HERE, "node_modules")],
});
const text = (ending) => outputFiles.find((file) => file.path.endsWith(ending)).text.trim();
const [script, style] = [text(".js"), text(".css")];
const hash = (content) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`;

const page = readFileSync(join(HERE, "index.html"), "utf8")
  .replace("<style></style>", () => `<style>${style}</style>`)
  .replace("<script></script>", () => `<script>${script}</script>`);
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)}`,
  `style-src ${hash(style)}`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");
const licences = BUNDLED.map((name) => {
  const folder = join(HERE, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
}).join(`\n${"-".repeat(80)}\n\n`);

const compressed = gzipSync(page).length;
if (compressed > MOST_BYTES) {
  throw new Error(`the page has ${compressed} bytes compressed, which is more than ${MOST_BYTES}`);
}
const folder = process.argv[2];
writeFileSync(join(folder, "console.html"), page);
writeFileSync(join(folder, "policy.txt"), `${policy}\n`);
writeFileSync(join(folder, "licences.txt"), licences);
console.log(`${page.length} characters, ${compressed} bytes compressed`);
