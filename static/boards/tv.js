/* The board on a wall.
 *
 * The board arrives whole, as JSON, over server-sent events; where these do not come through, it is fetched. Every text is
 * set as text, never as markup. The page recovers by itself: from a dead network, a restarted server and a new release.
 */

const PAGE_MS = 12000;
const SILENT_MS = 20000; // the server speaks every 10 s
const POLL_MS = 15000;
const SHIFT_MS = 300000;
const RELOAD_PAUSE_MS = 60000;
const KEPT = "zhixing:board";
const RELOADED = "zhixing:reloaded";
const SHAPES = { up: "M5 1 10 9.4H0z", down: "M5 9 0 .6h10z", same: "M0 4.2h10v1.6H0z" };
const SHIFTS = [[0, 0], [3, 1], [2, -2], [-1, -3], [-3, 0], [-2, 2], [1, 3]]; // px, against burn-in

const root = document.getElementById("tv");
const at = (id) => document.getElementById(id);
const texts = JSON.parse(at("texts").textContent);
const capacity = Number(root.dataset.rows);

let board = JSON.parse(at("board-data").textContent) || recall();
let turn = 0;
let isOff = false;
let heardAt = performance.now();

/* ---- words ---- */

function say(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The wall clock, in the board's time zone: a display's own zone is often wrong. */
function clock() {
  const zone = /([+-])(\d\d):(\d\d)$/.exec((board && board.as_of) || "");
  const now = new Date();
  const minutes = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : -now.getTimezoneOffset();
  return new Date(now.getTime() + minutes * 60000).toISOString().slice(11, 16);
}

/* ---- rows ---- */

function moveCell(move) {
  if (move === null) return make("span", "move move--new", texts.new);
  const kind = move > 0 ? "up" : move < 0 ? "down" : "same";
  const cell = make("span", "move move--" + kind);
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const path = document.createElementNS(ns, "path");
  svg.setAttribute("viewBox", "0 0 10 10");
  path.setAttribute("d", SHAPES[kind]);
  svg.appendChild(path);
  cell.setAttribute("role", "img");
  cell.setAttribute("aria-label", say(texts[kind], { n: Math.abs(move) }));
  cell.appendChild(svg);
  if (move) cell.appendChild(document.createTextNode(String(Math.abs(move))));
  return cell;
}

function rowOf([rank, name, move, score], isOwn) {
  const row = make("li", isOwn ? "board-row board-row--own" : "board-row");
  const team = make("span", "team", name);
  if (isOwn) team.appendChild(make("small", "", texts.own));
  row.appendChild(make("span", rank === 1 ? "rank rank--first" : "rank", rank));
  row.appendChild(team);
  row.appendChild(moveCell(move));
  row.appendChild(make("span", "score", score));
  return row;
}

/** A name is never cut: a long one is set smaller. */
function fit(element, least) {
  element.style.fontSize = "";
  const share = element.clientWidth / element.scrollWidth;
  if (share < 1) element.style.fontSize = Math.max(least, share * 0.99) * parseFloat(getComputedStyle(element).fontSize) + "px";
}

/** The pages of the board: one row less on each where a row of one's own is pinned below. */
function pagesOf(room) {
  if (board.rows.length <= room) return [board.rows];
  const length = board.own.length ? room - 1 : room;
  const pages = [];
  for (let start = 0; start < board.rows.length; start += length) pages.push(board.rows.slice(start, start + length));
  return pages;
}

const isSame = (a, b) => a[0] === b[0] && a[1] === b[1];

function render() {
  const has = board && board.rows.length;
  at("title").textContent = (board && board.title) || at("title").textContent;
  renderScope();
  at("empty").hidden = Boolean(has);
  at("board").hidden = !has;
  if (board && board.note && !has) at("empty").textContent = board.note;
  if (has) renderRows(capacity - (isOff ? 1 : 0));
  else at("goal").hidden = true;
  renderFoot();
}

function renderScope() {
  const scope = at("scope");
  scope.textContent = (board && board.scope) || "";
  if (!board || !board.teams) return;
  scope.appendChild(make("i", "dot"));
  scope.appendChild(document.createTextNode(board.teams));
}

function renderRows(room) {
  const pages = pagesOf(room);
  const shown = pages[turn % pages.length];
  const elsewhere = pages.length > 1 ? board.own.filter((own) => !shown.some((row) => isSame(row, own))) : [];
  const pinned = elsewhere.length ? elsewhere[turn % elsewhere.length] : null;
  const list = at("board");
  list.textContent = "";
  for (const row of shown) list.appendChild(rowOf(row, row[4]));
  if (pinned) {
    const gap = list.appendChild(make("li", "board-gap"));
    gap.setAttribute("aria-hidden", "true");
    gap.style.gridRow = String(room); // also below a page that is not full
    list.appendChild(rowOf(pinned, true)).style.gridRow = String(room + 1);
  }
  list.style.gridTemplateRows = pinned
    ? "repeat(" + (room - 1) + ", minmax(0, 1fr)) calc(var(--v) * 1.1) minmax(0, 1fr)"
    : "repeat(" + room + ", minmax(0, 1fr))";
  for (const team of list.querySelectorAll(".team")) fit(team, 0.6);
  renderGoal(pinned || board.own[turn % (board.own.length || 1)]);
  renderPages(turn % pages.length, pages.length);
}

function renderGoal(own) {
  const goal = at("goal");
  goal.hidden = !own || (own[0] !== 1 && own[5] === null);
  if (goal.hidden) return;
  goal.querySelector("b").textContent = own[1];
  goal.querySelector("span").textContent = own[5] === null ? texts.first : say(texts.gap, { rank: own[4], gap: own[5] });
  fit(goal.querySelector("b"), 0.6);
}

function renderPages(current, total) {
  const dots = at("pages");
  dots.textContent = "";
  dots.hidden = total < 2 || isOff;
  dots.className = total > 6 ? "pages pages--many" : "pages";
  dots.setAttribute("aria-label", say(texts.page, { n: current + 1, total }));
  for (let n = 0; n < total; n += 1) dots.appendChild(make("i", n === current ? "on" : ""));
}

function renderFoot() {
  const time = (board && board.clock) || "";
  const lines = board ? [board.rule, board.rows.length ? board.note : null].filter(Boolean) : [];
  at("foot").textContent = isOff ? texts.resumes : lines[turn % (lines.length || 1)] || "";
  at("clock").textContent = isOff ? say(texts.now, { time: clock() }) : time && say(texts.as_of, { time });
  at("stale").textContent = time && say(texts.stale, { time });
  at("offline").hidden = !isOff;
  root.classList.toggle("is-off", isOff);
  if (isOff) fit(at("stale"), 0.5);
}

/* ---- what arrives ---- */

function recall() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch (error) {
    return null;
  }
}

