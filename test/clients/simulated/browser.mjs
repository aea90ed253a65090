// A browser that is just good enough for the simulated sign-in pages: it keeps
// cookies, follows redirects, reads forms by their ids and sends them.

import { within } from './world.mjs';

// Refused is thrown when a sign-in ends on an error page.
export class Refused extends Error {
  constructor(page) {
    super(`${page.text('error-code')}: ${page.text('error-message')}`);
    this.code = page.text('error-code');
    this.page = page;
  }
}

export class Browser {
  #cookies = new Map();

  // open fetches an address and follows redirects until a page is there, or
  // until stopAt says that the address is where the browser is to stop.
  async open(address, { stopAt = () => false, ...init } = {}) {
    let url = new URL(address);
    let request = init;
    for (let hop = 0; hop < 10; hop++) {
      if (stopAt(url)) return new Page(url, '', 0);
      const answer = await fetch(url, {
        ...request,
        redirect: 'manual',
        headers: { ...request.headers, cookie: [...this.#cookies].map(([k, v]) => `${k}=${v}`).join('; ') },
        signal: AbortSignal.timeout(within),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [name, value] = cookie.split(';', 1)[0].split('=');
        this.#cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      if (!location) return new Page(url, await answer.text(), answer.status);
      await answer.body?.cancel();
      url = new URL(location, url);
      request = {}; // a redirect is followed with GET
    }
    throw new Error(`too many redirects at ${url}`);
  }

  send(page, form, fields, options = {}) {
    const { action, hidden } = page.form(form);
    const body = new URLSearchParams({ ...hidden, ...fields });
    return this.open(new URL(action, page.url), { ...options, method: 'POST', body });
  }

  // signIn walks through the pages as one person, from an authorize address to
  // the application's, and returns what the application is told. phone answers
  // the second factor: what it is told is the number on the screen.
  async signIn(address, { user, redirectURI, phone = (number) => ({ number, decision: 'approve' }) }) {
    const stopAt = (url) => url.href.startsWith(redirectURI);
    const seen = [];
    let page = await this.open(address, { stopAt });
    for (let step = 0; step < 10; step++) {
      if (stopAt(page.url)) return { answer: page.url.searchParams, seen };
      seen.push(page.id());
      switch (page.id()) {
        case 'error':
          throw new Refused(page);
        case 'sign-in':
          page = await this.send(page, 'sign-in-form', {}, { stopAt });
          break;
        case 'picker':
          page = await this.send(page, 'other-account-form', { username: user }, { stopAt });
          break;
        case 'mfa':
          page = await this.send(page, 'mfa-form', phone(page.text('mfa-number')), { stopAt });
          break;
        case 'form-post':
          return { answer: new URLSearchParams(page.form('form-post').hidden), form: page.form('form-post'), seen };
        default:
          throw new Error(`a page that is not known: ${page.url}\n${page.html}`);
      }
    }
    throw new Error('the sign-in does not end');
  }
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': "'", '#43': '+', '#61': '=' };
const plain = (html) => html.replace(/<[^>]*>/g, '').replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all).trim();
const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found ? plain(found[1]) : undefined;
};

class Page {
  constructor(url, html, status) {
    Object.assign(this, { url, html, status });
  }

  has(id) {
    return this.html.includes(`id="${id}"`);
  }

  text(id) {
    const found = new RegExp(`<(\\w+)[^>]*\\sid="${id}"[^>]*>([\\s\\S]*?)</\\1>`).exec(this.html);
    return found ? plain(found[2]) : '';
  }

  // id names the page by what is on it.
  id() {
    if (this.has('error-code')) return 'error';
    if (this.has('other-account-form')) return 'picker';
    if (this.has('sign-in-form')) return 'sign-in';
    if (this.has('mfa-form')) return 'mfa';
    if (this.has('form-post')) return 'form-post';
    return 'unknown';
  }

  // form returns the address and the hidden fields of a form.
  form(id) {
    const found = new RegExp(`(<form[^>]*\\sid="${id}"[^>]*>)([\\s\\S]*?)</form>`).exec(this.html);
    if (!found) throw new Error(`no form ${id} on ${this.url}`);
    const hidden = {};
    for (const [tag] of found[2].matchAll(/<input[^>]*type="hidden"[^>]*>/g)) hidden[attribute(tag, 'name')] = attribute(tag, 'value');
    return { action: attribute(found[1], 'action'), hidden };
  }
}
