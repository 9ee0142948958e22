/* One question: the verdict appears in its place. Without a network the answer waits on the device, and the set goes on.
   Without this script the page is a plain form. */

import { desk, drop, flush, givenOf, isKept, isOnlyHere, keep, nextSequence, request, send, waiting, watch } from "../core/outbox.js";
import { hush, offer, read } from "./aloud.js";
import { enhance, isAnswered } from "./answering.js";
import { carry, clearSet, clearSets } from "./carried.js";
import { adjust, startClock } from "./clock.js";
import * as draft from "./draft.js";
import { paint } from "./verdict.js";

const texts = JSON.parse(document.getElementById("texts").textContent);
const banner = document.getElementById("unsent");
const SLOW_MS = 400;
const NEXT_PAGE_MS = 4000;

let set = null; // the whole set, where it is carried along
let isOffline = navigator.onLine === false;
let isBusy = false;
let pending = null; // the record of this page's question while it waits
let isHeld = false; // the question is kept, and the button leads on
let confident = null;
let isTimeOver = false;
let hasNext = true;
const answered = new Set();

const say = (text, n) => text.replace("{n}", n);
const taken = () => document.getElementById("taken");
const form = () => document.getElementById("quiz");
const here = () => Number(taken().dataset.position);
const attempt = () => taken().dataset.attempt;
const button = () => document.getElementById("submit");
const isOf = (record) => record.attempt === attempt();

/* ---- the answer ---- */

function newUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function toRecord(sent) {
  const fields = new FormData(sent);
  // An answer that is changed later is another submission.
  const uuid = sent.dataset.used ? newUuid() : fields.get("submission_uuid");
  sent.dataset.used = "1";
  return { uuid, attempt: attempt(), position: here(), ticket: fields.get("ticket") || "", given: givenOf(fields), sequence: nextSequence(), claimed_at: Date.now(), confident, person: desk.person, url: sent.action };
}

function complain(text) {
  const note = document.getElementById("note");
  note.querySelector("span").textContent = text;
  note.hidden = false;
  note.scrollIntoView({ block: "nearest" });
}

function label(text) {
  if (!button().dataset.word) button().dataset.word = button().textContent;
  button().textContent = text || button().dataset.word;
}

function lock(text, isDead) {
  document.getElementById("options").disabled = true;
  document.querySelectorAll("#quiz .action-bar .btn").forEach((one) => {
    if (isDead) one.setAttribute("aria-disabled", "true");
    else one.removeAttribute("aria-disabled");
    if (one !== button() && !isDead) one.hidden = true;
  });
  if (text) label(text);
}

function unlock() {
  document.getElementById("options").disabled = false;
  document.querySelectorAll("#quiz .action-bar .btn").forEach((one) => one.removeAttribute("aria-disabled"));
  invite();
}

async function submit(sent) {
  if (isHeld) {
    goOn();
    return;
  }
  if (isBusy) return;
  if (!isAnswered(sent)) {
    complain(sent.querySelector("#options > .choice") ? texts.choose : texts.answer);
    return;
  }
  isBusy = true;
  const record = toRecord(sent); // before the lock: a disabled field is not part of the form
  lock("", true);
  pending = record;
  await keep(record);
  if (isOffline && set) {
    await saved();
    return;
  }
  const slow = setTimeout(() => lock(texts.sending, true), SLOW_MS);
  const result = await send(record);
  clearTimeout(slow);
  if (!isKept(result)) await drop([record.uuid]);
  settle([{ record, result }]);
}

/* Saved without waiting for a network that is not there. Should it be back, the letter goes out beside it. */
async function saved() {
  isBusy = false;
  if (isTimeOver) end(await waiting());
  else await goOn();
  if (navigator.onLine !== false) settle(await flush());
}

