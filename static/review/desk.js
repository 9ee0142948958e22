/* The review desk: counts the ticks, says why it cannot be passed yet, ticks by the space bar. The server decides all of it again. */

const form = document.getElementById("review");
if (form) {
  const boxes = Array.from(form.querySelectorAll('input[name="point"]'));
  const pass = document.getElementById("pass");
  const ticked = document.getElementById("ticked");
  const comment = document.getElementById("comment");

  const count = () => {
    const done = boxes.filter((box) => box.checked).length;
    const missing = boxes.length - done;
    ticked.textContent = ticked.dataset.text.replace("{n}", done);
    pass.disabled = missing > 0;
    pass.textContent = missing ? pass.dataset.missing.replace("{n}", missing) : pass.dataset.pass;
  };
  for (const box of boxes) box.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();

  form.querySelector("[data-needs-comment]").addEventListener("click", (event) => {
    if (comment.value.trim()) return;
    event.preventDefault();
    comment.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("a, button, input, select, summary, textarea")) return;
    const next = boxes.find((box) => !box.checked);
    if (!next || next.matches(":disabled")) return;
    event.preventDefault();
    next.checked = true;
    next.scrollIntoView({ block: "nearest" });
    count();
  });
}
