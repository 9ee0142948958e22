/* What the fields of a question can do with a script: entries move by buttons, a picture takes taps, a text is counted.
   Without it they are plain lists, boxes and fields, and the form sends the same. */

const ARROWS = { "-1": "M12 19V5.5M6 11l6-6 6 6", "1": "M12 5v13.500M6 13l6 6 6-6" };

function arrow(step) {
  const draw = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    return made;
  };
  const sign = draw("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" });
  sign.appendChild(draw("path", { d: ARROWS[step] }));
  return sign;
}

/* ---- ordering ---- */

function places(list) {
  const rows = Array.from(list.children);
  rows.forEach((row, at) => {
    const place = row.querySelector("select");
    place.selectedIndex = at + 1;
    for (const button of row.querySelectorAll("button")) {
      const isEnd = button.dataset.move === "-1" ? at === 0 : at === rows.length - 1;
      button.setAttribute("aria-disabled", String(isEnd));
    }
  });
  return rows;
}

/* What was given before comes back in its order; a place that was left out goes to the end. */
function sortByPlaces(list) {
  const rows = Array.from(list.children);
  const at = (row) => row.querySelector("select").selectedIndex || rows.length + 1;
  rows.slice().sort((one, other) => at(one) - at(other) || rows.indexOf(one) - rows.indexOf(other)).forEach((row) => list.appendChild(row));
}

function move(list, button, texts, live) {
  const row = button.closest("li");
  const isUp = button.dataset.move === "-1";
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other || button.closest("fieldset[disabled]")) return;
  list.insertBefore(isUp ? row : other, isUp ? other : row);
  for (const each of list.children) each.classList.toggle("order__row--just", each === row);
  const rows = places(list);
  row.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
  button.focus();
  const entry = row.querySelector(".order__text").textContent;
  live.textContent = texts.moved.replace("{entry}", entry).replace("{n}", rows.indexOf(row) + 1).replace("{total}", rows.length);
}

function arrange(list, texts) {
  const live = document.createElement("p");
  live.className = "vh";
  live.setAttribute("role", "status");
  list.parentNode.insertBefore(live, list.nextSibling);
  sortByPlaces(list);
  for (const row of list.children) {
    for (const step of ["-1", "1"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "order__move";
      button.dataset.move = step;
      button.setAttribute("aria-label", (step === "-1" ? texts.up : texts.down).replace("{entry}", row.querySelector(".order__text").textContent));
      button.appendChild(arrow(step));
      button.addEventListener("click", () => move(list, button, texts, live));
      row.appendChild(button);
    }
  }
  list.classList.add("order--moved");
  const hint = list.previousElementSibling;
  if (hint && hint.classList.contains("order__hint")) hint.textContent = texts.order;
  places(list);
}

/* ---- hotspot ---- */

function boxOf(over, zone) {
  const fields = over.closest("fieldset");
  return fields && Array.from(fields.querySelectorAll('input[type="checkbox"]')).find((box) => box.value === zone);
}

function paint(over) {
  for (const shape of over.querySelectorAll(".zone")) {
    const box = boxOf(over, shape.dataset.zone);
    if (box) shape.classList.toggle("zone--on", box.checked);
  }
}

function round(over) {
  const image = over.parentNode.querySelector("img");
  const keep = () => {
    if (!image.naturalHeight) return;
    // A radius is in thousandths of the width, also on a picture that is not square.
    for (const shape of over.querySelectorAll("ellipse")) {
      shape.setAttribute("ry", shape.getAttribute("rx") * (image.naturalWidth / image.naturalHeight));
    }
  };
  if (image.complete) keep();
  else image.addEventListener("load", keep);
}

function tappable(over) {
  round(over);
  if (!over.closest("fieldset")) return;
  over.classList.add("spot__over--live");
  over.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-zone]");
    const box = mark && boxOf(over, mark.dataset.zone);
    if (box && !box.matches(":disabled")) box.click();
  });
  over.closest("fieldset").addEventListener("change", () => paint(over));
  paint(over);
}

/* ---- short essay ---- */

function count(field) {
  const counted = field.closest("fieldset").querySelector("[data-counted]");
  const show = () => { counted.textContent = `${field.value.length} / ${field.maxLength}`; };
  counted.hidden = false;
  field.addEventListener("input", show);
  show();
}

/** Give the fields below an element what a script can add; texts are the page's own. */
export function enhance(root, texts) {
  root.querySelectorAll("ol[data-order]").forEach((list) => arrange(list, texts));
  root.querySelectorAll("svg[data-zones]").forEach(tappable);
  root.querySelectorAll("textarea[data-count]").forEach(count);
}

/** Tell whether a form holds an answer: something chosen, or something written. */
export function isAnswered(form) {
  return Array.from(form.elements).some((field) => {
    if (!/^option(\.\d+)?$/.test(field.name || "")) return false;
    if (field.type === "radio" || field.type === "checkbox") return field.checked;
    return field.value.trim() !== "" && !/=$/.test(field.value);
  });
}
