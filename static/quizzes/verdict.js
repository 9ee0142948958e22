/* Paints a verdict in the place of its question: options become rows, the panel is a template of the page.
   Every word comes from the server; the page looks as if the server had drawn it. */

// How an option looks and what its tag says, by what the server says of it.
const LOOKS = { right: ["right", "key"], mine_right: ["right", "both"], mine: ["mine", "own"], rest: ["rest", ""] };

const part = (panel, name) => panel.querySelector(`[data-part="${name}"]`);

function row(label, verdict, tags) {
  const id = label.querySelector("input").value;
  const [look, name] = LOOKS[verdict.marks[id]] || LOOKS.rest;
  const made = document.createElement("li");
  made.className = `option option--${look}`;
  const box = label.querySelector(".option__box");
  box.querySelector(".option__mark").remove();
  made.appendChild(box);
  const tag = name && tags.querySelector(`[data-tag="${name}"]`).cloneNode(true);
  if (tag) {
    tag.className = "option__tag";
    box.appendChild(tag);
  }
  return made;
}

function said(text, language) {
  const made = document.createElement("li");
  made.className = "said";
  made.lang = language;
  made.textContent = text;
  return made;
}

function list(fields, verdict, tags, language) {
  const made = document.createElement("ul");
  made.className = "options";
  const feedback = new Map(verdict.feedback || []);
  for (const label of fields.querySelectorAll(".option")) {
    const { value } = label.querySelector("input");
    made.appendChild(row(label, verdict, tags));
    if (feedback.get(value)) made.appendChild(said(feedback.get(value), language));
  }
  return made;
}

/* A part without a text is taken out, as the server leaves it out. */
function fill(panel, name, text) {
  const place = part(panel, name);
  if (text) place.textContent = text;
  else place.remove();
}

function source(panel, verdict) {
  const link = part(panel, "source_url");
  const plain = part(panel, "source");
  if (verdict.source && verdict.source_url) link.href = verdict.source_url;
  else link.remove();
  if (!verdict.source || verdict.source_url) plain.remove();
  for (const place of [link, plain]) place.querySelector("span").textContent = verdict.source || "";
  const report = part(panel, "report_url");
  if (verdict.report_url) report.href = verdict.report_url;
  else report.remove();
}

function panelOf(shape, verdict, nextUrl, language) {
  const panel = document.importNode(shape.content, true).querySelector(".verdict");
  const isRight = verdict.is_correct;
  panel.id = "verdict";
  panel.classList.add(isRight ? "verdict--ok" : "verdict--notyet");
  part(panel, isRight ? "wrong_sign" : "right_sign").remove();
  panel.querySelector("#word").textContent = verdict.word;
  fill(panel, "detail", verdict.detail);
  fill(panel, "lead", verdict.lead);
  const why = panel.querySelector("#why");
  why.textContent = verdict.explanation || "";
  why.lang = language;
  if (!verdict.lead && !verdict.explanation) why.parentNode.remove();
  source(panel, verdict);
  const next = panel.querySelector("#next");
  next.href = nextUrl;
  next.textContent = verdict.next_label;
  return panel;
}

/** Put a verdict, {is_correct, marks, word, ...}, in the place of the form of its question. */
export function paint(form, verdict, nextUrl) {
  const shape = document.getElementById("verdict-shape");
  const fields = form.querySelector("#options");
  const language = (form.querySelector("[lang]") || document.documentElement).lang;
  const body = form.querySelector(".screen__body");
  form.querySelector("#note").remove();
  fields.replaceWith(list(fields, verdict, document.getElementById("verdict-tags").content, language));
  form.replaceWith(body, panelOf(shape, verdict, nextUrl, language));
}
