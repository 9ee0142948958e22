/* The team board: as many rows as can be read from where people stand, the rest page by page, the own team always there. */

import { at, drawing, fit, make, say } from "./wall.js";

const ROOM = { 4: 12, 6: 8, 8: 6, 10: 5 };
const SHAPES = { up: "M5 1 10 9.4H0z", down: "M5 9 0 .6h10z", same: "M0 4.2h10v1.6H0z" };
const STAR = "M12 1.8l3.1 6.6 7.2.9-5.3 5 1.4 7.1L12 17.9l-6.4 3.5 1.4-7.1-5.3-5 7.2-.9z";

const isSame = (a, b) => a[0] === b[0] && a[1] === b[1];

/** The pages of the board: one row less on each where a row of one's own is pinned below. */
function pagesOf(board, room) {
  if (board.rows.length <= room) return [board.rows];
  const length = board.own.length ? room - 1 : room;
  const pages = [];
  for (let start = 0; start < board.rows.length; start += length) pages.push(board.rows.slice(start, start + length));
  return pages;
}

/** What each page of the board shows; the own teams take turns below, from page to page and from lap to lap. */
function slides({ state, look, isOff, lap }) {
  const board = state.board;
  if (!board || !board.rows.length) return [];
  const room = ROOM[look.distance_m] - (isOff ? 1 : 0);
  const pages = pagesOf(board, room);
  return pages.map((rows, n) => {
    const turn = lap * pages.length + n;
    const elsewhere = pages.length > 1 ? board.own.filter((own) => !rows.some((row) => isSame(row, own))) : [];
    const pinned = elsewhere.length ? elsewhere[turn % elsewhere.length] : null;
    return { rows, pinned, room, own: pinned || board.own[turn % (board.own.length || 1)] || null, board };
  });
}

/** A board with nobody on it says what will be there. */
const empty = ({ state }) => ({ rows: [], pinned: null, room: 1, own: null, board: state.board || { rows: [], own: [] } });

function moveCell(move, texts) {
  if (move === null) return make("span", "move move--new", texts.new);
  const kind = move > 0 ? "up" : move < 0 ? "down" : "same";
  const cell = make("span", "move move--" + kind);
  cell.setAttribute("role", "img");
  cell.setAttribute("aria-label", say(texts[kind], { n: Math.abs(move) }));
  cell.appendChild(drawing(SHAPES[kind], "0 0 10 10"));
  if (move) cell.appendChild(document.createTextNode(String(Math.abs(move))));
  return cell;
}

function starsCell(number, texts) {
  const cell = make("span", "stars");
  cell.setAttribute("role", "img");
  cell.setAttribute("aria-label", say(texts.stars, { n: number }));
  for (let n = 0; n < number; n += 1) cell.appendChild(drawing(STAR, "0 0 24 24"));
  return cell;
}

function rowOf([rank, name, move, score], isOwn, isLight, texts) {
  const row = make("li", "board-row" + (isOwn ? " board-row--own" : "") + (isLight ? " board-row--stars" : ""));
  const team = make("span", "team", name);
  if (isOwn) team.appendChild(make("small", "", texts.own));
  if (!isLight) row.appendChild(make("span", rank === 1 ? "rank rank--first" : "rank", rank));
  row.appendChild(team);
  if (!isLight) row.appendChild(moveCell(move, texts));
  row.appendChild(isLight ? starsCell(score, texts) : make("span", "score", score));
  return row;
}

function draw(slide, texts) {
  const { rows, pinned, room, board } = slide;
  const isLight = board.profile === "light";
  const list = at("board");
  at("empty").hidden = Boolean(rows.length);
  if (board.note && !rows.length) at("empty").textContent = board.note;
  list.hidden = !rows.length;
  list.textContent = "";
  for (const row of rows) list.appendChild(rowOf(row, row[4], isLight, texts));
  if (pinned) {
    const gap = list.appendChild(make("li", "board-gap"));
    gap.setAttribute("aria-hidden", "true");
    gap.style.gridRow = String(room); // also below a page that is not full
    list.appendChild(rowOf(pinned, true, isLight, texts)).style.gridRow = String(room + 1);
  }
  list.style.gridTemplateRows = pinned
    ? "repeat(" + (room - 1) + ", minmax(0, 1fr)) calc(var(--v) * 1.1) minmax(0, 1fr)"
    : "repeat(" + room + ", minmax(0, 1fr))";
  for (const team of list.querySelectorAll(".team")) fit(team, 0.6);
  drawGoal(slide.own, board, texts);
}

/** Below the code: what the own team has before it, or where the stars begin. */
function drawGoal(own, board, texts) {
  const goal = at("goal");
  const name = goal.querySelector("b");
  const line = goal.querySelector("span");
  const thresholds = board.thresholds || [];
  if (board.profile === "light") {
    goal.hidden = !thresholds.length;
    name.textContent = texts.thresholds;
    line.textContent = say(texts.scores, { scores: thresholds.join("、") });
  } else {
    goal.hidden = !own || (own[0] !== 1 && own[5] === null);
    if (goal.hidden) return;
    name.textContent = own[1];
    line.textContent = own[5] === null ? texts.first : say(texts.gap, { rank: own[4], gap: own[5] });
  }
  fit(name, 0.6);
}

export const board = {
  id: "board",
  slides,
  empty,
  draw,
  head: ({ board: { title, scope, teams } }, texts) => ({ title: title || texts.board, scope: [scope, teams] }),
  foot: (slide, { lap }) => {
    const lines = [slide.board.rule, slide.rows.length ? slide.board.note : null].filter(Boolean);
    return slide.board.note && slide.rows.length ? slide.board.note : lines[lap % (lines.length || 1)] || "";
  },
  time: (slide) => slide.board.clock,
  stale: "stale_board",
};
