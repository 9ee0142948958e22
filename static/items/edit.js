/* Writing a question by keyboard: options, the key, a live phone, and saving as it is typed. */

const form = document.getElementById("item");
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PREVIEW_MS = 350;
const SAVE_MS = 1500;
const saved = document.querySelector("[data-saved]");
const locked = !document.querySelector("[data-submit]");

const grow = (area) => { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 2}px`; };
for (const area of form.querySelectorAll("[data-grow]")) grow(area);

/* ---- options ---- */

const rowsOf = (list) => Array.from(list.querySelectorAll(":scope > [data-option]"));
const textOf = (row) => row.querySelector(".opt-edit__text");
const isEmpty = (row) => Array.from(row.querySelectorAll("textarea, input:not([type=radio]):not([type=checkbox])")).every((field) => !field.value.trim());

const number = (list) => rowsOf(list).forEach((row, place) => {
  const badge = row.querySelector(".mk");
  const isNumbered = /^\d/.test(badge.textContent.trim());
  const name = isNumbered ? String(place + 1) : LETTERS[place % 26];
  badge.textContent = name;
  badge.className = `mk mk--${place % 4}`;
  const mark = row.querySelector(".opt-edit__mark input");
  if (mark) mark.value = place;
  row.classList.toggle("opt-edit--key", Boolean(mark && mark.checked));
  for (const worded of row.querySelectorAll("[data-words]")) {
    const words = worded.dataset.words.replace("{n}", name);
    if (worded.matches(".vh")) worded.textContent = words; else worded.setAttribute("aria-label", words);
  }
});

const addRow = (list) => {
  const rows = rowsOf(list);
  if (rows.length >= 26) return rows[25];
  const row = rows[rows.length - 1].cloneNode(true);
  for (const field of row.querySelectorAll("textarea, input")) {
    if (field.matches("[type=radio], [type=checkbox]")) field.checked = false; else field.value = "";
  }
  list.append(row);
  number(list);
  return row;
};

const move = (row, by) => {
  const list = row.parentElement;
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(row); else other.after(row);
  number(list);
  changed();
};

for (const list of form.querySelectorAll("[data-options]")) {
  const least = Number(list.dataset.options);
  const rows = rowsOf(list);
  const last = rows[rows.length - 1];
  if (rows.length > least && isEmpty(last)) last.remove(); // the spare row is for browsers without this script
  const add = list.nextElementSibling;
  add.hidden = false;
  add.addEventListener("click", () => { textOf(addRow(list)).focus(); });
  number(list);
}

form.addEventListener("click", (event) => {
  const drop = event.target.closest("[data-drop-option]");
  if (!drop) return;
  const row = drop.closest("[data-option]");
  const list = row.parentElement;
  if (rowsOf(list).length < 2) return;
  const next = row.nextElementSibling || row.previousElementSibling;
  row.remove();
  number(list);
  textOf(next).focus();
  changed();
});
form.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-option]");
  if (!row) return;
  for (const shown of form.querySelectorAll("[data-drop-option]:not([hidden])")) shown.hidden = shown.closest("[data-option]") !== row;
  row.querySelector("[data-drop-option]").hidden = false;
});

const markKey = (place) => {
  const inside = document.activeElement && document.activeElement.closest("[data-options]");
  const list = inside || form.querySelector("[data-options]");
  const row = list && rowsOf(list)[place];
  const mark = row && row.querySelector(".opt-edit__mark input");
  if (mark) { mark.click(); return; }
  const judged = form.querySelectorAll('input[name="is_true"]');
  if (judged[place]) judged[place].click();
};

form.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const row = event.target.closest("[data-option]");
  if (event.key === "Enter" && !event.ctrlKey && !event.shiftKey && row && event.target.matches("textarea, .opt-edit__hint")) {
    event.preventDefault();
    const next = row.nextElementSibling || addRow(row.parentElement);
    textOf(next).focus();
  } else if (event.key === "Enter" && !event.ctrlKey && event.target.matches("input:not([type=submit])")) {
    event.preventDefault(); // a stray Enter in a field must not send half a question
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && row) {
    event.preventDefault();
    const field = event.target;
    move(row, event.key === "ArrowUp" ? -1 : 1);
    field.focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.isComposing) return;
  if (event.key >= "1" && event.key <= "9") { event.preventDefault(); markKey(Number(event.key) - 1); }
  else if (event.key === "Enter") { event.preventDefault(); if (!locked) document.querySelector("[data-submit]").click(); }
  else if (event.key.toLowerCase() === "s") { event.preventDefault(); save(); }
});

/* ---- blanks follow the stem ---- */

const blanks = form.querySelector("[data-blanks]");
const stem = form.elements.namedItem("stem");
const fitBlanks = () => {
  if (!blanks) return;
  const wanted = Math.max(1, stem.value.split("____").length - 1);
  const rows = () => Array.from(blanks.querySelectorAll("[data-blank]"));
  while (rows().length < wanted) {
    const row = rows()[rows().length - 1].cloneNode(true);
    for (const field of row.querySelectorAll("textarea, select")) { if (field.matches("select")) field.selectedIndex = 0; else field.value = ""; }
    blanks.append(row);
  }
  while (rows().length > wanted && !rows()[rows().length - 1].querySelector("textarea").value.trim()) rows()[rows().length - 1].remove();
  rows().forEach((row, n) => { const name = row.querySelector("legend"); name.textContent = name.dataset.words.replace("{n}", n + 1); });
};

/* ---- zones are drawn on the picture ---- */

const spot = form.querySelector("[data-spot]");
if (spot) {
  let zone = null;
  let start = null;
  const zones = () => Array.from(form.querySelectorAll("[data-zone]"));
  const field = (row, name) => row.querySelector(`[name$="${name}"]`);
  form.addEventListener("focusin", (event) => { zone = event.target.closest("[data-zone]") || zone; });
  const at = (event) => {
    const box = spot.getBoundingClientRect();
    const part = (value, size) => Math.max(0, Math.min(1000, Math.round(1000 * value / size)));
    return [part(event.clientX - box.left, box.width), part(event.clientY - box.top, box.height)];
  };
  spot.addEventListener("dragstart", (event) => event.preventDefault());
  spot.addEventListener("pointerdown", (event) => { start = at(event); });
  spot.addEventListener("pointerup", (event) => {
    if (!start) return;
    const end = at(event);
    const row = zone || zones().find((one) => !field(one, "zone_coords").value) || zones()[0];
    const coords = field(row, "zone_coords");
    const shape = field(row, "zone_shape").value;
    if (shape === "poly") coords.value = `${coords.value} ${end.join(" ")}`.trim();
    else if (shape === "circle") coords.value = [...start, Math.round(Math.hypot(end[0] - start[0], end[1] - start[1]))].join(" ");
    else coords.value = [Math.min(start[0], end[0]), Math.min(start[1], end[1]), Math.max(start[0], end[0]), Math.max(start[1], end[1])].join(" ");
    start = null;
    changed();
  });
}

/* Parts of pages come as the server wrote them; a parser takes them apart, and nothing in them runs. */
const put = (place, html) => {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...Array.from(parsed.body.childNodes, (node) => place.ownerDocument.importNode(node, true)));
};

/* ---- preview ---- */

const frame = document.querySelector("[data-screen]");
const body = () => {
  const data = new FormData(form);
  data.delete("media_file");
  data.delete("pasted");
  return data;
};
const ask = (url, data) => fetch(url, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });

let drawn = 0;
const draw = async () => {
  const turn = ++drawn;
  try {
    const answer = await ask(form.dataset.preview, body());
    const text = await answer.text();
    const screen = frame.contentDocument && frame.contentDocument.getElementById("screen");
    if (answer.ok && turn === drawn && screen) put(screen, text);
  } catch (_) { /* the next change asks again */ }
};
frame.addEventListener("load", () => draw());

const type = document.querySelector("[data-type]");
type.hidden = false;
type.addEventListener("click", () => {
  const isLarge = type.getAttribute("aria-pressed") !== "true";
  type.setAttribute("aria-pressed", String(isLarge));
  if (frame.contentDocument) frame.contentDocument.documentElement.classList.toggle("large", isLarge);
});

/* ---- saving ---- */

let dirty = false;
let running = null;
let isStopped = locked; // somebody else saved, or the item is closed: the page's own button decides then

const take = (answer) => {
  form.elements.namedItem("revision").value = answer.revision;
  document.querySelector("[data-number]").textContent = `#${answer.number}`;
  if (new URL(answer.url, location.href).pathname !== new URL(form.action).pathname) {
    form.action = answer.url;
    history.replaceState(null, "", answer.url);
  }
  put(document.querySelector("[data-checks]"), answer.checks);
};

