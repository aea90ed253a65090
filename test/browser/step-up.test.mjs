// An authentication context: wanted by the policy from the start, and demanded by
// PIM after the policy was changed in the middle.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { follow, open, say, shows, signIn } from './stage.mjs';

test('step-up: the second factor is asked for again where the policy wants it, and led to once', async (t) => {
  const stage = await open(t);
  const ada = await stage.person();
  const direct = await ada.at('/as/ada/dm');

  await say(direct, '/elevate Exchange Administrator 1h because mail flow');
  let tab = await follow(direct, await shows(direct, 'Exchange Administrator', 'Sign in to continue'), 'Sign in to continue');
  await tab.locator('#continue').click();
  assert.deepEqual(await signIn(stage, tab), ['account', 'mfa']);
  await tab.getByText('Active until').first().waitFor();
  await tab.close();

  await say(direct, '/elevate User Administrator 1h because rotating keys');
  const card = await shows(direct, 'User Administrator', 'Sign in to continue');

  // An administrator changes the policy while the request waits for its sign-in.
  const admin = await stage.person();
  const roles = await admin.at('/tenant/roles');
  await demandContext(roles);

  tab = await follow(direct, card, 'Sign in to continue');
  await tab.locator('#continue').click();
  // Signed in already, and nothing more was known to be wanted: what asks now is
  // PIM's challenge, which led on by itself.
  await tab.locator('#mfa-form').waitFor();
  assert.deepEqual(await signIn(stage, tab), ['mfa']);
  await tab.getByText('Active until').first().waitFor();
  await shows(direct, 'User Administrator', 'Active until');
  stage.quiet();
});

const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1';

async function demandContext(page) {
  const policy = page.locator(`#policy-${userAdministrator}`);
  await policy.locator('summary').first().click();
  await page.locator(`#mfa-${userAdministrator}`).uncheck();
  await page.locator(`#context-${userAdministrator}`).selectOption('c1');
  await page.locator(`#save-${userAdministrator}`).click();
  await page.locator('#said p', { hasText: 'User Administrator' }).waitFor();
}
