// The guided tour, as a newcomer takes it: by following it, and by letting it do
// everything.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { desk, fits, follow, open, phone, picture, shows, signIn } from './stage.mjs';

const strip = (page, text) => page.locator('#tour', { hasText: text });

// readme takes the pictures that the README shows (make picture).
async function readme(page) {
  await page.setViewportSize({ ...desk, height: 640 });
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    await picture(page, `tour-approve-${colorScheme}`);
  }
  await page.setViewportSize(desk);
}

test('tour: following it leads through the story without reading anything else', async (t) => {
  const stage = await open(t);
  const visitor = await stage.person();
  const page = await visitor.at('/');
  await page.locator('#start').click();
  await page.locator('#send').click(); // the line waits in the composer
  await strip(page, 'Step 2 of 5').waitFor(); // goes on by itself

  await page.locator('#tour-go').click();
  let tab = await follow(page, await shows(page, 'User Administrator', 'Sign in to continue'), 'Sign in to continue');
  await tab.locator('#continue').click();
  await signIn(stage, tab);
  await tab.getByText('Active until').first().waitFor();
  await tab.close();

  await strip(page, 'Step 3 of 5').waitFor();
  await page.locator('#tour-go').click();
  await shows(page, 'Ada Lindqvist holds User Administrator until');
  await page.locator('#tour-next').click();

  await strip(page, 'Step 4 of 5').waitFor();
  await page.locator('#tour-go').click();
  await page.locator('#send').click();
  await strip(page, 'Sign in for it').waitFor();
  await page.locator('#tour-go').click();
  tab = await follow(page, await shows(page, 'Security Administrator', 'Sign in to continue'), 'Sign in to continue');
  await tab.locator('#continue').click();
  assert.deepEqual(await signIn(stage, tab), []); // the browser is signed in as Ada already
  await tab.close();
  await strip(page, 'Now you are Ben').waitFor();
  await page.locator('#tour-go').click();
  const asks = await shows(page, 'asks for Security Administrator');
  await readme(page);
  tab = await follow(page, asks, 'Approve');
  await tab.locator('textarea').fill('go ahead');
  await tab.getByRole('button', { name: 'Approve as yourself' }).click();
  // One browser, two people: Entra picks by the hint and never takes Ada for Ben.
  assert.ok((await signIn(stage, tab)).includes('account'));
  await tab.getByText('This request was approved').waitFor();
  await tab.close();

  await strip(page, 'Step 5 of 5').waitFor();
  await page.locator('#tour-go').click();
  for (let i = 0; i < 2; i += 1) {
    const before = await page.locator('#now').innerText();
    await page.locator('#advance-1h').click();
    await page.waitForFunction((was) => document.querySelector('#now').innerText !== was, before);
  }
  await strip(page, 'That was a day with Hoist').waitFor();
  assert.equal(await page.getByText('wrong account').count(), 0);
  stage.quiet();
});

test('tour: it does in the visitor\'s place whatever is left out', async (t) => {
  const stage = await open(t);
  const page = await (await stage.person({ viewport: phone })).at('/wire');
  for (let i = 0; i < 12 && await page.locator('#tour-next').count(); i += 1) {
    const before = await page.locator('#tour').innerText();
    await page.locator('#tour-next').click();
    await page.waitForFunction((was) => document.querySelector('#tour').innerText !== was, before);
  }
  await strip(page, 'That was a day with Hoist').waitFor();
  await page.locator('#tour-hide').click();
  await page.waitForFunction(() => !document.querySelector('#tour').innerText.trim());
  await page.goto(`${stage.url}/as/ada/c/elevations`);
  await shows(page, 'Ada Lindqvist held User Administrator');
  await page.goto(`${stage.url}/`);
  await page.locator('#tour-show').click();
  await strip(page, 'That was a day with Hoist').waitFor();
  stage.quiet();
});

test('tour: a link that was opened and left does not block it', async (t) => {
  const stage = await open(t);
  const visitor = await stage.person();
  const page = await visitor.at('/');
  await page.locator('#tour-next').click();
  await strip(page, 'Step 2 of 5').waitFor();
  await page.goto(`${stage.url}/as/ada/dm`);
  const tab = await follow(page, await shows(page, 'Sign in to continue'), 'Sign in to continue');
  await tab.locator('#continue').click(); // bound to this browser, and left at Entra
  await page.locator('#tour-next').click();
  await strip(page, 'Step 3 of 5').waitFor();
  stage.quiet();
});

test('tour: a denial leads back to asking, and the end to where the story is kept', async (t) => {
  const stage = await open(t);
  const page = await (await stage.person({ viewport: phone })).at('/');
  const turn = async () => {
    const before = await page.locator('#tour').innerText();
    await page.locator('#tour-next').click();
    await page.waitForFunction((was) => document.querySelector('#tour').innerText !== was, before);
  };
  while (!(await page.getByText('Now you are Ben').count())) await turn();
  await picture(page, 'tour-approve');
  await page.locator('#tour-go', { hasText: 'Play Ben' }).click();
  const tab = await follow(page, await shows(page, 'asks for Security Administrator'), 'Deny');
  await tab.locator('textarea').fill('not today');
  await tab.locator('#continue').click();
  await signIn(stage, tab);
  await strip(page, 'Ada\'s card says “Denied”').waitFor(); // without a reload
  await fits(page, 'a denied request');
  await page.locator('#tour-go', { hasText: 'Play Ada: ask again' }).click();
  await page.locator('#send').click();
  await strip(page, 'Sign in for it').waitFor();
  while (!(await page.getByText('That was a day with Hoist').count())) await turn();
  await picture(page, 'tour-end');
  await page.locator('#tour a', { hasText: '#elevations' }).click();
  await shows(page, 'Ada Lindqvist held Security Administrator');
  await page.locator('#tour-go').click();
  await page.getByRole('heading', { name: 'Audit log' }).waitFor();
  stage.quiet();
});
