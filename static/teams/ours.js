/* A celebration is shown once: seen for a few seconds, it is put away without leaving the page. */

const SEEN_MS = 4000;

const form = document.querySelector("form[data-cheer]");
if (form) {
  setTimeout(() => {
    if (document.visibilityState !== "visible") return;
    fetch(form.action, { method: "POST", credentials: "same-origin", redirect: "manual", body: new FormData(form) }).catch(() => {});
  }, SEEN_MS);
}