function accept(arrived) {
  if (!arrived || !Array.isArray(arrived.rows)) return;
  board = arrived;
  try {
    localStorage.setItem(KEPT, JSON.stringify(arrived));
  } catch (error) {
    // Storage is a convenience here: the page goes on without it.
  }
  render();
}

function heard() {
  heardAt = performance.now();
  if (!isOff) return;
  isOff = false;
  render();
}

/** A new release or a changed setting: load the page again, but never in a loop. */
function compare(look) {
  if (!look.assets || [look.assets, look.theme, look.distance_m].join(" ") === root.dataset.look) return;
  try {
    const reloadedAt = Number(sessionStorage.getItem(RELOADED)) || 0;
    if (Math.abs(Date.now() - reloadedAt) < RELOAD_PAUSE_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
  } catch (error) {
    return; // without a memory of the last time this could go on for ever
  }
  location.reload();
}

function leave() {
  location.replace(root.dataset.pairUrl);
}

/* ---- stream, and polling where it fails ---- */

let source = null;
let failures = 0;
let poller = 0;

function connect() {
  if (!window.EventSource) {
    startPolling();
    return;
  }
  source = new EventSource(root.dataset.eventsUrl);
  const on = (name, act) =>
    source.addEventListener(name, (event) => {
      failures = 0;
      stopPolling();
      heard();
      if (act) act(JSON.parse(event.data || "null"));
    });
  on("hello", (look) => look && compare(look));
  on("board", accept);
  on("ping");
  on("gone", leave);
  source.onerror = reconnect;
}

function reconnect() {
  if (!source) return;
  source.close();
  source = null;
  failures += 1;
  if (failures >= 3) startPolling();
  const pause = Math.min(30000, 1000 * Math.pow(2, failures - 1));
  setTimeout(connect, pause * (0.75 + Math.random() / 2)); // spread out: all walls lose the server at the same moment
}

function startPolling() {
  if (poller) return;
  poll();
  poller = setInterval(poll, POLL_MS);
}

function stopPolling() {
  clearInterval(poller);
  poller = 0;
}

async function poll() {
  let response;
  try {
    response = await fetch(root.dataset.pollUrl, { credentials: "same-origin", cache: "no-store" });
    if (!response.ok) {
      if ([401, 403, 404, 410].indexOf(response.status) !== -1) leave();
      return;
    }
    const state = await response.json();
    heard();
    compare(state);
    accept(state.board);
  } catch (error) {
    // The band says so after 20 s; the next try is under way.
  }
}

/* ---- the clockwork ---- */

setInterval(() => {
  turn += 1;
  render();
}, PAGE_MS);

setInterval(() => {
  const silence = performance.now() - heardAt;
  if (silence > SILENT_MS && !isOff) {
    isOff = true;
    render();
  }
  if (source && silence > SILENT_MS + 5000) reconnect(); // a half-open connection reports no error
}, 1000);

let shift = 0;
setInterval(() => {
  shift = (shift + 1) % SHIFTS.length;
  root.style.transform = "translate(" + SHIFTS[shift][0] + "px, " + SHIFTS[shift][1] + "px)";
}, SHIFT_MS);

window.addEventListener("resize", render);
render();
connect();
