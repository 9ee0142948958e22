/* The marking bench: digits give points and go on to the next criterion, Enter saves. The server decides all of it again. */

const form = document.getElementById("marking");
const criteria = form ? Array.from(form.querySelectorAll("[data-criterion]")) : [];

const inputs = (criterion) => Array.from(criterion.querySelectorAll("input"));
const chosen = (criterion) => inputs(criterion).find((one) => one.type === "number" || one.checked);
const isGiven = (criterion) => {
  const one = chosen(criterion);
  return Boolean(one && one.value !== "");
};

/* The criterion that a digit is for: the one in focus, else the first without points. */
let current = null;
const point = (criterion) => {
  current = criterion || null;
  for (const one of criteria) one.classList.toggle("crit--on", one === current);
};
const go = (criterion) => {
  point(criterion);
  if (!criterion) return;
  const one = chosen(criterion) || inputs(criterion)[0];
  one.focus({ preventScroll: true });
  criterion.scrollIntoView({ block: "nearest" });
};

const total = document.getElementById("total");
const add = () => {
  if (!total || !total.dataset.text) return;
  const sum = criteria.reduce((all, criterion) => all + (isGiven(criterion) ? Number(chosen(criterion).value) : 0), 0);
  total.textContent = total.dataset.text.replace("{n}", String(Math.round(sum * 100) / 100));
};

/* 3 gives three points, 3 again three and a half where there are halves. */
const give = (criterion, digit) => {
  const all = inputs(criterion);
  const half = all.find((one) => Number(one.value) === digit + 0.5);
  const whole = all.find((one) => Number(one.value) === digit);
  const picked = whole && whole.checked && half ? half : whole;
  if (!picked) return;
  picked.checked = true;
  add();
  const next = criteria[criteria.indexOf(criterion) + 1];
  if (half && picked === whole) point(criterion);
  else if (next && !isGiven(next)) go(next);
};

if (criteria.length) {
  for (const criterion of criteria) {
    criterion.addEventListener("focusin", () => point(criterion));
    criterion.addEventListener("change", add);
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target.closest("textarea, select, input");
    if (field && field.type !== "radio") return;
    if (/^[0-9]$/.test(event.key)) {
      const open = current || criteria.find((criterion) => !isGiven(criterion)) || criteria[0];
      event.preventDefault();
      if (chosen(open) && chosen(open).type === "number") go(open);
      else give(open, Number(event.key));
    } else if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
      const save = document.getElementById("save");
      if (!save) return;
      event.preventDefault();
      save.click();
    }
  });
  window.addEventListener("pageshow", add);
  add();
  point(criteria.find((criterion) => !isGiven(criterion)));
}
