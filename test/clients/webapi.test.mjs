// Slack's own Web API client calls the simulated Slack: what it takes, what it
// answers, and how it refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api';

import { readGoldens } from './blockkit/goldens.mjs';
import { sound } from './blockkit/mistakes.mjs';
import { typecheckPayloads } from './blockkit/typecheck.mjs';
import { quiet, slack, steer, within } from './simulated/world.mjs';

const options = { timeout: within };
const client = (token = slack.token, more) =>
  new WebClient(token, { slackApiUrl: slack.api, allowAbsoluteUrls: false, timeout: within, retryConfig: { retries: 0 }, logger: quiet, ...more });
const web = client();

// answers keeps every good answer, by method, to be judged by its type.
const answers = [];
async function call(method, args) {
  const [family, name] = method.split('.');
  const answer = await web[family][name](args);
  assert.equal(answer.ok, true);
  answers.push({ method, value: answer });
  return answer;
}

const refusal = (code, messages = /(?:)/) => (error) => {
  assert.ok(error instanceof WebAPIPlatformError, String(error));
  assert.equal(error.data.error, code);
  assert.match((error.data.response_metadata?.messages ?? []).join('\n'), messages);
  return true;
};
const refuses = (promise, ...args) => assert.rejects(promise, refusal(...args));

test('auth.test says who the app is', options, async () => {
  const me = await call('auth.test', {});
  assert.equal(me.user_id, slack.bot);
  assert.equal(me.team_id, slack.team);
  assert.deepEqual(me.response_metadata.scopes, ['commands', 'chat:write', 'users:read', 'users:read.email']);
  await refuses(client('xoxb-wrong').auth.test(), 'invalid_auth');
  await refuses(client('').auth.test(), 'not_authed');
});

test('people are found with zone and language', options, async () => {
  const { user } = await call('users.info', { user: slack.ada, include_locale: true });
  assert.equal(user.tz, 'Europe/Oslo');
  assert.equal(user.locale, 'nb-NO');
  assert.equal(user.profile.email, 'ada@fjordbank.example');
  const found = await call('users.lookupByEmail', { email: 'ada@fjordbank.example' });
  assert.equal(found.user.id, slack.ada);
  await refuses(web.users.info({ user: 'U0NOBODY' }), 'user_not_found');
  await refuses(web.users.lookupByEmail({ email: 'nobody@fjordbank.example' }), 'users_not_found');
});

test('a message is posted, answered in its thread, changed, linked to and deleted', options, async () => {
  const { blocks, text } = sound.message();
  const metadata = { event_type: 'hoist_elevation', event_payload: { elevation: 'H-7K3F9QX' } };
  const posted = await call('chat.postMessage', { channel: slack.ops, text, blocks, metadata, unfurl_links: false, unfurl_media: false });
  assert.equal(posted.channel, slack.ops);
  assert.match(posted.ts, /^\d{10}\.\d{6}$/);
  assert.equal(posted.message.blocks.length, blocks.length);
  assert.ok(posted.message.blocks.every((b) => b.block_id), 'Slack makes ids up');

  const { channel, ts } = posted;
  const reply = await call('chat.postMessage', { channel, thread_ts: ts, text: 'in the thread' });
  assert.equal(reply.message.thread_ts, ts);
  const updated = await call('chat.update', { channel, ts, text: 'changed', blocks: [] });
  assert.equal(updated.ts, ts);
  assert.equal(updated.text, 'changed');
  const { permalink } = await call('chat.getPermalink', { channel, message_ts: ts });
  assert.match(permalink, new RegExp(`/archives/${channel}/p${ts.replace('.', '')}$`));
  await call('chat.delete', { channel, ts });
  await refuses(web.chat.update({ channel, ts, text: 'gone' }), 'message_not_found');
});

test('messages reach people directly and in private', options, async () => {
  const direct = await call('chat.postMessage', { channel: slack.ada, text: 'for you' });
  assert.match(direct.channel, /^D/);
  const { message_ts } = await call('chat.postEphemeral', { channel: slack.ops, user: slack.ada, text: 'only you see this' });
  assert.match(message_ts, /^\d{10}\.\d{6}$/);
  await refuses(web.chat.postEphemeral({ channel: slack.ops, user: slack.ben, text: 'x' }), 'user_not_in_channel');
});

