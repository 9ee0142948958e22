/* The list of flagged questions opens where its chosen line is. */

const chosen = document.querySelector(".quality__list [aria-current]");
const list = document.querySelector(".quality__list");
if (chosen && list && list.scrollHeight > list.clientHeight) {
  list.scrollTop = Math.max(0, chosen.offsetTop - list.clientHeight / 2);
}