/** Take what became of answers: the one of this page, or those of others. */
async function settle(pairs) {
  const last = pairs.length ? pairs[pairs.length - 1].result : null;
  if (last) isOffline = last.outcome === "later";
  for (const { record, result } of pairs) {
    adjust(result.data);
    if (result.outcome === "done") draft.clear(record.url);
    if (result.outcome === "done" && isOf(record)) answered.add(record.position);
  }
  const mine = pending && pairs.find(({ record }) => record.uuid === pending.uuid);
  if (mine) await settleHere(mine);
  else if (pending && !(await isWaiting(pending))) await settleHere({ record: pending, result: { outcome: "done", data: null } }); // another tab has sent it
  const sent = pairs.filter(({ record, result }) => result.outcome === "done" && (!mine || record !== mine.record || isTimeOver));
  const failed = pairs.find(({ record, result }) => (result.outcome === "again" || result.outcome === "refused") && (!mine || record !== mine.record));
  await tell(last, sent.map(({ record }) => record), failed);
  if (isTimeOver && last && !isKept(last)) handIn();
  else if (!form() && document.getElementById("all-kept") && !(await waiting()).length) leave();
}

async function isWaiting(record) {
  return (await waiting()).some((one) => one.uuid === record.uuid);
}

async function settleHere({ record, result }) {
  if (isKept(result)) {
    hold(record);
    return;
  }
  const isOpen = form() && here() === record.position && isOf(record);
  isBusy = isHeld = false;
  pending = null;
  if (!isOpen) return;
  if (result.outcome === "again" || (result.outcome === "refused" && result.message)) {
    unlock();
    complain(result.message);
  } else if (result.data && result.data.verdict && !result.data.html) {
    paint(form(), result.data.verdict, result.data.next_url);
    arrive();
  } else if (result.data && result.data.html) {
    show(result.data.html);
    arrive();
  } else if (result.data && result.data.next_url && !isTimeOver) {
    await follow(new URL(result.data.next_url, location.href)); // it is taken, and more is told later
  } else if (!isTimeOver) {
    await fetchHere(record.url);
  }
  if (result.data && result.data.is_final) clearSet(record.attempt);
}

/* The server has confirmed it without saying more: its page says the rest. */
async function fetchHere(url) {
  try {
    const response = await request(url);
    if (response.ok) {
      show(await response.text());
      arrive();
      return;
    }
  } catch (error) {
    // As below.
  }
  location.replace(url);
}

/* The answer waits. Where the set is carried along, the person goes on meanwhile. */
function hold(record) {
  if (!form() || here() !== record.position) return;
  isBusy = true;
  const canGoOn = isOffline && set;
  isHeld = Boolean(canGoOn);
  lock(canGoOn ? texts.next : texts.waiting, !canGoOn);
  hint(later());
}

/* In an exam nothing is shown with the network either. */
const later = () => (taken().dataset.told ? texts.later : "");

function hint(text) {
  const line = document.querySelector("#quiz .action-bar__hint");
  if (!line) return;
  if (!line.dataset.word) line.dataset.word = line.textContent;
  line.textContent = text || line.dataset.word;
}

/* What the button does now: submit, or save and go on. */
function invite() {
  if (!form() || isBusy || isHeld) return;
  const isSaving = isOffline && set;
  hint(isSaving ? later() : "");
  label(isSaving && !document.querySelector("#quiz [data-confident]") ? (hasNext ? texts.save : texts.save_last) : "");
}

/* ---- the banner ---- */

function line(strong, rest, isGood) {
  banner.classList.toggle("banner--ok", Boolean(isGood));
  banner.querySelectorAll("[data-sign]").forEach((sign) => { sign.hidden = sign.dataset.sign !== (isGood ? "ok" : "off"); });
  banner.querySelector("strong").textContent = strong;
  const place = banner.querySelector("[data-rest]");
  place.textContent = "";
  place.appendChild(typeof rest === "string" ? document.createTextNode(rest) : rest);
  banner.hidden = false;
}

function link(text, address) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = text;
  return made;
}

