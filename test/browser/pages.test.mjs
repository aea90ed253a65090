// Every page that a visitor can meet, as it looks: pictures for people, and what a
// program can judge of looks. Phone and desk, light and dark.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessible, answerPhone, desk, fits, follow, open, phone, picture, say, shows, signIn } from './stage.mjs';

const forms = [
  { name: 'light', options: { viewport: desk, colorScheme: 'light' } },
  { name: 'dark', options: { viewport: desk, colorScheme: 'dark' } },
  { name: 'phone-light', options: { viewport: phone, colorScheme: 'light', isMobile: true, hasTouch: true } },
  { name: 'phone-dark', options: { viewport: phone, colorScheme: 'dark', isMobile: true, hasTouch: true } },
];

// isTable fails when what a screen reader is told of is no table any more,
// whatever the style sheet makes of it.
async function isTable(page, where, columns) {
  const rows = await page.locator(`${where} tr`).count();
  const told = await page.context().newCDPSession(page);
  const { nodes } = await told.send('Accessibility.getFullAXTree');
  const count = (role) => nodes.filter((n) => !n.ignored && n.role?.value === role).length;
  assert.deepEqual({ table: count('table'), row: count('row'), columnheader: count('columnheader'), cell: count('cell') },
    { table: 1, row: rows, columnheader: columns, cell: (rows - 1) * columns });
  await told.detach();
}

// fitsInside fails when a part of a page must be scrolled sideways.
async function fitsInside(page, where) {
  const over = await page.locator(where).evaluate((e) => e.scrollWidth - e.clientWidth);
  assert.ok(over <= 0, `${where} is ${over} px wider than the screen`);
}

for (const form of forms) {
  test(`pages: ${form.name}`, { timeout: 180_000 }, async (t) => {
    const stage = await open(t);
    const ada = await stage.person(form.options);
    const ben = await stage.person(form.options);
    const look = async (page, name, options) => {
      const what = `${name}-${form.name}`;
      await picture(page, what, options);
      await accessible(page, what);
      await fits(page, what);
    };

    const home = await ada.at('/');
    await look(home, 'start');
    for (const path of ['/tenant', '/tenant/people', '/tenant/roles', '/tenant/access']) {
      await home.goto(stage.url + path);
      await look(home, path.slice(1).replaceAll('/', '-'), { fullPage: true });
    }

    // Chat: an empty room, the composer's hints, a form, cards, a thread.
    const direct = await ada.at('/as/ada/dm');
    await look(direct, 'chat-empty');
    await direct.locator('#line').fill('/');
    await look(direct, 'chat-hints');
    await say(direct, '/elevate');
    await direct.locator('dialog').waitFor();
    await direct.locator('dialog select').first().waitFor();
    await look(direct, 'chat-form');
    await direct.locator('.modal-close').first().click();
    await direct.locator('dialog').waitFor({ state: 'detached' });
    await say(direct, '/elevate User Administrator 20h because too long');
    await shows(direct, 'allows 8 h at most');
    await look(direct, 'chat-refusal');
    await say(direct, '/elevate Security Administrator 1h because incident response for INC-4711');
    const card = await shows(direct, 'Security Administrator', 'Sign in to continue');
    await look(direct, 'chat-card');

    // Sign-in: Hoist's page, the simulated Entra, MFA, progress and what came of it.
    const tab = await follow(direct, card, 'Sign in to continue');
    await look(tab, 'signin');
    await tab.locator('#continue').click();
    await tab.waitForLoadState();
    await look(tab, 'entra-account');
    await tab.locator('#sign-in').click();
    await tab.waitForLoadState();
    await look(tab, 'entra-mfa');
    await answerPhone(tab);
    await tab.waitForURL((u) => u.origin === stage.hoist);
    await tab.getByText('Waiting for approval').first().waitFor();
    await look(tab, 'signin-waiting');

    const bens = await ben.at('/as/ben/dm');
    const asked = await shows(bens, 'asks for Security Administrator');
    await look(bens, 'chat-approval');
    const decision = await follow(bens, asked, 'Approve');
    await look(decision, 'decision');
    await decision.locator('textarea').fill('go ahead');
    await decision.locator('#continue').click();
    await signIn(stage, decision);
    await decision.getByText('This request was approved').waitFor();
    await look(decision, 'decided');

    await shows(direct, 'Connect-MgGraph');
    await look(direct, 'chat-active');
    const channel = await ben.at('/as/ben/c/elevations');
    await shows(channel, 'holds Security Administrator until');
    await look(channel, 'chat-channel');
    await channel.locator('.thread-link a').first().click();
    await channel.locator('#thread').waitFor();
    await look(channel, 'chat-thread');
    await say(direct, '/elevate status');
    await shows(direct, 'Only visible to you', 'Security Administrator');
    await look(direct, 'chat-status');
    await say(direct, '/elevate help');
    await look(direct, 'chat-help');

    await home.goto(`${stage.url}/wire`);
    await look(home, 'wire');
    await home.goto(`${stage.url}/wire?step=Activate`);
    await home.locator('#exchanges a').first().click();
    await home.waitForLoadState();
    await look(home, 'wire-detail', { fullPage: true });
    await home.goto(`${stage.url}/audit`);
    await look(home, 'audit', { fullPage: true });
    await isTable(home, '#entries', 9);
    if (form.options.isMobile) await fitsInside(home, '#entries');
    await home.goto(`${stage.url}/tenant`);
    await look(home, 'tenant-active', { fullPage: true });
    await home.goto(`${stage.url}/tenant/audit`);
    await look(home, 'tenant-audit');
    stage.quiet();

    // What goes wrong: pages that answer with an error by design come last.
    await tab.goto(`${stage.hoist}/signin/start?link=nonsense`);
    await look(tab, 'signin-bad-link');
    await direct.goto(`${stage.url}/as/nobody/dm`);
    await look(direct, 'chat-nobody');
  });
}
