// The table of limits, the two tables in Go and the words of @slack/types were
// written by different people from the same pages. This finds the day when one
// of them no longer agrees.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { constantsOf } from './blockkit/goconst.mjs';
import { statedLimits, wordsOf } from './blockkit/jsdoc.mjs';
import { inGo, limits } from './blockkit/limits.mjs';

for (const [file, rows] of Object.entries(inGo)) {
  test(`${file} has Slack's limits`, async (t) => {
    const constants = constantsOf(file);
    for (const [name, value] of Object.entries(constants)) {
      await t.test(`${name} = ${value}`, () => {
        assert.ok(Object.hasOwn(rows, name), `${name} stands for no row: name it in inGo of test/clients/blockkit/limits.mjs`);
        assert.equal(value, limits[rows[name]].most, `docs.slack.dev/reference/${limits[rows[name]].page}`);
      });
    }
    assert.deepEqual(Object.keys(rows).filter((name) => !Object.hasOwn(constants, name)), [], 'constants that are gone');
  });
}

test('the declarations of @slack/types state the same limits', async (t) => {
  for (const [name, { most, stated }] of Object.entries(limits)) {
    for (const [type, property, differing] of stated) {
      await t.test(`${type}.${property}: ${differing ?? most}`, () => {
        const words = wordsOf(type, property);
        assert.ok(words, `${type} has no words on ${property} any more`);
        assert.ok(statedLimits(words).includes(differing ?? most), `${name} should be ${differing ?? most}, and it says: ${words}`);
      });
    }
  }
});

test('limits are read out of sentences of several forms', () => {
  for (const [words, numbers] of [
    ['Maximum length for the text in this field is 75 characters.', [75]],
    ['There is a maximum of 25 elements in each action block.', [25]],
    ['The minimum length is 1 and maximum length is 3000 characters.', [3000]],
    ['Maximum number of items is 10. Maximum length for the text in each item is 2000 characters.', [10, 2000]],
    ['The standard markdown-formatted text. Limit 12,000 characters max.', [12_000]],
    ['An array of up to 5 options to display in the menu.', [5]],
    ['`text` may truncate with ~30 characters.', []],
  ]) {
    assert.deepEqual(statedLimits(words), numbers, words);
  }
});