/* Says what is true now: what is kept, where, why, and what has arrived. */
async function tell(result, sent, failed) {
  const kept = await waiting();
  mark(kept);
  invite();
  if (failed) line(failed.result.message || texts.again, link(texts.open, failed.record.url));
  else if (kept.length && result && result.outcome === "signed_out") line(say(texts.expired, kept.length), link(texts.sign_in, location.pathname));
  else if (kept.length && isOnlyHere()) line(say(texts.loose, kept.length), texts.unkept);
  else if (kept.length && (isOffline || (result && result.outcome === "later"))) line(say(result && result.status ? texts.unwell : texts.kept, kept.length), set && hasNext && form() ? texts.resend_and_go_on : texts.resend);
  else if (sent.length) line(say(texts.sent, sent.length), sent.some(isOf) && form() ? link(texts.look_back, sent.find(isOf).url) : "", true);
  else if (!kept.length && !banner.classList.contains("banner--ok")) banner.hidden = true;
}

/* ---- the set ---- */


function mark(kept) {
  const waits = new Set(kept.filter(isOf).map((record) => record.position));
  if (!form() && document.getElementById("verdict")) answered.add(here());
  hasNext = !set || openAfter(kept) !== null;
  document.querySelectorAll(".progress__step").forEach((step, at) => {
    const n = at + 1;
    if (step.classList.contains("progress__step--done")) answered.add(n);
    const isNow = n === here();
    step.classList.toggle("progress__step--kept", waits.has(n) && (!isNow || !form()));
    step.classList.toggle("progress__step--now", isNow && (!waits.has(n) || Boolean(form())));
    step.classList.toggle("progress__step--done", answered.has(n) && !isNow && !waits.has(n));
  });
}

/* The next position without an answer, after this one or from the beginning; null when there is none. */
function openAfter(kept) {
  const closed = new Set(set.answered.concat(Array.from(answered), kept.filter(isOf).map((record) => record.position)));
  const open = set.questions.map((question) => question.position).filter((n) => !closed.has(n) && n !== here());
  return open.find((n) => n > here()) || open[0] || null;
}

function showAt(position) {
  isHeld = isBusy = false;
  pending = null;
  show(set.questions.find((one) => one.position === position).html);
  history.pushState(null, "", new URL(form().action).pathname);
  turn();
}

/* Go on in the carried set. */
async function goOn() {
  const position = openAfter(await waiting());
  isHeld = isBusy = false;
  pending = null;
  if (position) {
    showAt(position);
  } else {
    end(await waiting());
  }
  tell(isOffline ? { outcome: "later", status: 0 } : null, []);
}

/* A step back or forth without a network; what was given there is there. */
async function back(position) {
  if (set.questions.some((one) => one.position === position)) showAt(position);
  tell({ outcome: "later", status: 0 }, []);
}

/* All are answered, and some of them wait here. */
function end(kept) {
  hush();
  const body = taken();
  const page = document.importNode(document.getElementById("kept-page").content, true);
  const words = page.querySelector("[data-kept]");
  words.textContent = say(kept.length ? words.dataset.kept : words.dataset.none, kept.length);
  body.textContent = "";
  body.appendChild(page);
  body.querySelector("h1").focus();
}

/* Everything arrived: the result, or the last look before handing in, is where the set itself leads. */
function leave() {
  clearSet(attempt());
  location.assign(location.pathname.replace(/(\/review)?\/\d+$/, ""));
}

/* The next question arrives without a new page; should the network have died meanwhile, it is here already. */
async function follow(url) {
  const isQuestion = /\/\d+$/.test(url.pathname) && url.pathname.indexOf("/review/") === -1;
  if (!set || !isQuestion || isOffline) {
    if (set && isOffline) goOn();
    else location.assign(url);
    return;
  }
  try {
    const response = await request(url.href, {}, NEXT_PAGE_MS);
    const html = await response.text();
    if (!response.ok || response.redirected || html.indexOf('id="quiz"') === -1) throw new Error("another page");
    show(html);
    history.pushState(null, "", url.pathname);
    turn();
    mark(await waiting());
  } catch (error) {
    if (navigator.onLine !== false && !(error instanceof TypeError) && error.name !== "AbortError") location.assign(url);
    else {
      isOffline = true;
      goOn();
    }
  }
}

