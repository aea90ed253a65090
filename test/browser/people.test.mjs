// Several people in one browser, each in tabs of their own: the address says who
// plays, and no number of tabs stops the demo.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { open, say, shows } from './stage.mjs';

test('people: each tab is the person that its address names', async (t) => {
  const stage = await open(t);
  const one = await stage.person();
  const ada = await one.at('/as/ada/dm');
  const dana = await one.at('/as/dana/dm');

  await say(ada, '/elevate whoami');
  await shows(ada, 'ada@fjordbank.example');
  await say(dana, '/elevate whoami');
  await shows(dana, 'dana@fjordbank.example');
  assert.equal(await dana.getByText('ada@fjordbank.example').count(), 0);
  await ada.reload();
  assert.equal(await ada.getByText('dana@fjordbank.example').count(), 0);
  assert.deepEqual((await one.context.cookies()).filter((c) => /ada|dana/i.test(c.value)), []);
  stage.quiet();
});

test('people: eight open tabs still answer, on one stream', async (t) => {
  const stage = await open(t);
  const one = await stage.person();
  let streams = 0;
  one.context.on('request', (r) => { if (new URL(r.url()).pathname === '/live') streams += 1; });
  const tabs = [];
  for (const path of ['/as/ada/dm', '/as/ben/dm', '/as/chioma/dm', '/as/dana/dm', '/as/ben/c/elevations', '/tenant', '/wire', '/audit']) tabs.push(await one.at(path));
  await say(tabs[0], '/elevate User Administrator 1h because eight tabs');
  await shows(tabs[0], 'User Administrator', 'Sign in to continue');
  await tabs[6].locator('#exchanges', { hasText: '/slack/commands' }).waitFor(); // heard without a reload
  for (const tab of tabs) await tab.reload({ timeout: 5000 });
  assert.ok(streams >= 1, 'nobody listens');
  const ninth = await one.at('/');
  await ninth.getByRole('heading', { level: 1 }).waitFor();
  stage.quiet();
});

test('people: when the tab that listens is closed, another takes over', async (t) => {
  const stage = await open(t);
  const one = await stage.person();
  const first = await one.at('/as/ada/dm');
  const second = await one.at('/as/ada/dm');
  await first.close();
  const elsewhere = await (await stage.person()).at('/as/ada/c/general');
  await say(elsewhere, '/elevate User Administrator 1h because the listener left');
  await shows(second, 'the listener left', 'Sign in to continue');
  stage.quiet();
});

test('people: every tab says when the demo has gone', async (t) => {
  const stage = await open(t);
  const one = await stage.person();
  const tabs = [await one.at('/as/ada/dm'), await one.at('/wire')];
  await tabs[0].locator('#away').waitFor({ state: 'detached' });
  stage.end();
  for (const tab of tabs) await tab.locator('#away', { hasText: 'does not answer' }).waitFor();
});

test('people: without script everything is forms', async (t) => {
  const stage = await open(t);
  const ada = await (await stage.person({ javaScriptEnabled: false })).at('/as/ada/dm');
  await say(ada, '/elevate whoami');
  await ada.waitForTimeout(1000);
  await ada.reload();
  await shows(ada, 'ada@fjordbank.example');
});

test('people: a page elsewhere can neither name nor command the demo', async (t) => {
  const stage = await open(t);
  const port = new URL(stage.url).port;
  const stranger = await fetch(`${stage.url}/tenant`, { redirect: 'manual' });
  assert.equal(stranger.status, 200);
  const { request } = await import('node:http');
  const status = await new Promise((done, failed) => {
    request({ host: '127.0.0.1', port, path: '/tenant', headers: { Host: `evil.example:${port}` } }, (r) => { r.resume(); done(r.statusCode); }).on('error', failed).end();
  });
  assert.equal(status, 421);
  const forged = await fetch(`${stage.url}/tour`, { method: 'POST', body: new URLSearchParams({ turn: 'next' }), headers: { Origin: 'https://evil.example' }, redirect: 'manual' });
  assert.equal(forged.status, 403);
  const api = await fetch(`${stage.url}/slack/api/auth.test`, { method: 'POST', headers: { Origin: 'https://evil.example' } });
  assert.equal(api.status, 403);
});
