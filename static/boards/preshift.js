/* The pre-shift question on a wall, and what came of it once the team has answered.
 *
 * The question arrives whole, as JSON; wall.js fetches it and recovers by itself. Every text is set as text, never as markup. Before
 * the answer there is no word of the key in what arrives.
 */

import { fit, follow, keepMoving, make, say, wallClock } from "./wall.js";

const ASK_AGAIN_MS = 60000; // a new shift begins without an event
const SHAPES = { A: "M10 2l9 16H1z", B: "M10 0l10 10-10 10L0 10z", C: "M10 .8a9.2 9.2 0 1 0 .01 0z", D: "M1.5 1.5h17v17h-17z" };
const SMALLEST = 0.44;
const STEP = 0.04;

const root = document.getElementById("tv");
const at = (id) => document.getElementById(id);
const texts = JSON.parse(at("texts").textContent);

let question = JSON.parse(at("question-data").textContent);
let shown = "";
let isOff = false;

function drawing(path, box) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const line = document.createElementNS(ns, "path");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.appendChild(line);
  return svg;
}

/** Let a line break after its marks rather than inside a phrase. */
function phrases(element, text) {
  for (const part of text.split(/([，；、：。？！]+)/)) {
    element.appendChild(document.createTextNode(part));
    if (/^[，；、：。？！]/.test(part)) element.appendChild(document.createElement("wbr"));
  }
}

function tileOf([letter, text], told) {
  const isRight = told && told.right === letter;
  const tile = make("li", "tile" + (told ? (isRight ? " tile--right" : " tile--rest") : ""));
  const box = tile.appendChild(make("div", "tile__box"));
  const mark = box.appendChild(make("span", "tile__mark tile__mark--" + letter.toLowerCase()));
  mark.appendChild(make("b", "", letter));
  const shape = mark.appendChild(drawing(SHAPES[letter], "0 0 20 20"));
  shape.setAttribute("class", "tile__shape");
  const words = box.appendChild(make("span", "tile__text"));
  phrases(words, text);
  const word = isRight ? texts.right : told && told.chosen === letter ? texts.chosen : "";
  if (word) {
    const said = words.appendChild(make("span", "tile__word"));
    if (isRight) said.appendChild(drawing("M3 10.5l4.6 4.6L17 5.2", "0 0 20 20"));
    said.appendChild(document.createTextNode(word));
  }
  return tile;
}

function isTooLarge() {
  const ask = at("ask");
  if (ask.scrollHeight > ask.clientHeight + 1) return true;
  for (const tile of document.querySelectorAll(".tile__box")) {
    const text = tile.querySelector(".tile__text");
    if (text.scrollWidth > text.clientWidth + 1 || text.offsetHeight > tile.clientHeight) return true;
  }
  return false;
}

/** Everything is shown: what is long is set smaller, all of it alike. */
function fitAll() {
  const ask = at("ask");
  for (let scale = 1; scale >= SMALLEST; scale -= STEP) {
    ask.style.setProperty("--k", scale.toFixed(2));
    if (!isTooLarge()) return;
  }
}

function render() {
  renderFoot();
  const now = JSON.stringify([question.stem, question.options, question.told, question.scope, question.shift, question.day, isOff, innerWidth, innerHeight]);
  if (now === shown) return; // the same question, a minute later: nothing moves
  shown = now;
  const told = question.told;
  at("scope").textContent = question.scope;
  at("scope").appendChild(make("i", "dot"));
  at("scope").appendChild(document.createTextNode(question.shift));
  at("day").textContent = question.day[0];
  at("weekday").textContent = question.day[1];
  at("none").hidden = Boolean(question.stem);
  at("none").textContent = question.none;
  at("stem").textContent = "";
  phrases(at("stem"), question.stem || "");
  at("qr").hidden = Boolean(told) || !question.stem;
  const tiles = at("tiles");
  tiles.textContent = "";
  tiles.hidden = !question.stem;
  tiles.classList.toggle("tiles--two", question.options.length === 2);
  for (const option of question.options) tiles.appendChild(tileOf(option, told));
  at("why").hidden = !told;
  at("explanation").textContent = told ? told.why : "";
  at("source").textContent = told ? told.source : "";
  at("ask").classList.toggle("ask--told", Boolean(told));
  at("touch").hidden = Boolean(told) || !question.stem || !(navigator.maxTouchPoints > 0);
  root.classList.toggle("has-touch", !at("touch").hidden);
  at("offline").hidden = !isOff;
  root.classList.toggle("is-off", isOff);
  renderFoot();
  fitAll();
  if (isOff) fit(at("stale"), 0.5);
}

function renderFoot() {
  const isTouched = root.classList.contains("has-touch");
  const asked = isTouched ? texts.hands : question.count ? texts.scan : texts.think; // one line, whatever stands beside it
  at("foot").textContent = isOff ? texts.resumes : question.told ? texts.aloud : question.stem ? asked : "";
  at("count").textContent = question.count || "";
  at("clock").textContent = wallClock(question.as_of);
  at("stale").textContent = say(texts.stale, { time: question.as_of.slice(11, 16) });
}

setInterval(renderFoot, 5000);
window.addEventListener("resize", render);
render();
keepMoving(root);
const ask = follow({
  root,
  name: "question",
  accept(arrived) {
    if (!arrived || !Array.isArray(arrived.options)) return;
    question = arrived;
    render();
  },
  setOff(isSilent) {
    isOff = isSilent;
    render();
  },
});
setInterval(ask, ASK_AGAIN_MS);