/* ---- pictures of the page ---- */

function show(html) {
  const arrived = new DOMParser().parseFromString(html, "text/html");
  const head = arrived.querySelector(".app-bar");
  hush();
  confident = null;
  if (head) document.querySelector(".app-bar").replaceWith(document.importNode(head, true));
  taken().replaceWith(document.importNode(arrived.getElementById("taken"), true));
  if (arrived.title) document.title = arrived.title;
  prepare();
}

/* A new question: the top of the page, its number, its heading for those who hear the page. */
function turn() {
  const count = document.querySelector(".app-bar__count");
  if (count) count.firstChild.textContent = `${here()} `;
  const bar = document.querySelector(".progress");
  if (bar) bar.setAttribute("aria-label", texts.progress.replace("{n}", here()).replace("{total}", bar.children.length));
  window.scrollTo(0, 0);
  const heading = document.getElementById("stem");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function arrive() {
  const verdict = document.getElementById("verdict");
  if (!verdict) return;
  offer();
  const isTall = verdict.offsetHeight > window.innerHeight;
  verdict.scrollIntoView({ block: isTall ? "start" : "nearest" });
  document.getElementById("word").focus({ preventScroll: true });
}

function prepare() {
  if (form()) draft.restore(form());
  enhance(taken(), texts);
  offer();
  invite();
}

/* ---- the end of the time ---- */

function timeIsOver() {
  isTimeOver = true;
  if (form() && !isBusy && isAnswered(form())) submit(form());
  else if (!isBusy) handIn();
}

/* The form that the last look has too. Within the grace a page may still be opened, so this is done once. */
function handIn() {
  const { handIn: action } = document.getElementById("timer").dataset;
  const done = `zhixing:handed-in:${attempt()}`;
  if (sessionStorage.getItem(done) || isOffline) return;
  sessionStorage.setItem(done, "1");
  clearSet(attempt());
  const made = document.createElement("form");
  made.method = "post";
  made.action = action;
  const token = document.createElement("input");
  token.name = "csrf_token";
  token.value = document.querySelector('meta[name="csrf-token"]').content;
  made.appendChild(token);
  made.hidden = true;
  document.body.appendChild(made);
  made.submit();
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
    const next = document.getElementById("next") || button();
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
    if (!event.target.closest("#options")) return;
    document.getElementById("note").hidden = true;
    draft.note(form());
  });
}
document.addEventListener("click", (event) => {
  const { target } = event;
  if (banner.classList.contains("banner--ok") && !target.closest("#unsent")) {
    banner.classList.remove("banner--ok"); // what was good news has been seen
    banner.hidden = true;
  }
  const sure = target.closest("[data-confident]");
  if (sure) confident = sure.dataset.confident === "yes";
  if (target.closest("#read")) read(texts.stop);
  const next = target.closest("#next");
  const step = isOffline && set && target.closest("a.exam-nav__step");
  if (!(next || step) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (next) follow(new URL(next.href));
  else back(Number(step.pathname.split("/").pop()));
});
document.addEventListener("keydown", onKey);
window.addEventListener("pagehide", hush);
window.addEventListener("popstate", () => location.reload());
window.addEventListener("offline", () => {
  isOffline = true;
  invite();
});
window.addEventListener("online", () => {
  isOffline = false;
  invite();
});

async function begin() {
  prepare();
  startClock(texts, timeIsOver);
  const kept = await waiting();
  mark(kept);
  const found = form() && !isBusy && kept.filter(isOf).find((record) => record.position === here());
  if (found) {
    pending = found;
    isBusy = true;
    lock(texts.sending, true);
  }
  watch(settle);
  if (!desk.person || !attempt()) return;
  clearSets(desk.person);
  if (taken().dataset.carry === "no") return;
  set = await carry(attempt());
  if (pending && isOffline) hold(pending);
  else invite();
}

begin();
