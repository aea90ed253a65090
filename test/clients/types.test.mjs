// What the Slack adapter renders, judged by the types that Slack publishes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { misnamed, readGoldens } from './blockkit/goldens.mjs';
import { mistakes, sound } from './blockkit/mistakes.mjs';
import { typecheck } from './blockkit/typecheck.mjs';

test('every golden file of the Slack adapter has the types that Slack publishes', async (t) => {
  const goldens = readGoldens();
  assert.ok(goldens.length > 0, 'no golden file was found');
  for (const golden of goldens) assert.equal(misnamed(golden), undefined);
  const said = typecheck(goldens, 'goldens');
  for (const [i, { name, kind }] of goldens.entries()) {
    await t.test(`${name}, as ${kind}`, () => assert.deepEqual(said[i], []));
  }
});

test('sound documents of every kind pass', async (t) => {
  const documents = Object.entries(sound).map(([kind, make]) => ({ kind, value: make() }));
  const said = typecheck(documents, 'sound');
  for (const [i, { kind }] of documents.entries()) {
    await t.test(kind, () => assert.deepEqual(said[i], []));
  }
});

test('every planted mistake is reported', async (t) => {
  const said = typecheck(mistakes, 'mistakes');
  for (const [i, { name }] of mistakes.entries()) {
    await t.test(name, () => assert.notEqual(said[i].length, 0, 'the compiler let it pass'));
  }
});

test('a name that its content contradicts is reported', () => {
  const modal = sound.modal();
  assert.match(misnamed({ name: 'ask.json', kind: 'message', value: modal }), /its content is modal/);
  delete modal.type;
  assert.match(misnamed({ name: 'modal_ask.json', kind: 'modal', value: modal }), /named as modal/);
});
