// Does to a copy of the source tree what the blocks of docs/developer/first-page.md say. A block is marked
//   file=PATH                     it is a new file
//   in=PATH after="TEXT"          it goes behind the first occurrence of TEXT
//   in=PATH before="TEXT"         it goes before it
// Usage: node apply.mjs DOCUMENT TREE
import fs from 'node:fs';
import path from 'node:path';

const [document, tree] = process.argv.slice(2);
let count = 0;
for (const [, info, body] of fs.readFileSync(document, 'utf8').matchAll(/^```\w+ ((?:file|in)=.*)\n([\s\S]*?)^```$/gm)) {
  const [, kind, name, where, anchor] = /^(file|in)=(\S+)(?: (after|before)=(".*"))?$/.exec(info) ?? [];
  const file = path.join(tree, name);
  if (kind === 'file') {
    fs.writeFileSync(file, body);
  } else {
    const text = fs.readFileSync(file, 'utf8');
    const needle = JSON.parse(anchor);
    const found = text.indexOf(needle);
    if (found < 0) throw new Error(`${document}: ${name} has no ${anchor}. Mend the document.`);
    const at = where === 'after' ? found + needle.length : found;
    fs.writeFileSync(file, text.slice(0, at) + body + text.slice(at));
  }
  count++;
}
if (count < 6) throw new Error(`${document}: only ${count} blocks were found`);
