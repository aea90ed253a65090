// The golden files of the Slack adapter: what it really renders, as JSON.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = new URL('../../..', import.meta.url).pathname;

export const goldenFolder = join(root, 'internal/adapters/slack/testdata/render');

// A golden file says what it is by the first word of its name, or by its
// folder: modal_request.json and modal/request.json are modals. A name that
// begins with none of these words is a message. What a file says in its own
// words must agree, so that a modal that lost its "type" is not taken for a
// message that has blocks.
export const kinds = {
  message: (v) => Array.isArray(v.blocks) && v.type === undefined && v.response_action === undefined,
  modal: (v) => v.type === 'modal',
  home: (v) => v.type === 'home',
  errors: (v) => v.response_action === 'errors',
  update: (v) => v.response_action === 'update',
  push: (v) => v.response_action === 'push',
  clear: (v) => v.response_action === 'clear',
  options: (v) => v.options !== undefined || v.option_groups !== undefined,
};

export function kindOf(name) {
  const word = name.split(/[_./\\]/)[0];
  return Object.hasOwn(kinds, word) ? word : 'message';
}

// misnamed says what is wrong with a file's name, or nothing.
export function misnamed({ name, kind, value }) {
  if (kinds[kind](value)) return undefined;
  const other = Object.keys(kinds).find((k) => kinds[k](value)) ?? 'nothing known here';
  return `${name} is named as ${kind}, and its content is ${other}: rename it (see test/clients/README.md)`;
}

export function readGoldens(folder = goldenFolder) {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith('.json'))
    .map((e) => relative(folder, join(e.parentPath ?? e.path, e.name)));
  return names.sort().map((name) => ({
    name,
    kind: kindOf(name),
    value: JSON.parse(readFileSync(join(folder, name), 'utf8')),
  }));
}
