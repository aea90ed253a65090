// Reads limits out of the words of @slack/types: "Maximum length for the text
// in this field is 75 characters."

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = new URL('../node_modules/@slack/types/dist', import.meta.url).pathname;

const declarations = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.d.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

// wordsOf returns the comment on a property of an interface, or undefined.
export function wordsOf(name, property) {
  const start = declarations.search(new RegExp(`^(export )?(declare )?(interface ${name}\\b[^{]*\\{|type ${name} = \\{)`, 'm'));
  if (start < 0) return undefined;
  const body = declarations.slice(start, start + declarations.slice(start).search(/^\}/m));
  const before = body.slice(0, body.search(new RegExp(`^\\s+${property}\\??:`, 'm')));
  const comments = [...before.matchAll(/\/\*\*([\s\S]*?)\*\//g)];
  return comments.at(-1)?.[1].replace(/\s*\n\s*\*\s?/g, ' ');
}

// statedLimits returns every number that such a comment calls a maximum.
export function statedLimits(words) {
  return [...words.matchAll(/(?:\bmax(?:imum)?|\bup to|\blimit)\b[^.\d]*(\d[\d,]*)/gi)].map((m) => Number(m[1].replaceAll(',', '')));
}
