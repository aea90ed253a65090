// The chat page as a place to read and write: what stands where, what a script
// adds, and what a phone leaves room for.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fits, follow, newest, open, phone, picture, say, shows, signIn } from './stage.mjs';

const onPhone = { viewport: phone, isMobile: true, hasTouch: true };

// below is how far an element's foot is above another's head.
const below = (page, upper, lower) => page.evaluate(([u, l]) =>
  document.querySelector(l).getBoundingClientRect().top - [...document.querySelectorAll(u)].at(-1).getBoundingClientRect().bottom, [upper, lower]);

test('chat: few messages stand at the foot, and many keep their end in sight', async (t) => {
  const stage = await open(t);
  const page = await (await stage.person()).at('/as/ada/c/general');
  assert.ok(await below(page, '#empty', '.write') < 60, 'an empty room speaks from above');
  await say(page, 'the first word');
  await shows(page, 'the first word');
  assert.ok(await below(page, '#messages article', '.write') < 40);
  for (let i = 0; i < 14; i += 1) {
    await say(page, `line ${i}`);
    await shows(page, `line ${i}`);
  }
  await page.locator('#help summary').click(); // takes room from the list
  await page.waitForFunction(() => { const m = document.querySelector('#messages'); return m.scrollHeight - m.scrollTop - m.clientHeight < 2; });
  await page.locator('#messages').evaluate((m) => { m.scrollTop = 0; });
  const elsewhere = await (await stage.person()).at('/as/ben/c/general');
  await say(elsewhere, 'somebody else says');
  await shows(page, 'somebody else says');
  assert.equal(await page.locator('#messages').evaluate((m) => m.scrollTop), 0, 'the reader lost their place');
  await say(page, 'my own word');
  await shows(page, 'my own word');
  await page.waitForFunction(() => { const m = document.querySelector('#messages'); return m.scrollHeight - m.scrollTop - m.clientHeight < 2; });
  stage.quiet();
});

test('chat: without script too, a long room and a long thread open at their newest', async (t) => {
  const stage = await open(t);
  const plain = await stage.person({ javaScriptEnabled: false, viewport: phone });
  const page = await plain.at('/as/ada/c/general');
  await say(page, 'line 0');
  assert.ok(await below(page, '#messages article', '.write') < 40, 'one message stands far from the foot');
  for (let i = 1; i < 14; i += 1) await say(page, `line ${i}`);
  await page.goto(`${stage.url}/as/ada/c/general`);
  const seen = (text, list = '#messages') => page.locator(`${list} article`, { hasText: text }).last().evaluate((m) => {
    const box = m.getBoundingClientRect(), feed = m.closest('.feed').getBoundingClientRect();
    return box.top >= feed.top - 1 && box.bottom <= feed.bottom + 1;
  });
  assert.ok(await seen('line 13'), 'it opens elsewhere');
  assert.ok(!await seen('line 0'));
  assert.match(await page.locator('#messages article').first().innerText(), /line 0/, 'a screen reader hears them the other way round');
  await page.locator('#messages').focus();
  for (let i = 0; i < 12; i += 1) await page.keyboard.press('PageUp');
  await page.waitForTimeout(500); // it moves smoothly
  assert.ok(await seen('line 0'), 'the keyboard does not reach the oldest');
  await picture(page, 'chat-no-script');

  await page.locator('#messages article', { hasText: 'line 13' }).locator('a.reply').click();
  for (let i = 0; i < 14; i += 1) {
    await page.locator('#thread-line').fill(`reply ${i}`);
    await page.locator('#thread-send').click();
  }
  assert.ok(await seen('reply 13', '#replies'), 'the thread opens elsewhere');
  await fits(page, 'a long thread');
  stage.quiet();
});

test('chat: a line that is no command stays in the composer', async (t) => {
  const stage = await open(t);
  const page = await (await stage.person()).at('/as/ada/dm');
  await say(page, '/nonsense');
  await page.locator('#alerts', { hasText: 'not a valid command' }).waitFor();
  assert.equal(await page.locator('#line').inputValue(), '/nonsense');
  await say(page, 'hello');
  await shows(page, 'hello'); // by the stream, perhaps before the form is answered
  await page.waitForFunction(() => document.querySelector('#line').value === '' && document.querySelector('#alerts').innerText.trim() === '');
  stage.quiet();
});

test('chat: a button that leads out of the demo says where', async (t) => {
  const stage = await open(t);
  const page = await (await stage.person()).at('/as/ada/dm');
  await say(page, '/elevate Nonsense 1h because it does not exist');
  const tab = await follow(page, await shows(page, 'Not possible'), 'Open in PIM');
  await tab.getByRole('heading', { name: 'This would leave the demo' }).waitFor();
  assert.ok((await tab.locator('main a').first().getAttribute('href')).startsWith('https://'));
  stage.quiet();
});

test('chat: a question that was answered closes', async (t) => {
  const stage = await open(t);
  const page = await (await stage.person()).at('/as/ada/dm');
  await say(page, '/elevate User Administrator 1h because asking twice');
  const tab = await follow(page, await shows(page, 'asking twice', 'Sign in to continue'), 'Sign in to continue');
  await tab.locator('#continue').click();
  await signIn(stage, tab);
  await shows(page, 'asking twice', 'Active until');
  await newest(page, 'Reason: asking twice').locator('summary', { hasText: 'Stop' }).click();
  await page.locator('details.confirm[open] form button').click();
  await shows(page, 'first five minutes');
  assert.equal(await page.locator('details.confirm[open]').count(), 0);
  stage.quiet();
});

test('chat: a phone is for messages, and for one form at a time', async (t) => {
  const stage = await open(t);
  const page = await (await stage.person(onPhone)).at('/as/ada/dm');
  const share = (what) => page.locator(what).evaluate((e) => e.getBoundingClientRect().height / innerHeight);
  assert.ok(await share('#messages') > 0.6, `messages have ${await share('#messages')} of the screen`);
  assert.equal(await page.locator('#people a', { hasText: 'Ada Lindqvist' }).count(), 0);

  const ben = await (await stage.person()).at('/as/ben/c/general');
  await say(ben, 'news elsewhere');
  await page.locator('#elsewhere', { hasText: '1' }).waitFor(); // told while the list is shut
  assert.ok(await share('.side') < 0.08, 'the head takes two rows');

  await say(page, '/elevate');
  await page.locator('dialog').waitFor();
  assert.equal(await share('dialog'), 1);
  const submit = await page.locator('.modal-submit').boundingBox();
  assert.ok(submit.height >= 44 && submit.y + submit.height <= phone.height, 'the form cannot be sent without scrolling');
  await fits(page, 'the form');
  stage.quiet();
});
