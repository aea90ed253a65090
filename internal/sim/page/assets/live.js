// Spares reloads. Pages work without this file: it fetches the page that is open
// when something changed, and takes over the elements with an id and data-live.
(() => {
  "use strict";

  // What the server last said of an element. The document's own state (open
  // dialogs, typed text) makes its serialization useless for comparing.
  const said = new WeakMap();
  const remember = (el) => { said.set(el, el.outerHTML); for (const c of el.children) remember(c); };

  // carry keeps what a person has begun to type when an element is replaced.
  const carry = (from, to) => {
    for (const old of from.querySelectorAll("input, textarea, select")) {
      const same = old.name && [...to.querySelectorAll(`[name="${CSS.escape(old.name)}"]`)].find((e) => e.type === old.type && (e.type !== "radio" && e.type !== "checkbox" || e.value === old.value));
      if (!same || same.type === "hidden") continue;
      if ("checked" in old && old.checked !== old.defaultChecked) same.checked = old.checked;
      else if (old.tagName === "SELECT") { if (![...old.options].every((o) => o.selected === o.defaultSelected)) same.value = old.value; }
      else if ("value" in old && old.value !== old.defaultValue) same.value = old.value;
    }
    for (const d of from.querySelectorAll("details[id]")) {
      const same = to.querySelector(`#${CSS.escape(d.id)}`);
      if (same) same.open = d.open;
    }
  };

  const replace = (old, next) => {
    const active = document.activeElement;
    const focus = active && old.contains(active) && active.id ? { id: active.id, from: active.selectionStart, to: active.selectionEnd } : null;
    remember(next);
    carry(old, next);
    old.replaceWith(next);
    if (!focus) return;
    const again = document.getElementById(focus.id);
    if (!again) return;
    again.focus({ preventScroll: true });
    if (focus.from !== null && focus.from !== undefined && again.setSelectionRange) try { again.setSelectionRange(focus.from, focus.to); } catch { /* no text field */ }
  };

  // update makes a live element's children those of another. Children with an id
  // that did not change stay what they are, so that a reader's place is kept and
  // a screen reader hears only what is new.
  const update = (el, next) => {
    if (said.get(el) === next.outerHTML) return;
    const keyed = (e) => [...e.children].length > 0 && [...e.children].every((c) => c.id);
    if (!keyed(el) || !keyed(next)) { replaceInside(el, next); return; }
    const stays = new Map([...el.children].map((c) => [c.id, c]));
    const wanted = new Set([...next.children].map((c) => c.id));
    for (const [id, c] of stays) if (!wanted.has(id)) c.remove();
    let after = null;
    for (const c of [...next.children]) {
      const old = stays.get(c.id);
      let now = old;
      if (!old) { now = document.importNode(c, true); remember(now); }
      else if (said.get(old) !== c.outerHTML) { now = document.importNode(c, true); replace(old, now); }
      const place = after ? after.nextElementSibling : el.firstElementChild;
      if (place !== now) el.insertBefore(now, place);
      after = now;
    }
    said.set(el, next.outerHTML);
  };
  const replaceInside = (el, next) => replace(el, document.importNode(next, true));

  // A list that shows its end goes on showing it when it gets less room: a
  // keyboard appears, or something opens below.
  const scrolled = new WeakSet(), watched = new WeakSet();
  const watcher = new ResizeObserver((all) => { for (const { target } of all) if (!scrolled.has(target)) target.scrollTop = target.scrollHeight; });
  const watch = (el) => {
    if (watched.has(el)) return;
    watched.add(el);
    watcher.observe(el);
    el.addEventListener("scroll", () => { if (atEnd(el)) scrolled.delete(el); else scrolled.add(el); }, { passive: true });
  };

  const atEnd = (el) => el.scrollHeight - el.scrollTop - el.clientHeight < 80;

  // adopt takes over a page. Lists that show their end go on showing it, and so
  // does the one in which somebody has just written. They are moved last: what
  // stands below them may have grown.
  const adopt = (page, wrote) => {
    const live = [...document.querySelectorAll("[data-live]")];
    const ends = live.filter((el) => el.dataset.stick === "end" && (atEnd(el) || wrote?.contains(el))).map((el) => el.id);
    for (const el of live) {
      const next = page.getElementById(el.id);
      if (next) update(el, next);
    }
    for (const id of ends) {
      const list = document.getElementById(id);
      if (list) list.scrollTop = list.scrollHeight;
    }
    document.title = page.title;
    settle();
  };

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  // settle does what only a script can once elements stand: dialogs are modal.
  const settle = () => {
    for (const d of document.querySelectorAll("dialog[open]:not(:modal)")) { d.close(); d.showModal(); }
    for (const el of document.querySelectorAll("[data-stick=end]")) watch(el);
    document.dispatchEvent(new Event("live"));
  };

  let asked = false, busy = false;
  const refresh = async () => {
    asked = true;
    if (busy) return;
    busy = true;
    try {
      while (asked) {
        asked = false;
        const at = location.href;
        const answer = await fetch(at, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        const html = await answer.text();
        if (location.href !== at) asked = true; // a form was sent meanwhile, and the page is another
        if (answer.ok && !asked) adopt(parse(html));
      }
    } catch { /* the server is away; the stream will say hello again */ } finally { busy = false; }
  };

  const topics = new Set((document.body.dataset.topics || "").split(" ").filter(Boolean));
  const heard = (topic) => {
    if (topic === "gone" || topic === "*") away(topic === "gone");
    if (topic === "*" || topics.has(topic)) refresh();
  };

  // away says that the server has gone, for as long as it has.
  const away = (gone) => {
    const said = document.getElementById("away");
    if (!gone) { said?.remove(); return; }
    if (said || leaving) return;
    const p = Object.assign(document.createElement("p"), { id: "away", className: "toast", textContent: "The demo does not answer. Is it still running? This page goes on when it is back." });
    p.setAttribute("role", "alert");
    (document.querySelector("dialog:modal") || document.body).append(p);
  };
  let leaving = false;
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });

  // One stream a browser: the tab that holds the lock listens for all.
  const listen = () => {
    const channel = "BroadcastChannel" in window ? new BroadcastChannel("live") : null;
    if (channel) channel.onmessage = (e) => heard(e.data);
    const tell = (topic) => { heard(topic); if (channel) channel.postMessage(topic); };
    const open = () => {
      const stream = new EventSource("/live");
      stream.addEventListener("hello", () => tell("*"));
      stream.addEventListener("error", () => tell("gone")); // the browser tries again by itself
      stream.addEventListener("change", (e) => tell(e.data));
      addEventListener("pagehide", () => stream.close());
    };
    if (navigator.locks && channel) navigator.locks.request("live", () => { open(); return new Promise(() => {}); }).catch(() => {});
    else open();
  };

  const complain = (text) => {
    document.getElementById("complaint")?.remove();
    const p = Object.assign(document.createElement("p"), { id: "complaint", className: "toast", textContent: text.slice(0, 400) });
    p.setAttribute("role", "alert");
    (document.querySelector("dialog:modal") || document.body).append(p);
    setTimeout(() => p.remove(), 8000);
  };

  // Forms with data-enhance are sent without leaving the page; all others are
  // the browser's own business.
  document.addEventListener("submit", async (e) => {
    const form = e.target;
    if (e.defaultPrevented || !form.hasAttribute("data-enhance") || form.target === "_blank") return;
    e.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    const fields = new URLSearchParams(new FormData(form, e.submitter));
    const method = (form.getAttribute("method") || "get").toLowerCase();
    const action = form.getAttribute("action") || location.href;
    try {
      const target = new URL(action, location.href);
      if (method === "get") target.search = fields.toString();
      const answer = await fetch(target, method === "get" ? {} : { method: "POST", body: fields });
      const html = await answer.text();
      if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) { complain(html); return; }
      const to = new URL(answer.url);
      if (to.pathname !== location.pathname && !form.hasAttribute("data-stay")) { location.assign(answer.url); return; }
      if (to.href !== location.href && !form.hasAttribute("data-stay")) history.replaceState(null, "", answer.url);
      const page = parse(html);
      // The server gives back what it did not take.
      if (form.hasAttribute("data-reset")) for (const t of form.querySelectorAll("input[type=text], textarea")) t.value = page.getElementById(t.id)?.value ?? "";
      adopt(page, form.hasAttribute("data-reset") ? form.closest("section") : null);
    } catch { complain("The demo does not answer. Is it still running?"); } finally { delete form.dataset.sending; }
  });

  // Back from the browser's cache, the page may be old.
  addEventListener("pageshow", (e) => { if (e.persisted) refresh(); });

  for (const el of document.querySelectorAll("[data-live]")) {
    remember(el);
    if (el.dataset.stick === "end") el.scrollTop = el.scrollHeight;
  }
  settle();
  listen();
})();
