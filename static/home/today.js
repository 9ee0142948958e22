/* Answers that an earlier visit left on this device are sent from here too. */

import { waiting, watch } from "../core/outbox.js";

const texts = JSON.parse(document.getElementById("texts").textContent);
const banner = document.getElementById("unsent");

function tell() {
  const count = waiting().length;
  banner.hidden = !count;
  banner.querySelector("p").textContent = texts.kept.replace("{n}", count);
  return count;
}

if (tell()) {
  watch(() => {
    // What the page says about today's set has changed.
    if (!tell()) location.reload();
  });
}
