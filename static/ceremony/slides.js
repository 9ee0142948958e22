/* The slides of a ceremony, for any browser that knows ES2017: one key goes on, one goes back, the address keeps the place. */

const stage = document.getElementById("slides");
const slides = Array.from(stage.querySelectorAll(".slide"));
const stops = [];
slides.forEach((slide, place) => {
  for (let step = 0; step <= Number(slide.dataset.steps); step += 1) stops.push([place, step]);
});

let at = Math.min(Math.max(parseInt(location.hash.slice(1), 10) || 0, 0), stops.length - 1);

function show() {
  const [place, step] = stops[at];
  slides.forEach((slide, number) => {
    slide.classList.toggle("slide--on", number === place);
    slide.setAttribute("aria-hidden", String(number !== place));
    for (const part of slide.querySelectorAll("[data-step]")) {
      const isShown = number < place || (number === place && Number(part.dataset.step) <= step);
      part.classList.toggle("is-shown", isShown && (number === place || !part.matches(".confetti")));
      if (!part.matches(".confetti")) part.setAttribute("aria-hidden", String(!isShown));
    }
  });
  history.replaceState(null, "", "#" + at);
}

function go(by) {
  const next = Math.min(Math.max(at + by, 0), stops.length - 1);
  if (next !== at) {
    at = next;
    show();
  }
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (stage.requestFullscreen) {
    const asked = stage.requestFullscreen();
    if (asked) asked.catch(() => {});
  }
}

const KEYS = {
  ArrowRight: () => go(1),
  ArrowDown: () => go(1),
  PageDown: () => go(1),
  Enter: () => go(1),
  " ": () => go(1),
  ArrowLeft: () => go(-1),
  ArrowUp: () => go(-1),
  PageUp: () => go(-1),
  Backspace: () => go(-1),
  Home: () => go(-stops.length),
  End: () => go(stops.length),
  f: fill,
  F: fill,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("a")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/* A remote control or a finger: the left third goes back, the rest goes on. */
stage.addEventListener("click", (event) => go(event.clientX < window.innerWidth / 3 ? -1 : 1));

stage.classList.add("slides--live");
stage.focus();
show();
