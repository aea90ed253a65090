// An app on Bolt, Slack's own framework, hears the simulated Slack: its
// signatures, what its deliveries carry, and what an app may answer.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import bolt from '@slack/bolt';

import { sound } from './blockkit/mistakes.mjs';
import { typecheckPayloads } from './blockkit/typecheck.mjs';
import { quiet, slack, steer, within } from './simulated/world.mjs';

const options = { timeout: within };
const label = (text) => ({ type: 'plain_text', text, emoji: false });

// heard keeps every delivery by the type that Bolt has for it.
const heard = [];
const keep = (type, value) => heard.push({ type, from: '@slack/bolt', value });

// listen starts an app on a port of its own, and stop ends it.
async function listen(signingSecret) {
  const receiver = new bolt.HTTPReceiver({ signingSecret, logger: quiet });
  const app = new bolt.App({
    receiver, token: slack.token, logger: quiet,
    clientOptions: { slackApiUrl: slack.api, allowAbsoluteUrls: false, timeout: within, retryConfig: { retries: 0 }, logger: quiet },
  });
  const server = await receiver.start({ port: 0, host: '127.0.0.1' });
  return { app, url: `http://127.0.0.1:${server.address().port}/slack/events`, stop: () => receiver.stop() };
}

const listening = (url) => steer('deliver', { Deliver: { Commands: url, Interactions: url, Options: url, Events: url } });

// The app acknowledges first and works afterwards, as Slack asks of apps.
function hoist(app, done) {
  app.command('/elevate', async ({ command, body, ack, respond, client }) => {
    keep('SlashCommand', body);
    if (command.text === 'help') return ack({ response_type: 'ephemeral', text: 'How to use Hoist' });
    await ack();
    await respond({ response_type: 'ephemeral', text: 'Checking…' });
    await client.views.open({ trigger_id: command.trigger_id, view: sound.modal() });
    const second = await client.views.open({ trigger_id: command.trigger_id, view: sound.modal() }).catch((e) => e.data.error);
    return done.command(second);
  });
  app.options('role', async ({ options: asked, body, ack }) => {
    keep('BlockSuggestion', body);
    await ack({ options: ['Reader', 'Owner'].filter((r) => r.includes(asked.value)).map((r) => ({ text: label(r), value: r.toLowerCase() })) });
  });
  app.view('elevate', async ({ view, body, ack, client }) => {
    keep('ViewSubmitAction', body);
    const why = view.state.values.why.why.value;
    if (why.length < 5) return ack({ response_action: 'errors', errors: { why: 'Say a little more.' } });
    await ack();
    const { channel, ts } = await client.chat.postMessage({ channel: body.user.id, ...sound.message() });
    return done.view({ channel, ts, why, role: view.state.values.role.role.selected_option.value });
  });
  app.action('approve', async ({ body, action, ack, respond }) => {
    keep('BlockAction<ButtonAction>', body);
    await ack();
    await respond({ replace_original: true, text: `Approved: ${action.value}` });
    done.action(body.message.ts);
  });
  app.event('app_home_opened', async ({ event, body, client }) => {
    heard.push({ type: 'AppHomeOpenedEvent', from: '@slack/types', value: event });
    keep('EnvelopedEvent', body);
    await client.views.publish({ user_id: event.user, view: sound.home() });
    done.home(event.tab);
  });
  app.error(async (error) => Object.values(done).forEach((settle) => settle(error)));
}

// pending makes a promise that the app settles when its work is done.
function pending(...names) {
  const done = {};
  const waits = {};
  for (const name of names) {
    waits[name] = () => new Promise((settle, fail) => { done[name] = (v) => (v instanceof Error ? fail(v) : settle(v)); });
    done[name] = () => {};
  }
  return { done, waits };
}

let running;
const { done, waits } = pending('command', 'view', 'action', 'home');

before(async () => {
  running = await listen(slack.signingSecret);
  hoist(running.app, done);
  await listening(running.url);
}, options);

after(() => running?.stop());

test('the address for events is confirmed', options, async () => {
  assert.equal((await steer('challenge')).ok, true);
});

test('a command is answered in the acknowledgement', options, async () => {
  const ack = await steer('command', { User: slack.ada, Channel: slack.ops, Line: '/elevate help' });
  assert.equal(ack.status, 200, ack.error);
  assert.equal(JSON.parse(ack.reply).text, 'How to use Hoist');
});

