/* The list of displays by keyboard: J and K choose, Enter opens the settings. F is a button of the page. */

const CALM_MS = 220; // so many rows may be passed before one is opened

for (const button of document.querySelectorAll("[data-plain]")) button.hidden = true;

const table = document.querySelector('[data-rows="display"]');
const settings = document.querySelector("[data-settings]");
const links = table ? Array.from(table.querySelectorAll("tbody a")) : [];
let place = links.findIndex((link) => link.getAttribute("aria-current"));
let waiting = 0;

function go(step) {
  if (!links.length) return;
  const next = Math.max(0, Math.min(links.length - 1, place + step));
  if (next === place) return;
  if (links[place]) links[place].closest("tr").classList.remove("is-on");
  place = next;
  links[place].closest("tr").classList.add("is-on");
  links[place].scrollIntoView({ block: "nearest" });
  clearTimeout(waiting);
  waiting = setTimeout(() => links[place].click(), CALM_MS);
}

function openSettings() {
  settings.open = true;
  settings.querySelector("select, input:not([type=hidden])").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("input, select, textarea")) return;
  if (event.key === "Enter") {
    if (!settings || event.target.closest("a, button, summary")) return;
    event.preventDefault();
    openSettings();
  } else if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    go(event.key === "j" ? 1 : -1);
  }
});
