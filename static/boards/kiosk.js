/* Answering on the display itself: digits to touch, and back to the wall when nobody goes on. */

const IDLE_MS = 120000;
const field = document.getElementById("code");
const pad = document.getElementById("keypad");
let idle = 0;

function wait() {
  clearTimeout(idle);
  idle = setTimeout(() => location.replace(document.querySelector(".kiosk__btn").href), IDLE_MS);
}

pad.hidden = false;
field.setAttribute("inputmode", "none"); // the keys below are larger than those of the device
pad.addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit]");
  if (!key) return;
  const typed = field.value.replace(/\D/g, "");
  field.value = key.dataset.digit ? (typed + key.dataset.digit).slice(0, 6) : typed.slice(0, -1);
});
for (const kind of ["click", "input"]) document.addEventListener(kind, wait);
wait();
