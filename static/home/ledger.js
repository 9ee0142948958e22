/* One's own ledger: a reference is copied with one tap. Without this script a tap selects the whole of it. */

const told = document.querySelector("[data-copied]");

// Old web views, and pages without HTTPS, have no clipboard to write to: they copy what is selected.
function copySelected(code) {
  const range = document.createRange();
  range.selectNodeContents(code);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  return document.execCommand("copy");
}

async function copy(button) {
  const code = button.parentNode.querySelector("code");
  let isCopied = false;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    isCopied = true;
  } catch (refused) {
    isCopied = copySelected(code);
  }
  if (!isCopied) return; // it stays selected, to be copied by hand
  const word = button.textContent;
  button.textContent = told.dataset.copied;
  told.textContent = told.dataset.copied;
  setTimeout(() => {
    button.textContent = word;
    told.textContent = "";
  }, 2000);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
