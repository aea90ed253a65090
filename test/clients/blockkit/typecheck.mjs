// Has the TypeScript compiler judge JSON by the types that Slack publishes.
//
// The JSON stands in the source as a literal. An imported JSON module would not
// do: its strings are widened, so that "type" matches nothing, and properties
// that Slack does not know would pass.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = new URL('..', import.meta.url).pathname;

// Where Slack's own types take AnyBlock, that is KnownBlock or anything with a
// "type", a misspelt block passes as one that is not known yet. So blocks are
// asked to be known ones everywhere.
const prelude = `import type { HomeView, KnownBlock, ModalView, Option, OptionGroup } from '@slack/types';
import type { RespondArguments, ViewClearResponseAction, ViewErrorsResponseAction, ViewPushResponseAction, ViewUpdateResponseAction } from '@slack/bolt';
type Known<T> = Omit<T, 'blocks'> & { blocks: KnownBlock[] };
type Around<T> = Omit<T, 'view'> & { view: Known<ModalView> };
type Offered = { options: Option[]; option_groups?: never } | { option_groups: OptionGroup[]; options?: never };
`;

const literal = (type, value) => `export const shown: ${type} = ${JSON.stringify(value, null, 1)};\n`;

// A message is judged in two halves: Slack's type of a message is a union, of
// which Omit would leave only what all members share.
function message({ blocks, ...rest }) {
  return `${literal('KnownBlock[]', blocks)}export const around: RespondArguments = ${JSON.stringify(rest, null, 1)};\n`;
}

const sources = {
  message,
  modal: (v) => literal('Known<ModalView>', v),
  home: (v) => literal('Known<HomeView>', v),
  errors: (v) => literal('ViewErrorsResponseAction', v),
  update: (v) => literal('Around<ViewUpdateResponseAction>', v),
  push: (v) => literal('Around<ViewPushResponseAction>', v),
  clear: (v) => literal('ViewClearResponseAction', v),
  options: (v) => literal('Offered', v),
};

const options = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true, // the dependencies' declarations are not ours to judge
  module: 'nodenext',
  moduleResolution: 'nodenext',
  target: 'es2022',
  types: [],
};

// typecheck returns, for each document in order, what the compiler said of it.
// Documents are {kind, value}; one run of the compiler judges them all.
export function typecheck(documents, name) {
  return compile(name, documents.map((d) => prelude + sources[d.kind](d.value)));
}

// typecheckPayloads judges anything else, as {type, from, value}: a type and the
// package that exports it. Where the types say less than Slack sends, more
// allows properties that they do not know; what they know must still be right.
export function typecheckPayloads(payloads, name, { more = false } = {}) {
  return compile(name, payloads.map(({ type, from, value }) => {
    const imported = type.match(/\w+/g).join(', '); // A<B> takes both
    const shown = more
      ? `const hear = <T extends ${type}>(v: T): T => v; // an inferred type is not checked for excess\nexport const heard = hear(${JSON.stringify(value, null, 1)});\n`
      : literal(type, value);
    return `import type { ${imported} } from '${from}';\n${shown}`;
  }));
}

// compile returns what the compiler said of each source.
function compile(name, sources) {
  const folder = join(here, '.cache', 'types', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = sources.map((source, i) => {
    const file = `d${i}.ts`;
    writeFileSync(join(folder, file), source);
    return file;
  });
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}\n');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));

  const compiler = join(here, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  if (run.error) throw run.error;
  const said = files.map(() => []);
  const elsewhere = [];
  for (const line of run.stdout.split('\n').filter(Boolean)) {
    const at = /^(?:.*\/)?d(\d+)\.ts\(\d+,\d+\): (error .*)$/.exec(line);
    if (at) said[Number(at[1])].push(at[2]);
    else if (!line.startsWith(' ')) elsewhere.push(line); // continued lines are indented
  }
  // Silence is only good news when the compiler says so itself.
  const complaints = said.flat().length;
  if (elsewhere.length > 0 || (run.status !== 0) !== (complaints > 0)) {
    throw new Error(`the compiler ended with ${run.status}:\n${run.stdout}${run.stderr}`);
  }
  return said;
}