test('what Slack would refuse is refused', options, async () => {
  const post = (more) => web.chat.postMessage({ channel: slack.ops, text: 'x', ...more });
  await refuses(post({ channel: 'C0NOWHERE' }), 'channel_not_found');
  await refuses(post({ channel: slack.board }), 'not_in_channel');
  await refuses(post({ text: '' }), 'no_text');
  await refuses(post({ thread_ts: '1.000001' }), 'thread_not_found');
  await refuses(post({ blocks: [{ type: 'headline' }] }), 'invalid_blocks', /unsupported type: headline \[json-pointer:\/blocks\/0\/type\]/);
  await refuses(post({ blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }), 'invalid_blocks', /no more than 50 items/);
  await refuses(post({ blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] }), 'invalid_blocks', /less than 151 characters/);
  await refuses(web.chat.update({ channel: slack.ops, ts: '1.000001', text: 'x' }), 'message_not_found');
  await refuses(web.conversations.open({ users: slack.ada }), 'missing_scope');
  await refuses(web.apiCall('chat.shout', {}), 'unknown_method');
});

test('views need a trigger that is good', options, async () => {
  await refuses(web.views.open({ trigger_id: 'made.up', view: sound.modal() }), 'invalid_trigger_id');
  const untitled = sound.modal();
  delete untitled.title;
  await refuses(web.views.open({ trigger_id: 'made.up', view: untitled }), 'invalid_arguments', /missing required field: title/);
  await refuses(web.views.update({ view_id: 'V0NONE', view: sound.modal() }), 'not_found');
});

test('a Home tab is published, and not over a newer one', options, async () => {
  const { view } = await call('views.publish', { user_id: slack.ada, view: sound.home() });
  assert.equal(view.type, 'home');
  await call('views.publish', { user_id: slack.ada, view: sound.home(), hash: view.hash });
  await refuses(web.views.publish({ user_id: slack.ada, view: sound.home(), hash: view.hash }), 'hash_conflict');
});

test('too many requests are said to be that', options, async () => {
  await steer('ratelimit', { RateLimit: { Method: 'auth.test', Calls: 1, Seconds: 7 } });
  await assert.rejects(client(slack.token, { rejectRateLimitedCalls: true }).auth.test(), (error) => {
    assert.ok(error instanceof WebAPIRateLimitedError, String(error));
    assert.equal(error.retryAfter, 7);
    return true;
  });
  // Left to itself the client waits for as long as it is told, and tries again.
  await steer('ratelimit', { RateLimit: { Method: 'auth.test', Calls: 1, Seconds: 1 } });
  const began = Date.now();
  await client(slack.token, { retryConfig: { retries: 1 } }).auth.test();
  assert.ok(Date.now() - began >= 990, `it waited ${Date.now() - began} ms`);
});

test('every golden message is taken, and shown to the person', options, async (t) => {
  const messages = readGoldens().filter((g) => g.kind === 'message');
  for (const { name, value } of messages) {
    await t.test(name, async () => {
      const { text, blocks } = value;
      const { channel, ts } = await call('chat.postMessage', { channel: slack.ada, text, blocks, parse: 'none', mrkdwn: false, unfurl_links: false, unfurl_media: false });
      await call('chat.update', { channel, ts, text, blocks, parse: 'none' });
    });
  }
  const { shown } = await steer('shown', { User: slack.ada });
  assert.ok(shown.length >= messages.length, `${shown.length} messages are seen`);
});

// The types of answers were generated from recorded ones. They do not say how
// blocks are nested and make enumerations of other "type"s, which no literal
// has, and they leave out that a property may be null; so echoes and nulls are
// left out of what is judged. All properties are optional: what this finds is a
// name that Slack does not use, or a value of another type.
function judged({ method, value }) {
  const copy = JSON.parse(JSON.stringify(value), (_, v) => (v === null ? undefined : v));
  for (const part of [copy.message, copy.view]) {
    if (part?.blocks) part.blocks = [];
    for (const label of [part?.title, part?.submit, part?.close]) delete label?.type;
  }
  differing[method]?.(copy);
  const type = `${method.replace(/(?:^|\.)(\w)/g, (_, first) => first.toUpperCase())}Response`;
  return { type, from: '@slack/web-api', value: copy };
}

// What is known to differ, and harmless: the recorded answers of chat.update
// have the ts beside the message only.
const differing = { 'chat.update': (answer) => delete answer.message.ts };

test('the answers have the types that the client publishes', { timeout: 60_000 }, async (t) => {
  assert.ok(answers.length > 10, 'the tests before this one made no calls');
  const said = typecheckPayloads(answers.map(judged), 'answers');
  const complaints = {};
  for (const [i, { method }] of answers.entries()) (complaints[method] ??= []).push(...said[i]);
  for (const [method, all] of Object.entries(complaints)) {
    await t.test(method, () => assert.deepEqual([...new Set(all)], []));
  }
});
