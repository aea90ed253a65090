// What the Slack adapter renders, judged by the lengths that Slack enforces.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readGoldens } from './blockkit/goldens.mjs';
import { tooLong } from './blockkit/lengths.mjs';
import { limits } from './blockkit/limits.mjs';
import { sound } from './blockkit/mistakes.mjs';

test('every golden file of the Slack adapter stays within the limits', async (t) => {
  for (const { name, kind, value } of readGoldens()) {
    await t.test(name, () => assert.deepEqual(tooLong(kind, value), []));
  }
});

test('sound documents stay within the limits', () => {
  for (const [kind, make] of Object.entries(sound)) assert.deepEqual(tooLong(kind, make()), [], kind);
});

const plain = (text) => ({ type: 'plain_text', text });
const of = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const text = (n) => 'x'.repeat(n);
const message = (...blocks) => ['message', { text: 'x', blocks }];
const acting = (element) => message({ type: 'actions', elements: [element] });
const button = (more) => acting({ type: 'button', text: plain('x'), action_id: 'a', ...more });
const select = (more) => acting({ type: 'static_select', action_id: 'a', ...more });
const option = (more) => ({ text: plain('x'), value: 'v', ...more });
const choosing = (more) => select({ options: [option(more)] });
const modal = (more) => ['modal', { type: 'modal', title: plain('x'), submit: plain('x'), blocks: [], ...more }];
const asking = (more) => modal({ blocks: [{ type: 'input', label: plain('x'), element: { type: 'plain_text_input', action_id: 'a' }, ...more }] });

// For each limit a document that is n long there, so that the check is known to
// allow the last and refuse the next. Those left out are judged by nobody here.
const samples = {
  messageBlocks: (n) => message(...of(n, () => ({ type: 'divider' }))),
  viewBlocks: (n) => modal({ blocks: of(n, () => ({ type: 'divider' })) }),
  updatedText: (n) => ['message', { text: text(n), blocks: [{ type: 'divider' }] }],
  blockID: (n) => message({ type: 'divider', block_id: text(n) }),
  actionID: (n) => button({ action_id: text(n) }),
  callbackID: (n) => modal({ callback_id: text(n) }),
  externalID: (n) => modal({ external_id: text(n) }),
  privateMetadata: (n) => modal({ private_metadata: text(n) }),
  textObject: (n) => message({ type: 'context', elements: [plain(text(n))] }),
  header: (n) => message({ type: 'header', text: plain(text(n)) }),
  section: (n) => message({ type: 'section', text: plain(text(n)) }),
  fields: (n) => message({ type: 'section', fields: of(n, () => plain('x')) }),
  field: (n) => message({ type: 'section', fields: [plain(text(n))] }),
  contextElements: (n) => message({ type: 'context', elements: of(n, () => plain('x')) }),
  actions: (n) => message({ type: 'actions', elements: of(n, (i) => ({ type: 'button', text: plain('x'), action_id: `a${i}` })) }),
  markdown: (n) => message({ type: 'markdown', text: text(n) }),
  imageAlt: (n) => message({ type: 'image', image_url: 'u', alt_text: text(n) }),
  imageTitle: (n) => message({ type: 'image', image_url: 'u', alt_text: 'x', title: plain(text(n)) }),
  imageURL: (n) => message({ type: 'image', image_url: text(n), alt_text: 'x' }),
  inputLabel: (n) => asking({ label: plain(text(n)) }),
  inputHint: (n) => asking({ hint: plain(text(n)) }),
  buttonText: (n) => button({ text: plain(text(n)) }),
  buttonValue: (n) => button({ value: text(n) }),
  buttonURL: (n) => button({ url: text(n) }),
  buttonSpoken: (n) => button({ accessibility_label: text(n) }),
  placeholder: (n) => select({ placeholder: plain(text(n)) }),
  options: (n) => select({ options: of(n, () => option()) }),
  optionGroups: (n) => select({ option_groups: of(n, () => ({ label: plain('x'), options: [option()] })) }),
  groupOptions: (n) => select({ option_groups: [{ label: plain('x'), options: of(n, () => option()) }] }),
  groupLabel: (n) => select({ option_groups: [{ label: plain(text(n)), options: [option()] }] }),
  choices: (n) => acting({ type: 'radio_buttons', options: of(n, () => option()) }),
  overflow: (n) => acting({ type: 'overflow', options: of(n, () => option()) }),
  optionText: (n) => choosing({ text: plain(text(n)) }),
  optionDescription: (n) => choosing({ description: plain(text(n)) }),
  optionURL: (n) => choosing({ url: text(n) }),
  optionValue: (n) => choosing({ value: text(n) }),
  typed: (n) => asking({ element: { type: 'plain_text_input', max_length: n } }),
  confirmTitle: (n) => button({ confirm: { title: plain(text(n)), text: plain('x') } }),
  confirmText: (n) => button({ confirm: { text: plain(text(n)) } }),
  confirmButton: (n) => button({ confirm: { text: plain('x'), confirm: plain(text(n)) } }),
  modalTitle: (n) => modal({ title: plain(text(n)) }),
  modalSubmit: (n) => modal({ submit: plain(text(n)) }),
  modalClose: (n) => modal({ close: plain(text(n)) }),
};

// Not of one document: how deep modals stack, what is cut silently instead of
// refused; and bytes, which no sample reaches one by one.
const elsewhere = ['modalDepth', 'postedText', 'viewBytes'];

test('every limit allows its last and refuses the next', async (t) => {
  assert.deepEqual([...Object.keys(samples), ...elsewhere].sort(), Object.keys(limits).sort(), 'a limit without a sample');
  for (const [name, sample] of Object.entries(samples)) {
    await t.test(name, () => {
      const { most } = limits[name];
      assert.deepEqual(tooLong(...sample(most)), []);
      const faults = tooLong(...sample(most + 1));
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0], new RegExp(`\\(${name}\\)$`));
    });
  }
});

test('rules that are no length are kept', async (t) => {
  const broken = {
    'a view of too many bytes': modal({ blocks: of(90, () => ({ type: 'section', text: plain('é'.repeat(1500)) })) }),
    'a block_id twice': message({ type: 'divider', block_id: 'b' }, { type: 'divider', block_id: 'b' }),
    'an action_id twice': message({ type: 'actions', elements: of(2, () => ({ type: 'button', text: plain('x'), action_id: 'a' })) }),
    'an empty header': message({ type: 'header', text: plain('') }),
    'an empty text element': message({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }] }),
    'a section of nothing': message({ type: 'section' }),
    'a context of nothing': message({ type: 'context', elements: [] }),
    'a message without text': ['message', { blocks: [{ type: 'divider' }] }],
    'half a character': message({ type: 'header', text: plain('x\ud83d') }),
    'an input without a submit button': modal({ submit: undefined, blocks: [{ type: 'input', label: plain('x'), element: { type: 'plain_text_input' } }] }),
    'a block without limits': message({ type: 'video' }),
    'an error without words': ['errors', { errors: { why: '' } }],
  };
  for (const [name, document] of Object.entries(broken)) {
    await t.test(name, () => assert.equal(tooLong(...document).length, 1));
  }
});
