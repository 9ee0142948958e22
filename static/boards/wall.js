/* What every page of a wall needs: its words, its clock, and the stream it follows.
 *
 * The document arrives whole at first, then part by part, over server-sent events; where these do not come through, it is fetched. The
 * page recovers by itself: from a dead network, a restarted server, a new release and a changed setting.
 */

const SILENT_MS = 20000; // the server speaks every 10 s
const POLL_MS = 15000;
const SHIFT_MS = 300000;
const RELOAD_PAUSE_MS = 60000;
const RELOADED = "zhixing:reloaded";
const SHIFTS = [[0, 0], [3, 1], [2, -2], [-1, -3], [-3, 0], [-2, 2], [1, 3]]; // px, against burn-in
const SMALLEST = 0.44;
const STEP = 0.04;

export const at = (id) => document.getElementById(id);

/* ---- words ---- */

export function say(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function drawing(path, box) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const line = document.createElementNS(ns, "path");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.appendChild(line);
  return svg;
}

/** Fill an element with words that a dot stands between. */
export function dotted(element, words) {
  element.textContent = "";
  words.filter(Boolean).forEach((word, n) => {
    if (n) element.appendChild(make("i", "dot"));
    element.appendChild(document.createTextNode(word));
  });
}

/** Let a line break after its marks rather than inside a phrase. */
export function phrases(element, text) {
  element.textContent = "";
  for (const part of text.split(/([，；、：。？！]+)/)) {
    element.appendChild(document.createTextNode(part));
    if (/^[，；、：。？！]/.test(part)) element.appendChild(document.createElement("wbr"));
  }
}

/** A name is never cut: a long one is set smaller. */
export function fit(element, least) {
  element.style.fontSize = "";
  const share = element.clientWidth / element.scrollWidth;
  if (share < 1) element.style.fontSize = Math.max(least, share * 0.99) * parseFloat(getComputedStyle(element).fontSize) + "px";
}

/** Everything of a page is shown: what is long is set smaller, all of it alike. */
export function fitAll(page, isTooLarge) {
  for (let scale = 1; scale >= SMALLEST; scale -= STEP) {
    page.style.setProperty("--k", scale.toFixed(2));
    if (page.scrollHeight <= page.clientHeight + 1 && page.scrollWidth <= page.clientWidth + 1 && !(isTooLarge && isTooLarge())) return;
  }
}

/* ---- the clock ---- */

const clock = { offset: 0, zone: -new Date().getTimezoneOffset() };

/** Set the wall clock by a moment of the server: a display's own time and zone are often wrong. */
export function setClock(moment) {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(moment || "");
  if (!zone) return;
  clock.zone = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
  clock.offset = Date.parse(moment) - Date.now();
}

/** The present moment, in milliseconds, by the server's clock. */
export const now = () => Date.now() + clock.offset;

/** The wall clock as a text like 2026-11-22T14:32. */
const wall = (moment) => new Date((moment === undefined ? now() : moment) + clock.zone * 60000).toISOString().slice(0, 16);

export const wallTime = (moment) => wall(moment).slice(11);
export const wallDay = () => wall().slice(0, 10);
export const wallMinutes = () => Number(wallTime().slice(0, 2)) * 60 + Number(wallTime().slice(3));

/** How many days after today a day like 2026-12-01 is. */
export const daysUntil = (day) => Math.round((Date.parse(day) - Date.parse(wallDay())) / 86400000);

export function keepMoving(root) {
  let shift = 0;
  setInterval(() => {
    shift = (shift + 1) % SHIFTS.length;
    root.style.transform = "translate(" + SHIFTS[shift][0] + "px, " + SHIFTS[shift][1] + "px)";
  }, SHIFT_MS);
}

/** A new release: load it, but never in a loop. */
export function loadAgain() {
  try {
    const reloadedAt = Number(sessionStorage.getItem(RELOADED)) || 0;
    if (Math.abs(Date.now() - reloadedAt) < RELOAD_PAUSE_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
  } catch (error) {
    return; // without a memory of the last time this could go on for ever
  }
  location.reload();
}

/* ---- stream, and polling where it fails ---- */

/** Follow the document: accept(part, value) with all that arrives, setOff(true) after 20 s of silence. Returns a function that asks now. */
export function follow({ urls, parts, accept, setOff }) {
  let source = null;
  let failures = 0;
  let poller = 0;
  let isOff = false;
  let heardAt = performance.now();

  function heard() {
    heardAt = performance.now();
    if (!isOff) return;
    isOff = false;
    setOff(false);
  }

  function connect() {
    if (!window.EventSource) {
      startPolling();
      return;
    }
    source = new EventSource(urls.events);
    const on = (kind, act) =>
      source.addEventListener(kind, (event) => {
        failures = 0;
        stopPolling();
        heard();
        if (act) act(JSON.parse(event.data || "null"));
      });
    for (const part of parts) on(part, (value) => accept(part, value));
    on("ping");
    on("gone", askAnew);
    source.onerror = reconnect;
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  /** The stream ends because something about this display changed: ask what, and open it again. */
  async function askAnew() {
    close();
    try {
      const response = await fetch(urls.status, { credentials: "same-origin", cache: "no-store" });
      const { state, next } = await response.json();
      if (state !== "paired") {
        location.replace(next);
        return;
      }
      await poll();
    } catch (error) {
      // The stream says the same when it is open again.
    }
    setTimeout(connect, 500 + Math.random() * 1000);
  }

  function reconnect() {
    if (!source) return;
    close();
    failures += 1;
    if (failures >= 3) startPolling();
    const pause = Math.min(30000, 1000 * Math.pow(2, failures - 1));
    setTimeout(connect, pause * (0.75 + Math.random() / 2)); // spread out: all walls lose the server at the same moment
  }

  function startPolling() {
    if (poller) return;
    poll();
    poller = setInterval(poll, POLL_MS);
  }

  function stopPolling() {
    clearInterval(poller);
    poller = 0;
  }

  async function poll() {
    try {
      const response = await fetch(urls.poll, { credentials: "same-origin", cache: "no-store" });
      if (!response.ok) {
        if ([401, 403, 404, 410].indexOf(response.status) !== -1) location.replace(urls.pair);
        return;
      }
      const state = await response.json();
      heard();
      accept("state", state);
    } catch (error) {
      // The band says so after 20 s; the next try is under way.
    }
  }

  setInterval(() => {
    const silence = performance.now() - heardAt;
    if (silence > SILENT_MS && !isOff) {
      isOff = true;
      setOff(true);
    }
    if (source && silence > SILENT_MS + 5000) reconnect(); // a half-open connection reports no error
  }, 1000);

  connect();
  return poll;
}
