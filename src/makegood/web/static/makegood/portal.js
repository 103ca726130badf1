/* Tells the firm that its page was really opened: a program that only looks at links runs no
   script. And looks again by itself while offers are being confirmed. */
(() => {
  "use strict";
  const { opened, waiting } = document.body.dataset;
  if (opened) fetch(opened, { method: "POST", keepalive: true }).catch(() => {});
  // What somebody wrote or marked is never taken away.
  const isWriting = () => [...document.querySelectorAll("textarea")].some((field) => field.value !== "")
    || document.querySelector("input:checked") !== null;
  if (waiting) setInterval(() => { if (!isWriting()) location.reload(); }, Number(waiting) * 1000);
})();
