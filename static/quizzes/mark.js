/* Marking a question without leaving it. Without this script the mark is a plain form. */

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".exam-nav__flag")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const field = form.querySelector('[name="set"]');
  const isSet = field.value === "1";
  button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
    if (!response.ok || response.redirected) throw new Error(response.status);
    field.value = isSet ? "0" : "1";
    button.setAttribute("aria-pressed", String(isSet));
    button.classList.toggle("link--on", isSet);
  } catch (error) {
    // The mark is not kept; the question is as it was, and the button can be tapped again.
  }
  button.disabled = false;
  button.focus();
});
