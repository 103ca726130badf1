/* Keys, live updates and clocks for the desk. Every page works without this file. */
(() => {
  "use strict";
  const KEYS_OFF = "makegood-keys-off";
  const typing = (at) => at.closest("input, textarea, select, [contenteditable]") !== null;
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const keysOff = () => localStorage.getItem(KEYS_OFF) === "1";

  function openAct(name) {
    const act = one(`details[data-act="${name}"]`);
    if (!act) return false;
    act.open = true;
    act.querySelector("textarea, select, input:not([type=hidden])")?.focus();
    return true;
  }

  function step(by) {
    const cases = all("a.case").filter((a) => a.offsetParent !== null);
    if (!cases.length) return false;
    const focused = cases.indexOf(document.activeElement);
    const here = focused >= 0 ? focused : cases.findIndex((a) => a.hasAttribute("aria-current"));
    const next = cases[Math.min(Math.max(here + by, 0), cases.length - 1)];
    next.focus();
    return true;
  }

  function press(key) {
    if (key === "?") { one("#help")?.showModal(); return true; }
    if (key === "/") { one("#search")?.focus(); return true; }
    if (key === "j") return step(1);
    if (key === "k") return step(-1);
    if (/^[1-9]$/.test(key)) {
      const button = one(`button[data-key="${key}"]`);
      button?.focus();
      button?.click();
      return button !== null;
    }
    const acts = { g: "grant", h: "hand-over", n: "note", c: "call", r: "reply" };
    if (key === "f" || key === "y") {
      const act = `button[data-act="${key === "f" ? "failure" : "triage"}"]`; // of the letter in focus, else of the latest
      const button = one(`.letter:focus-within ${act}`) || one(act);
      button?.click();
      return button !== null;
    }
    return key in acts && openAct(acts[key]);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (keysOff() && event.key !== "?") return;
    if (typing(event.target) || one("dialog[open]")) return;
    if (press(event.key)) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    if (event.target.id === "keys-off") localStorage.setItem(KEYS_OFF, event.target.checked ? "1" : "0");
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) one("#help")?.close();
    if (event.target.closest("[data-open-help]")) one("#help")?.showModal();
  });
  // One click, one order: the server also knows the form's token.
  document.addEventListener("submit", (event) => {
    for (const button of event.target.querySelectorAll("button")) setTimeout(() => { button.disabled = true; });
  });
  window.addEventListener("pageshow", () => all("form button").forEach((b) => { b.disabled = false; }));

  /* Clocks count down between two looks at the server. */
  const offset = Number(document.body.dataset.now || Date.now()) - Date.now();
  function spanOf(ms) {
    const seconds = Math.floor(Math.abs(ms) / 1000);
    if (seconds >= 3600) return null;
    const two = (n) => String(n).padStart(2, "0");
    return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  }
  function tick() {
    for (const clock of all("[data-due]")) {
      const left = Number(clock.dataset.due) - (Date.now() + offset);
      const words = spanOf(left);
      if (words === null) continue;
      clock.textContent = left < 0 ? `${words} late` : words;
      clock.classList.toggle("late", left < 0);
    }
  }

  const kept = (field) => field.matches(".letter textarea") && field.value === field.defaultValue; // a draft comes again
  /* What somebody writes is never taken away: the page says that it changed and waits. */
  function writing(part) {
    return [...part.querySelectorAll("details[open] textarea, details[open] input:not([type=hidden])")]
      .some((field) => field.value.trim() !== "" && !kept(field)) || part.contains(document.activeElement) && typing(document.activeElement);
  }
  function changed() {
    const part = one("[data-live]");
    if (!part || !window.htmx) return;
    if (writing(part)) { one("#changed")?.removeAttribute("hidden"); return; }
    drawn = Date.now();
    window.htmx.ajax("GET", part.dataset.live, { target: part, swap: "innerHTML" });
  }
  let waiting = 0;
  // A busy firm changes many times a second; a page is drawn at most every other second.
  function soon() { waiting ||= setTimeout(() => { waiting = 0; changed(); }, waitMs()); }
  let drawn = 0;
  function waitMs() { return Math.max(100, drawn + 2000 - Date.now()); }
  function listen() {
    const url = document.body.dataset.liveUrl;
    if (!url || !window.EventSource) { setInterval(soon, 30000); return; }
    const source = new EventSource(url);
    let fallback = 0;
    source.onopen = () => { clearInterval(fallback); fallback = 0; };
    source.onmessage = soon;
    source.addEventListener("changed", (event) => {
      const mine = one("[data-live]")?.dataset.case;
      const { cases = [] } = JSON.parse(event.data);
      if (!mine || !cases.length || cases.includes(mine)) soon();
    });
    // Without the live channel the page asks by itself.
    source.onerror = () => { if (!fallback) fallback = setInterval(soon, 30000); };
    window.addEventListener("pagehide", () => source.close());
  }
  /* A mistake of the rule book names a line of its text: show that line. */
  function showLine() {
    const text = one("textarea.whole");
    const line = Number(new URLSearchParams(location.search).get("line"));
    if (!text || !line) return;
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus({ preventScroll: true });
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    text.scrollTop = text.scrollHeight * Math.max(line - 6, 0) / lines.length;
  }
  window.addEventListener("makegood:look", soon); // whoever embeds the page may ask it to look
  document.addEventListener("DOMContentLoaded", () => {
    // Where a row of links is wider than the screen, where one is stands in sight.
    for (const here of all("nav [aria-current]")) {
      const row = here.closest("nav");
      row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
    }
    const off = one("#keys-off");
    if (off) off.checked = keysOff();
    if (one("[data-due]")) { tick(); setInterval(tick, 1000); }
    if (one("[data-live]")) listen();
    showLine();
  });
})();
