/* One question: the verdict appears in its place, and an answer given without a network waits on the device.
   Without this script the page is a plain form. */

import { desk, drop, keep, send, waiting, watch } from "../core/outbox.js";

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
  if (!sent.querySelector('input[name="option"]:checked')) {
    complain(texts.choose);
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
  if (!isHere) return;
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
    const link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = texts.sign_in;
    rest.appendChild(link);
  } else {
    rest.textContent = keep(waiting()[0]) ? texts.resend : texts.unkept;
  }
}

/* ---- the verdict ---- */

function show(html) {
  const arrived = new DOMParser().parseFromString(html, "text/html").getElementById("taken");
  hush();
  document.getElementById("taken").replaceWith(document.importNode(arrived, true));
  offerReading();
  const verdict = document.getElementById("verdict");
  if (!verdict) return;
  const isTall = verdict.offsetHeight > window.innerHeight;
  verdict.scrollIntoView({ block: isTall ? "start" : "nearest" });
  document.getElementById("word").focus({ preventScroll: true });
}

/* ---- reading aloud ---- */

const voice = "speechSynthesis" in window ? window.speechSynthesis : null;

function spoken() {
  const parts = [document.getElementById("stem").textContent];
  for (const box of document.querySelectorAll(".option__box")) {
    parts.push(box.querySelector(".option__letter").textContent.trim() + " " + box.querySelector(".option__text").textContent.trim());
  }
  for (const id of ["word", "why"]) {
    const part = document.getElementById(id);
    if (part) parts.push(part.textContent);
  }
  return parts.join("\n");
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
  const option = document.querySelectorAll('input[name="option"]')[place];
  if (!option || option.disabled) return false;
  option.click();
  option.focus({ preventScroll: true });
  return true;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Enter") {
    if (event.target.closest("a, button, summary")) return;
    const next = document.getElementById("next") || document.getElementById("submit");
    if (!next) return;
    event.preventDefault();
    next.click();
  } else if (event.key.length === 1 && form() && choose(event.key)) {
    event.preventDefault();
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "quiz" || !desk.person) return;
  event.preventDefault();
  submit(event.target);
});
document.addEventListener("change", (event) => {
  const note = document.getElementById("note");
  if (note && event.target.name === "option") note.hidden = true;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#read")) read();
});
document.addEventListener("keydown", onKey);
window.addEventListener("pagehide", hush);

offerReading();
if (waiting().some((record) => form() && record.url === form().action)) {
  isBusy = true;
  lock(texts.sending);
}
watch(settle);
