/* A week is worked out while its numbers change: the server draws the page again, and what moved is taken from there. */

const form = document.querySelector("[data-trial]");

if (form) {
  let asked = 0;
  let waiting = 0;

  const show = (page) => {
    for (const place of document.querySelectorAll("[data-live]")) {
      const drawn = page.querySelector('[data-live="' + place.dataset.live + '"]');
      if (!drawn) continue;
      place.textContent = "";
      for (const part of Array.from(drawn.childNodes)) place.appendChild(document.importNode(part, true));
    }
  };

  const work = () => {
    const mine = ++asked;
    const address = new URL(form.action);
    address.hash = "";
    address.search = new URLSearchParams(new FormData(form)).toString();
    fetch(address, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))))
      .then((text) => {
        if (mine === asked) show(new DOMParser().parseFromString(text, "text/html"));
      })
      .catch(() => form.querySelector("[data-without-script]").removeAttribute("hidden"));
  };

  const soon = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(work, 200);
  };

  for (const button of form.querySelectorAll("[data-step]")) {
    const field = button.parentNode.querySelector("input");
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = (Number(field.value) || 0) + Number(button.dataset.step);
      field.value = Math.max(Number(field.min), Math.min(Number(field.max), next));
      soon();
    });
  }
  form.querySelector("[data-without-script]").hidden = true;
  form.addEventListener("input", () => {
    if (form.checkValidity()) soon();
  });
}
