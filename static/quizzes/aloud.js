/* Reading a question aloud, where the device has a voice. */

const voice = "speechSynthesis" in window ? window.speechSynthesis : null;

/* What is to be heard, in the order of the page; a field is heard as what stands in it, or as a pause. */
const HEARD = ".stimulus, .question, .option__box, .order__text, .pair__left, .part__head, .line__label, .line__right, .line__given, .said, #word, #why";

function words(part) {
  const copy = part.cloneNode(true);
  const fields = part.querySelectorAll("input, select");
  copy.querySelectorAll("input, select").forEach((field, at) => {
    const chosen = fields[at].selectedOptions ? fields[at].selectedOptions[0].textContent : fields[at].value;
    field.replaceWith(` ${chosen || "…"} `);
  });
  const text = copy.querySelector(".option__text");
  if (!text) return copy.textContent.trim();
  return `${copy.querySelector(".option__letter").textContent.trim()} ${text.textContent.trim()}`;
}

function label(stop) {
  const button = document.getElementById("read");
  const word = button && button.querySelector("span");
  if (!word) return;
  if (!button.dataset.word) button.dataset.word = word.textContent;
  word.textContent = stop || button.dataset.word;
}

/** Stop reading. */
export function hush() {
  if (voice) voice.cancel();
  label("");
}

/** Read what is on the page, or stop; the button says the word for stopping meanwhile. */
export function read(stop) {
  if (voice.speaking) {
    hush();
    return;
  }
  const text = Array.from(document.getElementById("taken").querySelectorAll(HEARD), words).filter(Boolean).join("\n");
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = /[\u4e00-\u9fff]/.test(text) ? "zh-CN" : document.documentElement.lang;
  utterance.onend = utterance.onerror = () => label("");
  voice.speak(utterance);
  label(stop);
}

/** Show the button where there is a voice. */
export function offer() {
  const button = document.getElementById("read");
  if (button && voice) button.hidden = false;
}
