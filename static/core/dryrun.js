/* The dry-run desk: drop a file, wait for a job, walk the rows of a dry run by keys. */

const drop = document.querySelector("[data-drop]");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const over = (is) => drop.classList.toggle("drop--over", is);
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); over(true); });
  drop.addEventListener("dragleave", () => over(false));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}

/* A file that the server would refuse is not sent at all: on a slow line that takes minutes. */
const limited = document.querySelector("input[data-most]");
if (limited) {
  limited.addEventListener("change", () => {
    const isTooLarge = Array.from(limited.files).some((file) => file.size > Number(limited.dataset.most) * 1024 * 1024);
    limited.setCustomValidity(isTooLarge ? limited.dataset.tooLarge : "");
    limited.reportValidity();
  });
}

const waiting = document.querySelector("[data-progress]");
if (waiting) {
  const bar = waiting.querySelector("progress");
  const count = waiting.querySelector("[data-text]");
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.progress, { headers: { "X-Requested-With": "fetch" } });
      const now = await answer.json();
      if (now.state !== waiting.dataset.state) {
        location.reload();
        return;
      }
      if (now.total) {
        bar.max = now.total;
        bar.value = now.done;
        count.textContent = count.dataset.text.replace("{done}", now.done.toLocaleString()).replace("{total}", now.total.toLocaleString());
      }
    } catch (_offline) {
      /* The network is gone: the page keeps what it knows and asks again. */
    }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 500);
}

const rows = Array.from(document.querySelectorAll("[data-row]"));
const chooser = document.querySelector("[data-choose]");
const current = rows.findIndex((row) => row.classList.contains("is-cursor"));
if (current >= 0) rows[current].scrollIntoView({ block: "nearest" });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input[type=text], textarea, select")) return;
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    const next = rows[current + step];
    if (next) next.querySelector("a").click();
    return;
  }
  if (!chooser) return;
  const choices = chooser.querySelectorAll("input[name=choice]");
  const chosen = choices[Number(event.key) - 1];
  if (chosen) {
    chosen.checked = true;
    chosen.focus();
  } else if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
    event.preventDefault();
    chooser.requestSubmit();
  }
});
