// A role that wants approval, clicked through by two people, each with a browser
// of their own.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { follow, newest, open, say, shows, signIn } from './stage.mjs';

test('approve: Ada asks, Ben approves as himself, and everyone sees it without a reload', async (t) => {
  const stage = await open(t);
  const ada = await stage.person();
  const ben = await stage.person();

  const asking = await ada.at('/as/ada/c/general');
  await say(asking, '/elevate Security Administrator 1h because incident response');
  await shows(asking, 'Only visible to you', 'Checking');

  const direct = await ada.at('/as/ada/dm');
  const card = await shows(direct, 'Security Administrator', 'Sign in to continue');
  const tab = await follow(direct, card, 'Sign in to continue');
  assert.match(await tab.locator('main').innerText(), /incident response/);
  await tab.reload(); // in the middle: nothing is lost
  await tab.locator('#continue').click();
  assert.deepEqual(await signIn(stage, tab), ['account', 'mfa']);
  await tab.getByText(/approv/i).first().waitFor();
  await shows(direct, 'Waiting for approval', 'Ben Okafor');

  const bens = await ben.at('/as/ben/dm');
  const asked = await shows(bens, 'Ada Lindqvist asks for Security Administrator', 'incident response');
  const decision = await follow(bens, asked, 'Approve');
  assert.match(await decision.locator('main').innerText(), /Ada Lindqvist/);
  await decision.locator('textarea').fill('go ahead');
  await decision.reload();
  await decision.locator('textarea').fill('go ahead');
  await decision.getByRole('button', { name: 'Approve as yourself' }).click();
  await signIn(stage, decision);
  await decision.getByText('This request was approved').waitFor();

  await shows(direct, 'Active until');
  await shows(direct, 'Connect-MgGraph');
  await shows(bens, 'Ben Okafor approved it');
  const channel = await ada.at('/as/ada/c/elevations');
  await shows(channel, 'Ada Lindqvist holds Security Administrator until');
  assert.equal(await newest(bens, 'Ben Okafor approved it').getByRole('button', { name: 'Approve' }).count(), 0);
  stage.quiet();
});

test('approve: Back from a finished sign-in asks nobody to send a form again', async (t) => {
  const stage = await open(t);
  const direct = await (await stage.person()).at('/as/ada/dm');
  await say(direct, '/elevate User Administrator 1h because going back');
  const tab = await follow(direct, await shows(direct, 'going back', 'Sign in to continue'), 'Sign in to continue');
  await tab.locator('#continue').click();
  await signIn(stage, tab);
  await tab.getByText('Active until').first().waitFor();
  const address = tab.url();
  for (let i = 0; i < 4 && await tab.goBack(); i += 1) { // fails where Chromium would ask
    const said = await tab.locator('body').innerText();
    if (tab.url() === address) assert.match(said, /Active until/);
    else assert.match(said, /Simulated[^]*(has ended or expired|Sign in|Pick an account)/);
  }
  stage.quiet();
});
