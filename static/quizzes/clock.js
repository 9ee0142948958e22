/* The calm clock of a timed set: a bar that shrinks, words by the minute, digits in the last ten seconds only.
   It may be hidden; what is said five minutes and one minute before the end is said all the same. */

const HIDDEN = "zhixing:hide-timer";
const NOTICES = [300, 60]; // seconds
const DIGITS = 10;

const line = document.getElementById("timer");
let texts = {};
let deadline = 0;
let ahead = 0; // how far the server's clock is before this one, in milliseconds
let whole = 0;
let said = Infinity;
let isOver = true;
let over = () => {};

const left = () => Math.max(0, (deadline - Date.now() - ahead) / 1000);
const say = (text, n) => text.replace("{n}", n);
const part = (name) => line.querySelector(`[data-part="${name}"]`);

function isHidden() {
  try {
    return localStorage.getItem(HIDDEN) === "1";
  } catch (error) {
    return line.dataset.hidden === "1";
  }
}

function hide(isAway) {
  line.dataset.hidden = isAway ? "1" : "";
  try {
    localStorage.setItem(HIDDEN, isAway ? "1" : "");
  } catch (error) {
    // It stays so on this page.
  }
  paint();
}

function words(seconds) {
  if (seconds <= DIGITS) return say(texts.seconds, Math.ceil(seconds));
  return seconds <= 60 ? texts.last_minute : say(texts.minutes, Math.ceil(seconds / 60));
}

function paint() {
  const seconds = left();
  const isAway = isHidden();
  part("bar").hidden = part("words").hidden = isAway;
  part("fill").style.width = `${Math.min(100, (100 * seconds) / whole)}%`;
  line.classList.toggle("timer-line--soon", seconds <= Math.min(NOTICES[0], whole / 5));
  const text = words(seconds);
  if (part("words").textContent !== text) part("words").textContent = text;
  part("hide").textContent = isAway ? texts.show_timer : texts.hide_timer;
}

/* The last notice whose time is over: it is not said again. */
const passed = () => Math.min.apply(null, NOTICES.filter((at) => left() <= at).concat(Infinity));

function announce() {
  if (passed() >= said || whole <= passed()) return;
  said = passed();
  part("notice").textContent = say(texts.time_left, Math.round(said / 60));
}

function tick() {
  paint();
  announce();
  if (left() > 0 || isOver) return;
  isOver = true;
  over();
}

/** Take the server's moment, and a deadline that has moved: time that was lost is given back. */
export function adjust(data) {
  if (!line || !data) return;
  if (data.now) ahead = Date.parse(data.now) - Date.now();
  const moved = data.deadline ? Date.parse(data.deadline) : 0;
  if (!(moved > 0) || moved === deadline) return;
  whole += deadline ? (moved - deadline) / 1000 : 0;
  deadline = moved;
  isOver = left() <= 0 && isOver;
  said = passed();
  part("until").textContent = new Date(deadline).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: line.dataset.zone || undefined });
  paint();
}

/** Start the clock of this page, if it has one; `ended` is called once when the time is over. */
export function startClock(words, ended) {
  if (!line || !line.dataset.deadline) return;
  texts = words;
  over = ended;
  ahead = Date.parse(line.dataset.now) - Date.now();
  deadline = Date.parse(line.dataset.deadline);
  whole = Number(line.dataset.limit) || Math.max(left(), 1);
  said = passed();
  isOver = false;
  part("hide").hidden = false;
  part("hide").addEventListener("click", () => hide(!isHidden()));
  setInterval(tick, 1000);
  tick();
}
