// Applies limits.mjs to a document: every length, every count, and the few
// rules that no type can state (identifiers that must differ, text that may not
// be empty, a submit button where there is something to fill in).
//
// Slack says "characters" without saying which. Here they are UTF-16 code
// units, the most that anybody could count.

import { limits } from './limits.mjs';

// tooLong returns what is wrong with a document, one line each; nothing when
// nothing is.
export function tooLong(kind, value) {
  const faults = [];
  documents[kind](new Check(faults, ''), value);
  return faults;
}

class Check {
  constructor(faults, at) {
    this.faults = faults;
    this.at = at;
  }

  below(...path) {
    return new Check(this.faults, `${this.at}/${path.join('/')}`);
  }

  fault(what) {
    this.faults.push(`${this.at}: ${what}`);
  }

  // length judges a string, or the text of a text object, that may be missing.
  length(limit, value, least = 1) {
    if (value === undefined) return;
    const text = typeof value === 'string' ? value : value?.text;
    if (typeof text !== 'string') return this.fault('is no text');
    const { most } = limits[limit];
    if (text.length > most) this.fault(`${text.length} characters, at most ${most} (${limit})`);
    if (text.length < least) this.fault(`${text.length} characters, at least ${least}`);
    if (!text.isWellFormed()) this.fault('half a character');
  }

  // count judges a list and hands each item on.
  count(limit, list, each, least = 1) {
    if (list === undefined) return;
    if (!Array.isArray(list)) return this.fault('is no list');
    const { most } = limits[limit];
    if (list.length > most) this.fault(`${list.length} items, at most ${most} (${limit})`);
    if (list.length < least) this.fault(`${list.length} items, at least ${least}`);
    list.forEach((item, i) => each?.(this.below(i), item));
  }

  // different reports identifiers that occur twice among siblings.
  different(field, list = []) {
    const seen = new Set();
    for (const id of list.map((o) => o[field]).filter((id) => id !== undefined)) {
      if (seen.has(id)) this.fault(`${field} ${id} occurs twice`);
      seen.add(id);
    }
  }
}

function blocks(c, list, limit, least = 1) {
  c.below('blocks').count(limit, list, block, least);
  c.below('blocks').different('block_id', list);
}

function block(c, b) {
  c.below('block_id').length('blockID', b.block_id);
  const known = blockTypes[b.type];
  if (!known) return c.fault(`no limits are known for ${b.type}: add them to limits.mjs and lengths.mjs`);
  known(c, b);
}

const blockTypes = {
  divider() {},
  header: (c, b) => c.below('text').length('header', b.text),
  section(c, b) {
    if (b.text === undefined && b.fields === undefined) c.fault('neither text nor fields');
    c.below('text').length('section', b.text);
    c.below('fields').count('fields', b.fields, (at, f) => at.length('field', f));
    if (b.accessory) element(c.below('accessory'), b.accessory);
  },
  context: (c, b) => c.below('elements').count('contextElements', b.elements, (at, e) => (e.type === 'image' ? image(at, e) : at.length('textObject', e))),
  actions(c, b) {
    c.below('elements').count('actions', b.elements, element);
    c.below('elements').different('action_id', b.elements);
  },
  input(c, b) {
    c.below('label').length('inputLabel', b.label);
    c.below('hint').length('inputHint', b.hint);
    element(c.below('element'), b.element);
  },
  image,
  markdown: (c, b) => c.below('text').length('markdown', b.text),
  // Slack states no limit for rich text; it refuses elements without text.
  rich_text: (c, b) => rich(c, b),
};

function image(c, i) {
  c.below('alt_text').length('imageAlt', i.alt_text);
  c.below('title').length('imageTitle', i.title);
  c.below('image_url').length('imageURL', i.image_url);
}

function rich(c, o) {
  if (o.type === 'text' && o.text === '') c.fault('a text element without text');
  if (o.type === 'link') c.below('url').length('buttonURL', o.url);
  (o.elements ?? []).forEach((e, i) => rich(c.below('elements', i), e));
}

function element(c, e) {
  c.below('action_id').length('actionID', e.action_id);
  c.below('placeholder').length('placeholder', e.placeholder);
  if (e.confirm) confirmation(c.below('confirm'), e.confirm);
  elementTypes[e.type]?.(c, e);
}

const select = (c, e) => {
  c.below('options').count('options', e.options, option);
  c.below('option_groups').count('optionGroups', e.option_groups, group);
};
const choice = (c, e) => c.below('options').count('choices', e.options, option);

const elementTypes = {
  button(c, e) {
    c.below('text').length('buttonText', e.text);
    c.below('value').length('buttonValue', e.value, 0);
    c.below('url').length('buttonURL', e.url);
    c.below('accessibility_label').length('buttonSpoken', e.accessibility_label);
  },
  image,
  overflow: (c, e) => c.below('options').count('overflow', e.options, option),
  static_select: select,
  multi_static_select: select,
  radio_buttons: choice,
  checkboxes: choice,
  plain_text_input(c, e) {
    c.below('initial_value').length('typed', e.initial_value, 0);
    for (const bound of ['min_length', 'max_length']) {
      if (e[bound] > limits.typed.most) c.below(bound).fault(`${e[bound]}, at most ${limits.typed.most} (typed)`);
    }
  },
};

function option(c, o) {
  c.below('text').length('optionText', o.text);
  c.below('value').length('optionValue', o.value);
  c.below('description').length('optionDescription', o.description);
  c.below('url').length('optionURL', o.url);
}

function group(c, g) {
  c.below('label').length('groupLabel', g.label);
  c.below('options').count('groupOptions', g.options, option);
}

function confirmation(c, d) {
  c.below('title').length('confirmTitle', d.title);
  c.below('text').length('confirmText', d.text);
  c.below('confirm').length('confirmButton', d.confirm);
  c.below('deny').length('confirmButton', d.deny);
}

function view(c, v) {
  c.below('callback_id').length('callbackID', v.callback_id, 0);
  c.below('external_id').length('externalID', v.external_id, 0);
  c.below('private_metadata').length('privateMetadata', v.private_metadata, 0);
  const bytes = Buffer.byteLength(JSON.stringify(v));
  if (bytes > limits.viewBytes.most) c.fault(`${bytes} bytes, at most ${limits.viewBytes.most} (viewBytes)`);
  blocks(c, v.blocks, 'viewBlocks', 0);
}

function modal(c, v) {
  view(c, v);
  c.below('title').length('modalTitle', v.title);
  c.below('submit').length('modalSubmit', v.submit);
  c.below('close').length('modalClose', v.close);
  if (v.submit === undefined && v.blocks?.some((b) => b.type === 'input')) c.fault('something to fill in, and no submit button');
}

const inside = (c, v) => modal(c.below('view'), v.view);

const documents = {
  message(c, v) {
    // What notifications show and screen readers read.
    if (v.text === undefined) c.fault('no text beside the blocks');
    c.below('text').length('updatedText', v.text);
    blocks(c, v.blocks, 'messageBlocks');
  },
  modal,
  home: view,
  update: inside,
  push: inside,
  clear() {},
  errors(c, v) {
    for (const [id, text] of Object.entries(v.errors)) {
      c.below('errors', id).length('blockID', id);
      if (text === '') c.below('errors', id).fault('an error without words');
    }
  },
  options(c, v) {
    c.below('options').count('options', v.options, option, 0);
    c.below('option_groups').count('optionGroups', v.option_groups, group, 0);
  },
};
