/* A wall: it turns through its pages, one message at a time, for weeks.
 *
 * All there is to show is one document; what has nothing to show is left out. Every text is set as text, never as markup, and a page is
 * drawn again only when something on it changed.
 */

import { board } from "./board.js";
import { countdown, event, honours, notices } from "./news.js";
import { isTouched, preshift } from "./question.js";
import { at, dotted, fit, follow, keepMoving, loadAgain, now, say, setClock, wallMinutes, wallTime } from "./wall.js";

const PAGES = { board, preshift, honours, event, countdown, notices };
const PARTS = ["state", "board", "news", "question", "flash"];
const FLASH_MS = 10000;
const ASK_MS = 60000;
const MANY = 6;
const TOO_MANY = 14;

const root = at("tv");
const texts = JSON.parse(at("texts").textContent);
const state = JSON.parse(at("document").textContent);
let look = JSON.parse(at("look").textContent);
const isStill = !root.dataset.eventsUrl; // a picture of the wall on a desk
const spread = Math.random() * 20000; // walls do not all ask at the same moment

const drawn = {};
let place = 0;
let lap = 0;
let shown = null; // the page and the slide on the wall
let shownAt = performance.now();
let heardAt = 0; // by the clock of the server
let askedAt = 0;
let isOff = false;
let ask = null;
let flashing = 0;

/* ---- which page ---- */

const isWithin = (span) => span[0] <= wallMinutes() && wallMinutes() < span[1];

function isAsleep() {
  if (!look.awake || isStill) return false;
  const [begin, end] = look.awake;
  const minutes = wallMinutes();
  return begin < end ? minutes < begin || minutes >= end : minutes < begin && minutes >= end;
}

/** In its hours the question has the wall to itself; out of them it is left out. */
function wanted() {
  const has = look.pages.some((page) => page[0] === "preshift");
  if (!has || look.pages.length === 1) return look.pages;
  const isHour = look.hours.some(isWithin);
  return look.pages.filter((page) => (page[0] === "preshift") === isHour);
}

function allSlides(pages) {
  const found = [];
  const context = { state, look, isOff, lap };
  for (const [id, seconds] of pages) {
    PAGES[id].slides(context).forEach((slide, n) => found.push({ page: PAGES[id], key: id + n, slide, seconds }));
  }
  return found;
}

/** All that can be shown now; where that is nothing, the board says what will be there. */
function slides() {
  const found = allSlides(wanted());
  if (found.length) return found;
  const rest = allSlides(look.pages.filter((page) => page[0] !== "preshift"));
  if (rest.length) return rest;
  return [{ page: board, key: "board0", slide: board.empty({ state }), seconds: 12 }];
}

function turn() {
  place += 1;
  if (place >= slides().length) {
    place = 0;
    lap += 1;
  }
  shown = null;
  shownAt = performance.now();
  show();
}

/* ---- drawing ---- */

function show() {
  const asleep = isAsleep();
  root.classList.toggle("is-asleep", asleep);
  at("sleep").hidden = !asleep;
  if (asleep) {
    drawSleep();
    return;
  }
  const all = slides();
  const again = shown ? all.findIndex((one) => one.key === shown.key) : -1;
  if (shown && again !== -1 && performance.now() - shownAt < shown.seconds * 1000) place = again; // what came before it grew or shrank
  if (place >= all.length) place = 0;
  const one = all[place];
  if (shown && shown.key !== one.key) shownAt = performance.now();
  shown = one;
  for (const id of Object.keys(PAGES)) at("page-" + id).hidden = id !== one.page.id;
  drawHead(one);
  at("offline").hidden = !isOff;
  root.classList.toggle("is-off", isOff);
  root.classList.toggle("has-question", one.page === preshift);
  root.classList.toggle("has-touch", one.page === preshift && isTouched(state.question));
  at("touch").hidden = !root.classList.contains("has-touch");
  drawFoot();
  drawDots(all.length);
  const now = JSON.stringify([one.slide, look.theme, look.distance_m, isOff, innerWidth, innerHeight]);
  if (drawn[one.page.id] === now) return; // the same as last time: nothing moves
  drawn[one.page.id] = now;
  one.page.draw(one.slide, texts);
}

