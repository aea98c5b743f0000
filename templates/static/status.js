"use strict";
// The list of devices is replaced when the server says that it has changed. Without this, a reload shows the same.
{
  const list = document.getElementById("devices");
  const parts = [list, document.getElementById("totals")];
  let shown = null;
  let due = false;

  // Nothing is taken away from under somebody's keyboard: what has changed waits until the focus has left.
  async function renew() {
    due = parts.some((part) => part.contains(document.activeElement));
    if (due) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    due = parts.some((part) => part.contains(document.activeElement));
    if (due) return;
    for (const part of parts) {
      const fresh = page.getElementById(part.id);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
  }

  for (const part of list ? parts : []) {
    part.addEventListener("focusout", () => setTimeout(() => due && renew()));
  }

  if (list && "EventSource" in window) {
    new EventSource(list.dataset.live).addEventListener("state", (event) => {
      if (shown !== null && shown !== event.data) renew();
      shown = event.data;
    });
  }
}
