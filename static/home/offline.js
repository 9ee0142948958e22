/* The page of a phone without a network: what this device keeps, and the set it carries along, to go on with. */

import { find } from "../core/shelf.js";

const SET = "set:";
const at = (id) => document.getElementById(id);

/* Whoever carried a set is the last who was signed in: others' sets are taken out when somebody signs in. */
async function carried() {
  const sets = await find(SET);
  const wanted = location.pathname.split("/");
  const found = sets.find(([, set]) => wanted.indexOf(set.attempt) !== -1) || (location.pathname === "/" ? sets[0] : null);
  return found && { person: found[0].slice(SET.length).split(":")[0], set: found[1] };
}

function steps(set) {
  const bar = document.querySelector(".progress");
  for (let n = 1; n <= set.total; n += 1) {
    const step = document.createElement("span");
    step.className = `progress__step${set.answered.indexOf(n) === -1 ? "" : " progress__step--done"}`;
    bar.appendChild(step);
  }
}

/* From here on this is the page of a question, with the script of that page. */
function goOn({ person, set }, question) {
  const arrived = new DOMParser().parseFromString(question.html, "text/html").getElementById("taken");
  steps(set);
  at("head").remove();
  at("bar").hidden = false;
  document.querySelector(".app-bar__count").firstChild.textContent = `${question.position} `;
  document.querySelector(".app-bar__count small").textContent = `/ ${set.total}`;
  at("taken").replaceWith(document.importNode(arrived, true));
  document.body.dataset.person = person;
  document.body.dataset.csrfUrl = at("script").dataset.csrf;
  const script = document.createElement("script");
  script.type = "module";
  script.src = at("script").dataset.take;
  document.body.appendChild(script);
  history.replaceState(null, "", new URL(at("quiz").action).pathname);
}

async function begin() {
  const back = () => location.reload();
  window.addEventListener("online", back);
  const records = (await find("answer:")).map(([, record]) => record);
  if (records.length) {
    at("kept").textContent = at("kept").textContent.replace("{n}", records.length);
    at("kept").hidden = false;
  }
  const found = await carried();
  if (!found) return;
  const closed = records.filter((record) => record.attempt === found.set.attempt).map((record) => record.position);
  const open = found.set.questions.filter(({ position }) => closed.concat(found.set.answered).indexOf(position) === -1);
  const question = open.find(({ position }) => location.pathname.split("/").pop() === String(position)) || open[0];
  if (!question) return;
  at("go-on").hidden = false;
  at("again").hidden = true;
  at("go-on").addEventListener("click", () => {
    window.removeEventListener("online", back);
    goOn(found, question);
  });
}

begin();
