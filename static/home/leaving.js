/* Signing out: what is kept on this device goes to the server first. What cannot go stays for the person's next visit,
   and the person decides. Sets that were carried along are taken out. */

import { clearSets } from "../quizzes/carried.js";
import { flush, waiting } from "../core/outbox.js";

const form = document.getElementById("sign-out");
const notice = document.getElementById("unsent-leaving");

async function leave() {
  await clearSets("");
  form.submit();
}

function ask(count) {
  const words = notice.querySelector("[data-words]");
  if (!words.dataset.text) words.dataset.text = words.textContent;
  words.textContent = words.dataset.text.replace("{n}", count);
  form.hidden = true;
  notice.hidden = false;
  notice.querySelector("h2").focus({ preventScroll: true });
  notice.scrollIntoView({ block: "center" }); // above the bar of tabs
}

async function signOut() {
  const button = form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  if ((await waiting()).length) await flush();
  const count = (await waiting()).length;
  button.removeAttribute("aria-disabled");
  if (count) ask(count);
  else await leave();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  signOut();
});
notice.querySelector("[data-stay]").addEventListener("click", () => {
  notice.hidden = true;
  form.hidden = false;
  form.querySelector("button").focus();
});
notice.querySelector("[data-leave]").addEventListener("click", leave);