const send = async () => {
  dirty = false;
  const data = body();
  data.set("do", "autosave");
  const answer = await ask(form.action, data);
  const told = await answer.json();
  if (answer.ok) take(told);
  else isStopped = answer.status === 409;
  saved.textContent = answer.ok ? told.saved : told.error;
};

const save = () => {
  if (running || isStopped || !stem.value.trim()) return running || Promise.resolve();
  running = send().catch(() => { dirty = true; saved.textContent = form.dataset.lost; }).finally(() => {
    running = null;
    if (dirty && !isStopped) later();
  });
  return running;
};

let drawTimer = 0;
let saveTimer = 0;
const later = () => { clearTimeout(saveTimer); saveTimer = setTimeout(save, SAVE_MS); };
const length = form.querySelector("[data-length]");
function changed() {
  dirty = true;
  clearTimeout(drawTimer);
  drawTimer = setTimeout(draw, PREVIEW_MS);
  later();
}
form.addEventListener("input", (event) => {
  if (event.target.matches("[data-grow]")) grow(event.target);
  if (event.target.name === "explanation") length.textContent = form.dataset.wordsLeft.replace("{n}", event.target.value.length);
  if (event.target === stem) fitBlanks();
  if (!event.target.matches('[name="media_file"], [name="pasted"], [name="new_kind"], [name="part_kind"], [name="note"]')) changed();
});
form.addEventListener("change", (event) => {
  const list = event.target.closest("[data-options]");
  if (list) number(list);
});

/* A save under way would make the one that was asked for look like somebody else's. */
let isLeaving = false;
form.addEventListener("submit", (event) => {
  clearTimeout(saveTimer);
  if (isLeaving || !running) { isLeaving = true; return; }
  event.preventDefault();
  const pressed = event.submitter;
  running.finally(() => { isLeaving = true; form.requestSubmit(pressed); });
});
window.addEventListener("pageshow", () => { isLeaving = false; });
window.addEventListener("beforeunload", (event) => { if (dirty && !isLeaving && !isStopped && stem.value.trim()) event.preventDefault(); });
