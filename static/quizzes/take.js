/* One question: the verdict appears in its place, and an answer given without a network waits on the device.
   Without this script the page is a plain form. */

import { desk, drop, keep, send, waiting, watch } from "../core/outbox.js";
import { enhance, isAnswered } from "./answering.js";

const texts = JSON.parse(document.getElementById("texts").textContent);
const banner = document.getElementById("unsent");
let isBusy = false;

const say = (text, n) => text.replace("{n}", n);
const form = () => document.getElementById("quiz");

/* ---- the answer ---- */

function toRecord(sent) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(sent)) {
    // A token in the body would be believed before the fresh one in the header.
    if (name !== "csrf_token") fields.append(name, value);
  }
  return { url: sent.action, body: fields.toString(), uuid: fields.get("submission_uuid"), person: desk.person };
}

function complain(text) {
  const note = document.getElementById("note");
  note.querySelector("span").textContent = text;
  note.hidden = false;
  note.scrollIntoView({ block: "nearest" });
}

function lock(label) {
  const button = document.getElementById("submit");
  document.getElementById("options").disabled = true;
  button.setAttribute("aria-disabled", "true");
  if (label) button.textContent = label;
}

async function submit(sent) {
  if (isBusy) return;
  if (!isAnswered(sent)) {
    complain(sent.querySelector("#options > .choice") ? texts.choose : texts.answer);
    return;
  }
  isBusy = true;
  const record = toRecord(sent); // before the lock: a disabled field is not part of the form
  lock("");
  keep(record);
  const slow = setTimeout(() => lock(texts.sending), 400);
  const result = await send(record, true);
  clearTimeout(slow);
  if (result.outcome !== "later" && result.outcome !== "signed_out") drop(record.uuid);
  settle(record, result);
}

function settle(record, result) {
  const isHere = form() && form().action === record.url;
  if (result.outcome === "later" || result.outcome === "signed_out") {
    if (isHere) lock(texts.waiting);
    isBusy = true;
    tell(result.outcome);
    return;
  }
  isBusy = false;
  tell("");
  if (!isHere) {
    if (result.outcome === "again") ask(record); // sent later, from another page: its own is not open
    return;
  }
  if (result.html) show(result.html);
  else location.replace(record.url); // the server explains on the page itself
}

function tell(outcome) {
  const count = waiting().length;
  banner.hidden = !outcome || !count;
  if (banner.hidden) return;
  const isSignedOut = outcome === "signed_out";
  banner.querySelector("strong").textContent = say(isSignedOut ? texts.expired : texts.kept, count);
  const rest = banner.querySelector("span");
  rest.textContent = "";
  if (isSignedOut) {
    rest.appendChild(link(texts.sign_in, location.pathname));
  } else {
    rest.textContent = keep(waiting()[0]) ? texts.resend : texts.unkept;
  }
}

function link(text, address) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = text;
  return made;
}

function ask(record) {
  banner.querySelector("strong").textContent = texts.again;
  const rest = banner.querySelector("span");
  rest.textContent = "";
  rest.appendChild(link(texts.open, record.url));
  banner.hidden = false;
}

/* ---- the verdict ---- */

function show(html) {
  const arrived = new DOMParser().parseFromString(html, "text/html").getElementById("taken");
  hush();
  document.getElementById("taken").replaceWith(document.importNode(arrived, true));
  prepare();
  const verdict = document.getElementById("verdict");
  if (!verdict) return;
  const isTall = verdict.offsetHeight > window.innerHeight;
  verdict.scrollIntoView({ block: isTall ? "start" : "nearest" });
  document.getElementById("word").focus({ preventScroll: true });
}

/* ---- reading aloud ---- */

const voice = "speechSynthesis" in window ? window.speechSynthesis : null;

/* What is to be heard, in the order of the page; a field is heard as what stands in it, or as a pause. */
const HEARD = ".stimulus, .question, .option__box, .order__text, .pair__left, .part__head, .line__label, .line__right, .line__given, .said, #word, #why";

function words(part) {
  const copy = part.cloneNode(true);
  const fields = part.querySelectorAll("input, select");
  copy.querySelectorAll("input, select").forEach((field, at) => {
    const chosen = fields[at].selectedOptions ? fields[at].selectedOptions[0].textContent : fields[at].value;
    field.replaceWith(` ${chosen || "…"} `);
  });
  const text = copy.querySelector(".option__text");
  if (!text) return copy.textContent.trim();
  return `${copy.querySelector(".option__letter").textContent.trim()} ${text.textContent.trim()}`;
}

function spoken() {
  return Array.from(document.getElementById("taken").querySelectorAll(HEARD), words).filter(Boolean).join("\n");
}

function label(isReading) {
  const button = document.getElementById("read");
  const word = button && button.querySelector("span");
  if (!word) return;
  if (!button.dataset.word) button.dataset.word = word.textContent;
  word.textContent = isReading ? texts.stop : button.dataset.word;
}

function hush() {
  if (voice) voice.cancel();
  label(false);
}

function read() {
  if (voice.speaking) {
    hush();
    return;
  }
  const text = spoken();
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = /[\u4e00-\u9fff]/.test(text) ? "zh-CN" : document.documentElement.lang;
  utterance.onend = utterance.onerror = () => label(false);
  voice.speak(utterance);
  label(true);
}

function offerReading() {
  const button = document.getElementById("read");
  if (button && voice) button.hidden = false;
}

/* ---- keys: 1-9 or A-F choose, Enter goes on ---- */

function choose(key) {
  const place = /^[1-9]$/.test(key) ? Number(key) - 1 : "abcdef".indexOf(key.toLowerCase());
  const option = document.querySelectorAll('.option input[name="option"]')[place];
  if (!option || option.matches(":disabled")) return false;
  option.click();
  option.focus({ preventScroll: true });
  return true;
}

const isTyping = (target) => target.matches("select, textarea, input:not([type=radio]):not([type=checkbox])");

/* Enter in a blank leads to the next one that is empty; in the last it submits. */
function goToNextBlank(event) {
  if (!event.target.matches("input.blank")) return false;
  const blanks = Array.from(document.querySelectorAll(".blank"));
  const next = blanks.slice(blanks.indexOf(event.target) + 1).find((blank) => !blank.value);
  if (!next) return false;
  event.preventDefault();
  next.focus();
  return true;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Enter") {
    if (event.target.closest("a, button, summary, select, textarea") || goToNextBlank(event)) return;
    const next = document.getElementById("next") || document.getElementById("submit");
    if (!next) return;
    event.preventDefault();
    next.click();
  } else if (event.key.length === 1 && form() && !isTyping(event.target) && choose(event.key)) {
    event.preventDefault();
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "quiz" || !desk.person) return;
  event.preventDefault();
  submit(event.target);
});
for (const kind of ["change", "input"]) {
  document.addEventListener(kind, (event) => {
    const note = document.getElementById("note");
    if (note && event.target.closest("#options")) note.hidden = true;
  });
}
document.addEventListener("click", (event) => {
  if (event.target.closest("#read")) read();
});
document.addEventListener("keydown", onKey);
window.addEventListener("pagehide", hush);

function prepare() {
  enhance(document.getElementById("taken"), texts);
  offerReading();
}

prepare();
if (waiting().some((record) => form() && record.url === form().action)) {
  isBusy = true;
  lock(texts.sending);
}
watch(settle);
