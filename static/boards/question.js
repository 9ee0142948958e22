/* The pre-shift question, and what came of it once the team has answered. Before the answer there is no word of the key in what arrives. */

import { at, drawing, fitAll, make, phrases, wallTime } from "./wall.js";

const SHAPES = { A: "M10 2l9 16H1z", B: "M10 0l10 10-10 10L0 10z", C: "M10 .8a9.2 9.2 0 1 0 .01 0z", D: "M1.5 1.5h17v17h-17z" };

function tileOf([letter, text], told, texts) {
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

function isCut() {
  return Array.from(document.querySelectorAll(".tile__box")).some((tile) => {
    const text = tile.querySelector(".tile__text");
    return text.scrollWidth > text.clientWidth + 1 || text.offsetHeight > tile.clientHeight;
  });
}

function draw({ question }, texts) {
  const told = question.told;
  at("none").hidden = Boolean(question.stem);
  at("none").textContent = question.none;
  phrases(at("stem"), question.stem || "");
  at("qr").hidden = Boolean(told) || !question.stem;
  const tiles = at("tiles");
  tiles.textContent = "";
  tiles.hidden = !question.stem;
  tiles.classList.toggle("tiles--two", question.options.length === 2);
  for (const option of question.options) tiles.appendChild(tileOf(option, told, texts));
  at("why").hidden = !told;
  at("explanation").textContent = told ? told.why : "";
  at("source").textContent = told ? told.source : "";
  const page = at("page-preshift");
  page.classList.toggle("ask--told", Boolean(told));
  fitAll(page, isCut);
}

/** Whether somebody may answer with fingers on this very display. */
export const isTouched = (question) => Boolean(question && question.stem && !question.told && navigator.maxTouchPoints > 0);

export const preshift = {
  id: "preshift",
  // "as_of" changes with every answer of the server and says nothing about what is drawn.
  slides: ({ state: { question } }) => (question && question.stem ? [{ question: Object.assign({}, question, { as_of: "" }) }] : []),
  draw,
  head: ({ question }, texts) => ({ title: texts.preshift, scope: [question.scope, question.shift], end: question.day }),
  foot: ({ question }, { texts }) => {
    if (question.told) return texts.aloud;
    return isTouched(question) ? texts.hands : question.count ? texts.scan : texts.think; // one line, whatever stands beside it
  },
  extra: ({ question }) => question.count || "",
  time: () => null,
  now: () => wallTime(),
  stale: "stale_question",
};
