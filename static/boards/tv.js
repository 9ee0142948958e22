/* The board on a wall.
 *
 * The board arrives whole, as JSON; wall.js fetches it and recovers by itself. Every text is set as text, never as markup.
 */

import { fit, follow, keepMoving, make, say, wallClock } from "./wall.js";

const PAGE_MS = 12000;
const KEPT = "zhixing:board";
const SHAPES = { up: "M5 1 10 9.4H0z", down: "M5 9 0 .6h10z", same: "M0 4.2h10v1.6H0z" };

const root = document.getElementById("tv");
const at = (id) => document.getElementById(id);
const texts = JSON.parse(at("texts").textContent);
const capacity = Number(root.dataset.rows);

let board = JSON.parse(at("board-data").textContent) || recall();
let turn = 0;
let isOff = false;

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
  at("clock").textContent = isOff ? say(texts.now, { time: wallClock(board && board.as_of) }) : time && say(texts.as_of, { time });
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

/* ---- the clockwork ---- */

setInterval(() => {
  turn += 1;
  render();
}, PAGE_MS);

window.addEventListener("resize", render);
render();
keepMoving(root);
follow({
  root,
  name: "board",
  accept,
  setOff(isSilent) {
    isOff = isSilent;
    render();
  },
});
