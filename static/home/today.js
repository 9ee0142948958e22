/* Answers that an earlier visit left on this device are sent from here too. */

import { desk, isOnlyHere, waiting, watch } from "../core/outbox.js";
import { clearSets } from "../quizzes/carried.js";

const texts = JSON.parse(document.getElementById("texts").textContent);
const banner = document.getElementById("unsent");
const SENT = "zhixing:sent"; // how many answers went from here just before the page was drawn anew

function line(text, isGood) {
  banner.classList.toggle("banner--ok", isGood);
  banner.querySelectorAll("[data-sign]").forEach((sign) => { sign.hidden = sign.dataset.sign !== (isGood ? "ok" : "off"); });
  banner.querySelector("strong").textContent = text;
  banner.querySelector("[data-rest]").textContent = "";
  banner.hidden = false;
}

async function settled(pairs) {
  const kept = (await waiting()).length;
  const sent = pairs.filter(({ result }) => result.outcome === "done").length;
  const refused = pairs.find(({ result }) => result.outcome === "refused" || result.outcome === "again");
  if (sent && !kept && !refused) {
    sessionStorage.setItem(SENT, sent);
    location.reload(); // what the page says about today's set has changed
  } else if (refused) line(refused.result.message || texts.again, false);
  else if (kept) line((isOnlyHere() ? texts.loose : texts.kept).replace("{n}", kept), false);
}

async function begin() {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent) line(texts.sent.replace("{n}", sent), true);
  document.addEventListener("click", () => { if (banner.classList.contains("banner--ok")) banner.hidden = true; });
  const kept = (await waiting()).length;
  if (kept) line(texts.kept.replace("{n}", kept), false);
  watch(settled);
  if (desk.person) clearSets(desk.person);
}

begin();
