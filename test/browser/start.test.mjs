// The promise of the README: from the command to the first page in under a second,
// once it is compiled.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bot = fileURLToPath(new URL('.cache/bot', import.meta.url));

// firstPage starts a demo and returns the milliseconds to its first page.
async function firstPage() {
  const began = performance.now();
  const demo = spawn(bot, ['demo', '--listen', 'localhost:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => demo.once('exit', done));
  try {
    const url = await new Promise((found, failed) => {
      let said = '';
      demo.stdout.on('data', (part) => {
        said += part;
        const m = said.match(/Open (\S+)/);
        if (m) found(m[1]);
      });
      ended.then((code) => failed(new Error(`it ended with ${code}: ${said}`)));
    });
    const page = await fetch(url);
    assert.equal(page.status, 200);
    await page.text();
    return performance.now() - began;
  } finally {
    demo.kill('SIGINT');
    assert.equal(await ended, 0, 'interrupted, it ends well');
  }
}

test('start: the first page is there in under a second', async (t) => {
  const took = [];
  for (let i = 0; i < 3; i += 1) took.push(await firstPage());
  t.diagnostic(`milliseconds: ${took.map(Math.round).join(', ')}`);
  assert.ok(Math.min(...took) < 1000, `best of ${took.map(Math.round)} ms`);
});
