// Writes what Vite built as sources: `embed.mjs DIST OUT` makes OUT/assets.cpp and OUT/assets.S.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync, constants } from "node:zlib";

const [dist, out] = process.argv.slice(2);
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };
const limit = 200 * 1024;

function filesBelow(folder) {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

let total = 0;
let assembly = "";
let declared = "";
let rows = "";
filesBelow(dist).forEach((file, i) => {
  const type = types[file.slice(file.lastIndexOf("."))];
  if (!type) throw new Error(`no media type is known for ${file}`);
  const plain = readFileSync(file);
  const gzipped = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION });
  const packed = join(out, `asset${i}.gz`);
  writeFileSync(packed, gzipped);
  total += gzipped.length;
  for (const [name, path] of [[`heed_asset_${i}_plain`, file], [`heed_asset_${i}_gzipped`, packed]]) {
    assembly += `.global ${name}\n.balign 16\n${name}:\n.incbin "${path}"\n`;
    declared += `extern "C" const char ${name}[];\n`;
  }
  const etag = createHash("sha256").update(plain).digest("hex").slice(0, 24);
  rows += `      asset{"/${relative(dist, file)}", "${type}", "\\"${etag}\\"", {heed_asset_${i}_plain, ${plain.length}}, {heed_asset_${i}_gzipped, ${gzipped.length}}},\n`;
});
if (total > limit) throw new Error(`the console is ${total} bytes gzipped, more than ${limit}`);
console.log(`console: ${total} bytes gzipped`);
writeFileSync(join(out, "assets.S"), `.section .rodata\n${assembly}.section .note.GNU-stack,"",%progbits\n`);
writeFileSync(join(out, "assets.cpp"), `#include <array>\n\n#include "adapters/console/console.hpp"\n\n${declared}
namespace heed::console {

std::span<const asset> assets() {
  static const std::array all{
${rows}  };
  return all;
}

}  // namespace heed::console
`);
