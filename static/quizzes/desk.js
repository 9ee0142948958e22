/* The assembly desk: rows are saved while they are typed, and every figure follows without a new page. */

const WAIT = 350;
const form = document.querySelector("form[data-rules]");
const place = (name) => document.querySelector('[data-live="' + name + '"]');

for (const button of document.querySelectorAll("[data-plain]")) button.hidden = Boolean(form);

/* The sample lies in an element that is replaced as a whole, so its link is found anew each time. */
const fetchText = (url, options) => fetch(url, Object.assign({ credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }, options));

const parse = (text) => new DOMParser().parseFromString(text, "text/html");
const fill = (target, source) => {
  target.textContent = "";
  for (const node of Array.from(source.childNodes)) target.appendChild(document.importNode(node, true));
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-sample]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  fetchText(link.href).then((response) => (response.ok ? response.text() : Promise.reject(response))).then((text) => {
    fill(place("sample"), parse(text).body);
    const paper = document.querySelector("[data-paper]");
    if (paper) paper.href = paper.href.replace(/sample=\d+/, "sample=" + new URL(link.href).searchParams.get("sample"));
  }).catch(() => location.assign(link.href));
});

if (form) {
  let timer = 0;
  let isSending = false;
  let isWanted = false;

  const put = (text) => {
    const root = parse(text).querySelector("[data-revision]");
    if (!root) return;
    form.elements.revision.value = root.dataset.revision;
    for (const part of root.querySelectorAll("[data-live]")) {
      const target = place(part.dataset.live);
      if (target) fill(target, part);
    }
    for (const row of form.querySelectorAll(".rulerow")) row.classList.toggle("is-on", Boolean(row.querySelector(".state--no")));
    for (const error of form.querySelectorAll("[data-row]")) {
      const isWrong = Boolean(error.querySelector(".field__error"));
      if (!isWrong) for (const field of error.querySelectorAll(".cellnum--wrong")) { field.classList.remove("cellnum--wrong"); field.removeAttribute("aria-invalid"); }
    }
  };
  const send = () => {
    if (isSending) { isWanted = true; return; }
    isSending = true;
    fetchText(form.action, { method: "POST", body: new FormData(form) })
      .then((response) => (response.redirected || response.status >= 500 || response.status === 401 ? Promise.reject(response) : response.text()))
      .then(put)
      .catch(() => { place("saved").textContent = form.dataset.lost; })
      .then(() => { isSending = false; if (isWanted) { isWanted = false; send(); } });
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(send, WAIT); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  /* A button sends the whole form by itself; a save on its way would only be in its way. */
  form.addEventListener("submit", () => clearTimeout(timer));

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "d") return;
    const row = event.target.closest("[data-row]");
    if (!row) return;
    event.preventDefault();
    row.querySelector("[data-copy]").click();
  });
  for (const menu of form.querySelectorAll("details.menu")) {
    menu.addEventListener("toggle", () => {
      if (menu.open) for (const other of form.querySelectorAll("details.menu[open]")) if (other !== menu) other.open = false;
    });
  }
  document.addEventListener("click", (event) => {
    for (const open of form.querySelectorAll("details.menu[open]")) if (!open.contains(event.target)) open.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const open of form.querySelectorAll("details.menu[open]")) { open.open = false; open.querySelector("summary").focus(); }
  });
  /* Going to a place in the page takes the focus away once more, so the field gets it after that. */
  const goal = document.getElementById(location.hash.slice(1));
  if (goal && goal.matches("[data-row]")) window.addEventListener("load", () => setTimeout(() => goal.querySelector("select").focus(), 50));
}
