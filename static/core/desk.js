/* Keys of the desk: an element with data-key="n" is pressed by N, "g t" by G and then T, a field gets the focus.
   Boxes of a table are counted. */

const isTyping = (target) => target.closest("input, select, textarea");

let before = "";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  const key = event.key.toLowerCase();
  const keyed = Array.from(document.querySelectorAll("[data-key]"));
  const found = keyed.find((one) => one.dataset.key === before + " " + key) || keyed.find((one) => one.dataset.key === key);
  before = key;
  if (!found) return;
  event.preventDefault();
  if (found.matches("input, select")) found.focus();
  else found.click();
});

/* Filters apply as soon as they are chosen; without this script their button does it. */
for (const pick of document.querySelectorAll("select[data-apply]")) {
  pick.addEventListener("change", () => pick.form.submit());
}

const all = document.querySelector("[data-all]");
if (all) {
  const boxes = Array.from(document.querySelectorAll('input[name="' + all.dataset.all + '"]'));
  const button = document.querySelector("[data-needs-choice]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    if (button) button.disabled = !chosen;
    for (const place of document.querySelectorAll("[data-count]")) place.textContent = chosen ? place.dataset.count.replace("{n}", chosen) : "";
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
