"use strict";
// The list of devices is replaced when the server says that it has changed. Without this, a reload shows the same.
{
  const list = document.getElementById("devices");
  let shown = null;

  async function renew() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("devices");
    if (fresh && !list.contains(document.activeElement)) list.replaceChildren(...fresh.childNodes);
  }

  if (list && "EventSource" in window) {
    new EventSource(list.dataset.live).addEventListener("state", (event) => {
      if (shown !== null && shown !== event.data) renew();
      shown = event.data;
    });
  }
}
