/* Tells the firm that its page was really opened: a program that only looks at links runs no
   script. And looks again by itself while offers are being confirmed. */
(() => {
  "use strict";
  const { opened, waiting } = document.body.dataset;
  if (opened) fetch(opened, { method: "POST", keepalive: true }).catch(() => {});
  const isWriting = () => [...document.querySelectorAll("textarea")].some((field) => field.value !== "");
  if (waiting) setInterval(() => { if (!isWriting()) location.reload(); }, Number(waiting) * 1000);
})();
