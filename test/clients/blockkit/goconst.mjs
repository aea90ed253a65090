// Reads the limits out of Go source, as text: what is compared is what somebody
// wrote down, not what a program computes from it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './goldens.mjs';

// constantsOf returns the numbers of the first const block of a file. In the
// adapter's, that is the block of limits that Slack enforces; those of its own
// choice stand in a second one.
export function constantsOf(file) {
  const source = readFileSync(join(root, file), 'utf8');
  const block = /^const \(\n([\s\S]*?)^\)/m.exec(source)?.[1] ?? '';
  const found = {};
  for (const line of block.split('\n')) {
    const [code] = line.trim().split('//');
    if (code.trim() === '') continue;
    const constant = /^(\w+)\s*=\s*(\d[\d_]*)\s*$/.exec(code);
    if (!constant) throw new Error(`${file}: cannot read the constant in "${line.trim()}"`);
    found[constant[1]] = Number(constant[2].replaceAll('_', ''));
  }
  return found;
}