function drawHead(one) {
  const head = one.page.head(one.slide, texts);
  at("title").textContent = head.title;
  dotted(at("scope"), head.scope);
  at("day").textContent = head.end ? head.end[0] : "";
  at("weekday").textContent = head.end ? head.end[1] : "";
}

function drawFoot() {
  const { page, slide } = shown;
  const since = heardAt ? wallTime(heardAt) : "";
  const time = (page.time && page.time(slide)) || since;
  at("foot").textContent = isOff ? texts.resumes : page.foot(slide, { lap, texts });
  at("count").textContent = page.extra ? page.extra(slide) : "";
  at("count").hidden = !at("count").textContent;
  at("clock").textContent = page.now ? page.now() : isOff ? say(texts.now, { time: wallTime() }) : time && say(texts.as_of, { time });
  if (!isOff) return;
  at("stale").textContent = say(texts[page.stale || "stale"], { time });
  fit(at("stale"), 0.5);
}

function drawDots(total) {
  const dots = at("pages");
  dots.hidden = total < 2 || isOff;
  const now = place + "/" + total;
  if (dots.dataset.now === now) return;
  dots.dataset.now = now;
  dots.textContent = "";
  dots.className = total > MANY ? "pages pages--many" : "pages";
  dots.setAttribute("aria-label", say(texts.page, { n: place + 1, total }));
  if (total > TOO_MANY) {
    dots.textContent = place + 1 + " / " + total;
    return;
  }
  for (let n = 0; n < total; n += 1) dots.appendChild(document.createElement("i")).className = n === place ? "on" : "";
}

/** Outside its hours the wall is dark but for a small clock, which is somewhere else every minute. */
function drawSleep() {
  const minutes = wallMinutes();
  const clock = at("sleep-clock");
  clock.textContent = wallTime();
  clock.style.left = 8 + ((minutes * 37) % 70) + "%";
  clock.style.top = 8 + ((minutes * 23) % 74) + "%";
}

function dress() {
  root.className = "tv " + (look.theme === "light" ? "light" : "dark") + " tv--m" + look.distance_m;
  document.documentElement.classList.toggle("tv-page--light", look.theme === "light");
}

/* ---- what arrives ---- */

function acceptLook(arrived) {
  if (!arrived || !Array.isArray(arrived.pages)) return;
  if (arrived.assets !== look.assets) loadAgain();
  const isOther = arrived.theme !== look.theme || arrived.distance_m !== look.distance_m;
  look = arrived;
  setClock(look.now);
  if (isOther) dress();
}

function accept(part, value) {
  heardAt = now();
  if (!value) return;
  if (part === "flash") {
    flash(value.name);
    return;
  }
  if (part === "state") {
    acceptLook(value.look);
    for (const one of ["board", "news", "question"]) state[one] = value[one];
  } else {
    state[part] = value;
    // A part that was missed: this one tells of it.
    if (part === "board" && ask && value.n !== undefined && state.news && value.n !== state.news.n) ask();
  }
  show();
}

/** Make oneself known to somebody who looks for this display: a frame and a name, for ten seconds. */
function flash(name) {
  at("flash-name").textContent = name || look.name;
  at("flash").hidden = false;
  clearTimeout(flashing);
  flashing = setTimeout(() => {
    at("flash").hidden = true;
  }, FLASH_MS);
}

/** The clock alone changes what is shown: a new day, a new shift, an event that began. */
function askWhenDue() {
  const parts = [state.news, state.question].filter((part) => part && part.until);
  const isDue = parts.some((part) => now() > Date.parse(part.until) + spread);
  if (!isDue || !ask || performance.now() - askedAt < ASK_MS) return;
  askedAt = performance.now();
  ask();
}

/* ---- the clockwork ---- */

setInterval(() => {
  askWhenDue();
  if (shown && !isAsleep() && performance.now() - shownAt >= shown.seconds * 1000) turn();
}, 1000);
setInterval(show, 5000); // the clock, the hours

window.addEventListener("resize", show);
setClock(look.now);
heardAt = now();
dress();
show();
if (!isStill) {
  keepMoving(root);
  ask = follow({
    urls: { events: root.dataset.eventsUrl, poll: root.dataset.pollUrl, pair: root.dataset.pairUrl, status: root.dataset.statusUrl },
    parts: PARTS,
    accept,
    setOff(isSilent) {
      isOff = isSilent;
      show();
    },
  });
}
