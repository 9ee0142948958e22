/* Ask every three seconds whether an administrator has typed the code; then go to the board. */

const root = document.getElementById("pair");
const ASK_MS = 3000;
const ASK_LATER_MS = 8000;

async function ask() {
  const url = root.dataset.statusUrl + "?code=" + encodeURIComponent(root.dataset.code);
  const response = await fetch(url, { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  const { state, next } = await response.json();
  if (state !== "waiting") location.replace(next);
}

async function watch() {
  let isAnswered = true;
  try {
    await ask();
  } catch (error) {
    isAnswered = false;
  }
  root.classList.toggle("is-off", !isAnswered);
  setTimeout(watch, (isAnswered ? ASK_MS : ASK_LATER_MS) * (0.85 + Math.random() * 0.3));
}

setTimeout(watch, ASK_MS);
