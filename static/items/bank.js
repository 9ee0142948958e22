/* The list of the bank: rows by keyboard (J K X Enter E), and a choice that is kept from page to page until it is used. */

const KEPT = "zhixing-chosen-items";
const MOST = 1000;
const table = document.querySelector("[data-rows]");
const bar = document.querySelector("[data-bulkbar]");

for (const button of document.querySelectorAll("[data-plain]")) button.hidden = true;

const read = () => {
  try { return new Set(JSON.parse(sessionStorage.getItem(KEPT) || "[]")); } catch (_) { return new Set(); }
};
const keep = (chosen) => {
  try { sessionStorage.setItem(KEPT, JSON.stringify([...chosen].slice(0, MOST))); } catch (_) { /* then the choice is of this page only */ }
};

/* What was chosen in one view means nothing in another one, and nothing after it was used. */
const place = new URL(location.href);
for (const name of ["before", "after", "undo"]) place.searchParams.delete(name);
const view = place.pathname + place.search;
const known = (() => { try { return sessionStorage.getItem(KEPT + "-view"); } catch (_) { return null; } })();
const chosen = known === view && !new URL(location.href).searchParams.has("undo") ? read() : new Set();
try { sessionStorage.setItem(KEPT + "-view", view); } catch (_) { /* as above */ }
keep(chosen);

if (table) {
  const rows = Array.from(table.tBodies[0].rows);
  const boxes = rows.map((row) => row.querySelector('input[name="item"]'));
  const every = table.querySelector("[data-every]");
  const count = bar && bar.querySelector("[data-chosen]");
  let cursor = -1;

  const show = () => {
    rows.forEach((row, n) => row.classList.toggle("is-picked", boxes[n].checked));
    const here = boxes.filter((box) => box.checked).length;
    every.checked = here > 0 && here === boxes.length;
    every.indeterminate = here > 0 && here < boxes.length;
    if (bar) {
      bar.hidden = chosen.size === 0;
      count.textContent = count.dataset.chosen.replace("{n}", chosen.size);
    }
    keep(chosen);
  };
  const mark = (box, is) => {
    box.checked = is;
    if (is) chosen.add(box.value); else chosen.delete(box.value);
  };
  const go = (n) => {
    if (!rows.length) return;
    if (rows[cursor]) rows[cursor].classList.remove("is-cursor");
    cursor = Math.max(0, Math.min(rows.length - 1, n));
    rows[cursor].classList.add("is-cursor");
    rows[cursor].querySelector("a").focus({ preventScroll: true });
    rows[cursor].scrollIntoView({ block: "nearest" });
  };
  const clear = () => {
    chosen.clear();
    boxes.forEach((box) => { box.checked = false; });
    show();
  };

  every.hidden = !bar;
  boxes.forEach((box) => {
    box.checked = chosen.has(box.value);
    box.addEventListener("change", () => { mark(box, box.checked); show(); });
  });
  every.addEventListener("change", () => { const is = every.checked; boxes.forEach((box) => mark(box, is)); show(); });
  rows.forEach((row, n) => row.addEventListener("focusin", () => {
    if (rows[cursor]) rows[cursor].classList.remove("is-cursor");
    cursor = n;
    row.classList.add("is-cursor");
  }));

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest('input:not([type="checkbox"]), select, textarea');
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping) return;
    const act = {
      j: () => go(cursor + 1),
      k: () => go(cursor < 0 ? 0 : cursor - 1),
      x: () => { if (bar && cursor >= 0) { mark(boxes[cursor], !boxes[cursor].checked); show(); } },
      e: () => { const link = rows[cursor] && rows[cursor].querySelector("[data-edit]"); if (link) location.assign(link.dataset.edit); },
      Escape: () => {
        const open = bar && bar.querySelector("details[open]");
        if (open) { open.open = false; open.querySelector("summary").focus(); } else clear();
      },
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) { event.preventDefault(); act(); }
  });

  if (bar) {
    const none = bar.querySelector("[data-unchoose]");
    none.hidden = false;
    none.addEventListener("click", clear);
    /* Items of other pages are sent along as fields of their own. */
    bar.addEventListener("submit", () => {
      const here = new Set(boxes.map((box) => box.value));
      for (const old of bar.querySelectorAll("input[data-elsewhere]")) old.remove();
      for (const name of chosen) {
        if (here.has(name)) continue;
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: "item", value: name });
        field.dataset.elsewhere = "";
        bar.append(field);
      }
    });
    for (const menu of bar.querySelectorAll("details")) {
      menu.addEventListener("toggle", () => {
        if (!menu.open) return;
        for (const other of bar.querySelectorAll("details[open]")) if (other !== menu) other.open = false;
        menu.querySelector("input").focus();
      });
      menu.addEventListener("keydown", (event) => {
        if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
        if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); menu.querySelector("button").click(); }
      });
    }
  }
  window.addEventListener("pageshow", show);
  show();
}
