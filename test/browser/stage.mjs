// What every test here stands on: a demo of its own on a free port, a browser,
// and people in it. Whatever the browser complains about is collected, because a
// page that logs an error is broken for somebody.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const here = fileURLToPath(new URL('.', import.meta.url));
const pictures = `${here}.cache/pictures`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const phone = { width: 375, height: 812 };
export const desk = { width: 1280, height: 800 };
const patience = 15_000;

// The flags keep Chromium from looking for anything beyond this machine.
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// open starts a demo and a browser; close ends both.
export async function open(t) {
  const demo = spawn(`${here}.cache/bot`, ['demo', '--listen', 'localhost:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await address(demo);
  const browser = await chromium.launch({ executablePath: process.env.HOIST_CHROMIUM || '/usr/bin/chromium', args: flags });
  const stage = new Stage(url, browser);
  stage.end = () => demo.kill('SIGTERM');
  t.after(async () => {
    await browser.close();
    const ended = demo.exitCode !== null || new Promise((done) => demo.once('exit', done));
    demo.kill('SIGTERM');
    await ended;
  });
  return stage;
}

// address reads where the demo is from what it prints.
function address(demo) {
  return new Promise((found, failed) => {
    let said = '';
    demo.stdout.setEncoding('utf8');
    demo.stdout.on('data', (part) => {
      said += part;
      const m = said.match(/Open (http:\/\/127\.0\.0\.1:\d+)\//);
      if (m) found(m[1]);
    });
    demo.once('exit', (code) => failed(new Error(`the demo ended with ${code} and said:\n${said}`)));
  });
}

class Stage {
  constructor(url, browser) {
    this.url = url;
    this.hoist = url.replace('127.0.0.1', 'localhost');
    this.browser = browser;
    this.complaints = [];
  }

  // person is somebody with a browser of their own.
  async person(options = {}) {
    const context = await this.browser.newContext({ viewport: desk, ...options });
    context.setDefaultTimeout(patience);
    context.on('page', (page) => this.listen(page));
    return new Person(this, context);
  }

  listen(page) {
    const note = (what) => this.complaints.push(`${page.url()}: ${what}`);
    page.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') note(`${m.type()}: ${m.text()}`); });
    page.on('pageerror', (e) => note(`exception: ${e.message}`));
    page.on('response', (r) => { if (r.status() >= 400) note(`${r.status()} for ${r.request().method()} ${r.url()}`); });
  }

  // quiet fails when a browser has complained.
  quiet() { assert.deepEqual(this.complaints, []); }
}

class Person {
  constructor(stage, context) { Object.assign(this, { stage, context }); }

  async at(path) {
    const page = await this.context.newPage();
    await page.goto(this.stage.url + path);
    return page;
  }
}

// say sends a line from the composer.
export async function say(page, line) {
  await page.locator('#line').fill(line);
  await page.locator('#send').click();
}

// newest is the newest message that shows a text.
export const newest = (page, text) => page.locator('#messages article', { hasText: text }).last();

// shows waits, without a reload, until the newest messages show every text.
export async function shows(page, ...texts) {
  let message = page.locator('#messages article');
  for (const text of texts) message = message.filter({ hasText: text });
  await message.last().waitFor();
  return message.last();
}

// follow presses a link button, which opens a tab.
export async function follow(page, message, label) {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), message.locator('button', { hasText: label }).first().click()]);
  await tab.waitForLoadState();
  return tab;
}

// signIn goes through the simulated Entra's pages by clicking, until the browser
// is back at Hoist. It says what it was asked for.
export async function signIn(stage, page) {
  const asked = [];
  for (;;) {
    await page.waitForLoadState();
    const now = new URL(page.url());
    if (now.origin === stage.hoist && !now.pathname.endsWith('/callback')) return asked;
    if (await page.locator('#mfa-form').count()) {
      asked.push('mfa');
      await answerPhone(page);
    } else if (await page.locator('#sign-in-form').count()) {
      asked.push('account');
      await Promise.all([page.waitForNavigation(), page.locator('#sign-in').click()]);
    } else {
      assert.fail(`the browser is at ${page.url()}:\n${await page.locator('body').innerText()}`);
    }
  }
}

export async function answerPhone(page) {
  const number = (await page.locator('#mfa-number').innerText()).trim();
  const field = page.locator('#mfa-answer');
  if (await field.count()) await field.fill(number);
  await Promise.all([page.waitForNavigation(), page.locator('#mfa-approve').click()]);
}

// picture keeps a screenshot as an artefact.
export async function picture(page, name, options = {}) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png`, ...options });
}

// accessible fails on what axe calls serious or critical. The scan runs in the
// page by the debugger's door, which the page's policy does not govern.
export async function accessible(page, what) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const bad = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${what}: ${v.id} (${v.impact}): ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.any.concat(n.all).map((c) => c.message).join('; ')}`).join(' | ')}`);
  assert.deepEqual(bad, []);
}

// fits fails when a page must be scrolled sideways.
export async function fits(page, what) {
  const over = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1).slice(0, 4)
      .map((e) => `${e.tagName}#${e.id}.${e.className}`);
  });
  assert.deepEqual(over, [], `${what} is wider than the screen`);
}