test('a command, a form, a card, a decision', options, async (t) => {
  await t.test('the command opens the form, its trigger only once', async () => {
    const worked = waits.command();
    const ack = await steer('command', { User: slack.ada, Channel: slack.ops, Line: '/elevate Reader 1h' });
    assert.equal(ack.status, 200, ack.error);
    assert.equal(ack.reply, '');
    assert.equal(await worked, 'exchanged_trigger_id');
    const { shown } = await steer('shown', { User: slack.ada });
    assert.ok(shown.some((text) => text.includes('Checking…')), shown);
  });
  await t.test('roles are suggested', async () => {
    const { options: offered, error } = await steer('suggest', { User: slack.ada, Element: 'role', Typed: 'Rea' });
    assert.equal(error, undefined);
    assert.deepEqual(offered.map((o) => o.Text), ['Reader']);
  });
  const values = { role: 'Reader', duration: '1 hour' };
  await t.test('a complaint stands at its field', async () => {
    const complained = await steer('submit', { User: slack.ada, Values: { ...values, why: 'no' } });
    assert.deepEqual(complained.errors, { why: 'Say a little more.' });
  });
  let card;
  await t.test('the form is taken', async () => {
    const worked = waits.view();
    const sent = await steer('submit', { User: slack.ada, Values: { ...values, why: 'rotating <keys> & more' } });
    assert.equal(sent.status, 200, sent.error);
    card = await worked;
    assert.equal(card.role, 'reader');
    assert.equal(card.why, 'rotating <keys> & more');
  });
  await t.test('the card is decided and replaced', async () => {
    const worked = waits.action();
    const pressed = await steer('press', { User: slack.ada, Channel: card.channel, TS: card.ts, Button: 'Approve' });
    assert.equal(pressed.status, 200, pressed.error);
    assert.equal(await worked, card.ts);
    const { shown } = await steer('shown', { User: slack.ada });
    assert.ok(shown.some((text) => text.includes('Approved: v')), shown);
  });
});

test('the Home tab is published when it is opened', options, async () => {
  const worked = waits.home();
  const opened = await steer('home', { User: slack.ada });
  assert.equal(opened.status, 200, opened.error);
  assert.equal(await worked, 'home');
  const again = waits.home();
  await steer('home', { User: slack.ada }); // now the event carries the view
  await again;
});

test('the types of deliveries bite', { timeout: 60_000 }, () => {
  const command = structuredClone(heard.find((h) => h.type === 'SlashCommand'));
  delete command.value.trigger_id;
  const press = structuredClone(heard.find((h) => h.type === 'BlockAction<ButtonAction>'));
  press.value.actions[0].type = 'knob';
  const submission = structuredClone(heard.find((h) => h.type === 'ViewSubmitAction'));
  submission.value.view.state = { values: [1] };
  const said = typecheckPayloads([command, press, submission].map(judged), 'spoilt', { more: true });
  assert.deepEqual(said.map((complaints) => complaints.length > 0), [true, true, true]);
});

test('what is not signed by Slack is not heard', options, async () => {
  const before = heard.length;
  const body = 'command=%2Felevate&text=help';
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const now = String(Math.floor(Date.now() / 1000));
  for (const headers of [type, { ...type, 'x-slack-request-timestamp': now, 'x-slack-signature': `v0=${'0'.repeat(64)}` }]) {
    assert.equal((await fetch(running.url, { method: 'POST', headers, body, signal: AbortSignal.timeout(within) })).status, 401);
  }
  assert.equal(heard.length, before);
});

test('an app with another signing secret refuses the deliveries', options, async () => {
  const other = await listen('another-secret');
  try {
    await listening(other.url);
    const ack = await steer('command', { User: slack.ada, Channel: slack.ops, Line: '/elevate help' });
    assert.equal(ack.status, 401);
    assert.match(ack.error, /dispatch_failed/);
  } finally {
    await listening(running.url);
    await other.stop();
  }
});

// Recorded deliveries of Slack hold more than Bolt's types know (the style of a
// button, a username beside the name), and null for the enterprise of a
// workspace that is in none, which the types leave out.
function judged({ value, ...rest }) {
  const copy = structuredClone(value);
  if (copy.enterprise === null) delete copy.enterprise;
  return { ...rest, value: copy };
}

test('the deliveries have the types that Bolt publishes', { timeout: 60_000 }, async (t) => {
  const types = new Set(heard.map((h) => h.type));
  assert.deepEqual([...types].sort(), ['AppHomeOpenedEvent', 'BlockAction<ButtonAction>', 'BlockSuggestion', 'EnvelopedEvent', 'SlashCommand', 'ViewSubmitAction']);
  const said = typecheckPayloads(heard.map(judged), 'deliveries', { more: true });
  for (const type of types) {
    await t.test(type, () => assert.deepEqual([...new Set(heard.flatMap((h, i) => (h.type === type ? said[i] : [])))], []));
  }
});
