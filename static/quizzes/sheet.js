/* A sheet for paper: the button prints it. */

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
