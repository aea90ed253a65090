// Adds to the chat page what only a script can: hints while a command is typed,
// choices that are sent at once, Esc that closes a modal on the server too.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);

  // Esc closes a dialog in the browser alone; its Close button tells Slack.
  document.addEventListener("cancel", (e) => {
    const close = e.target.querySelector && e.target.querySelector(".modal-close");
    if (!close) return;
    e.preventDefault();
    close.click();
  }, true);

  document.addEventListener("click", (e) => {
    const shut = e.target.closest("[data-shut]");
    if (!shut) return;
    const ask = shut.closest("details");
    ask.open = false;
    ask.querySelector("summary").focus();
  });

  // What was asked is answered by either button.
  document.addEventListener("submit", (e) => { const ask = e.target.closest("details.confirm"); if (ask) ask.open = false; });

  // A choice is sent when it is made; the button beside it is for those without
  // script, and for lists of which several can be chosen.
  document.addEventListener("change", (e) => {
    const field = e.target.closest("[data-dispatch]");
    const chooser = e.target.closest("form.chooser");
    const button = field ? field.closest(".field").querySelector("[data-choose]")
      : chooser && e.target.tagName === "SELECT" && !e.target.multiple ? chooser.querySelector("[data-choose]") : null;
    if (button && e.target.value !== "") button.form.requestSubmit(button);
  });

  // settle readies what the server has drawn.
  const settle = () => {
    for (const b of document.querySelectorAll("[data-shut][hidden]")) b.hidden = false;
    for (const s of document.querySelectorAll("form.chooser select:not([multiple])")) s.form.classList.add("at-once");
  };
  document.addEventListener("live", settle);
  settle();

  const places = document.querySelector(".places");
  if (places && matchMedia("(max-width: 40rem)").matches) places.open = false;

  // The hints: a listbox that the composer's combobox controls.
  const line = $("line"), list = $("hints");
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || !line || document.querySelector("dialog[open]")) return;
    if (document.activeElement.closest("input, textarea, select, [contenteditable]")) return;
    e.preventDefault();
    line.focus();
    line.value ||= "/";
    line.dispatchEvent(new Event("input"));
  });
  if (!line || !list) return;

  const hints = [...document.querySelectorAll("#help a[data-line]")].map((a) => ({
    line: a.dataset.line, says: a.parentElement.querySelector(".says")?.textContent ?? "",
  }));
  let active = -1;
  line.setAttribute("role", "combobox");
  line.setAttribute("aria-autocomplete", "list");
  line.setAttribute("aria-controls", list.id);

  const mark = (i) => {
    active = i;
    [...list.children].forEach((o, n) => o.setAttribute("aria-selected", String(n === i)));
    if (i < 0) { line.removeAttribute("aria-activedescendant"); return; }
    line.setAttribute("aria-activedescendant", list.children[i].id);
    list.children[i].scrollIntoView({ block: "nearest" });
  };
  const shut = () => { list.hidden = true; list.replaceChildren(); line.setAttribute("aria-expanded", "false"); mark(-1); };
  const take = (i) => { line.value = hints[list.children[i].dataset.hint].line; shut(); line.focus(); };

  const offer = () => {
    const typed = line.value.toLowerCase().trimStart();
    const fit = hints.map((h, n) => ({ ...h, n })).filter((h) => h.line.toLowerCase().includes(typed) && h.line !== line.value);
    if (!typed.startsWith("/") || fit.length === 0) { shut(); return; }
    list.replaceChildren(...fit.map((h) => {
      const o = Object.assign(document.createElement("li"), { id: `hint-${h.n}` });
      o.setAttribute("role", "option");
      o.dataset.hint = h.n;
      o.append(Object.assign(document.createElement("code"), { textContent: h.line }), " ", Object.assign(document.createElement("span"), { className: "says", textContent: h.says }));
      return o;
    }));
    list.hidden = false;
    line.setAttribute("aria-expanded", "true");
    mark(-1);
  };
  shut();
  line.addEventListener("input", offer);
  line.addEventListener("blur", () => setTimeout(shut, 150));
  line.form.addEventListener("submit", shut);
  list.addEventListener("mousedown", (e) => {
    const o = e.target.closest("[role=option]");
    if (!o) return;
    e.preventDefault();
    take([...list.children].indexOf(o));
  });
  line.addEventListener("keydown", (e) => {
    const n = list.children.length;
    if (list.hidden) { if (e.key === "ArrowDown" && line.value.startsWith("/")) { e.preventDefault(); offer(); } return; }
    if (e.key === "ArrowDown") { e.preventDefault(); mark((active + 1) % n); }
    else if (e.key === "ArrowUp") { e.preventDefault(); mark((active + n + (active < 0 ? 0 : -1)) % n); }
    else if (e.key === "Escape") { e.preventDefault(); shut(); }
    else if ((e.key === "Enter" || e.key === "Tab") && active >= 0) { e.preventDefault(); take(active); }
  });
  // An entry of the help is taken where it stands, without a page of its own.
  $("help").addEventListener("click", (e) => {
    const a = e.target.closest("a[data-line]");
    if (!a || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    $("help").open = false;
    line.value = a.dataset.line;
    line.focus();
  });
})();
