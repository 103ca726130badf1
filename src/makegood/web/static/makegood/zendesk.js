// Asks Zendesk which ticket is open, and Makegood for its card; the card itself has no script.
(() => {
  "use strict";
  const place = document.getElementById("card");
  const client = window.ZAFClient ? window.ZAFClient.init() : null;

  const say = (words) => {
    const line = document.createElement("p");
    line.className = "notice warn";
    line.setAttribute("role", "alert");
    line.textContent = words;
    place.replaceChildren(line);
    fit();
  };
  const fit = () => {
    place.setAttribute("aria-busy", "false");
    if (client) client.invoke("resize", { width: "100%", height: `${document.body.scrollHeight + 8}px` });
  };
  const show = async () => {
    place.setAttribute("aria-busy", "true");
    const found = await client.get("ticket.id");
    const body = new URLSearchParams({ pass: place.dataset.pass, ticket: String(found["ticket.id"] ?? "") });
    const answer = await fetch(place.dataset.cardUrl, { method: "POST", body, credentials: "omit", cache: "no-store" });
    if (!answer.ok && answer.status !== 401) return say("Makegood could not be asked. Try again in a moment.");
    place.innerHTML = await answer.text();
    for (const button of place.querySelectorAll("[data-again]")) button.addEventListener("click", again);
    fit();
  };
  const again = () => show().catch(() => say("Makegood did not answer. Reload the apps of this ticket."));

  if (client) again();
  else say("Zendesk's app framework could not be loaded, so the ticket is not known.");
})();
