/* What every page of a wall needs: its words, its clock, and the state it follows.
 *
 * The state arrives whole, as JSON, over server-sent events; where these do not come through, it is fetched. The page recovers by
 * itself: from a dead network, a restarted server, a new release and a changed setting. A display that rotates turns to its other
 * page only once that page answers, so a dead network leaves the old one on the wall.
 */

const SILENT_MS = 20000; // the server speaks every 10 s
const POLL_MS = 15000;
const SHIFT_MS = 300000;
const TURN_RETRY_MS = 30000;
const RELOAD_PAUSE_MS = 60000;
const RELOADED = "zhixing:reloaded";
const SHIFTS = [[0, 0], [3, 1], [2, -2], [-1, -3], [-3, 0], [-2, 2], [1, 3]]; // px, against burn-in

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

/** A name is never cut: a long one is set smaller. */
export function fit(element, least) {
  element.style.fontSize = "";
  const share = element.clientWidth / element.scrollWidth;
  if (share < 1) element.style.fontSize = Math.max(least, share * 0.99) * parseFloat(getComputedStyle(element).fontSize) + "px";
}

/** The wall clock, in the time zone that a moment of the server names: a display's own zone is often wrong. */
export function wallClock(moment) {
  const zone = /([+-])(\d\d):(\d\d)$/.exec(moment || "");
  const now = new Date();
  const minutes = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : -now.getTimezoneOffset();
  return new Date(now.getTime() + minutes * 60000).toISOString().slice(11, 16);
}

export function keepMoving(root) {
  let shift = 0;
  setInterval(() => {
    shift = (shift + 1) % SHIFTS.length;
    root.style.transform = "translate(" + SHIFTS[shift][0] + "px, " + SHIFTS[shift][1] + "px)";
  }, SHIFT_MS);
}

/* ---- stream, and polling where it fails ---- */

/** Follow the state called `name`: accept(state) with every new one, setOff(true) after 20 s of silence. Returns a function that asks now. */
export function follow({ root, name, accept, setOff }) {
  const data = root.dataset;
  let source = null;
  let failures = 0;
  let poller = 0;
  let turning = 0;
  let isOff = false;
  let heardAt = performance.now();

  function heard() {
    heardAt = performance.now();
    if (!isOff) return;
    isOff = false;
    setOff(false);
  }

  /** A new release, a changed setting, another page: load it, but never in a loop. */
  function compare(look) {
    if (!look.assets) return;
    if (look.page && look.page !== data.page) {
      turn();
      return;
    }
    if ([look.assets, look.theme, look.distance_m, look.shows].join(" ") === data.look) return;
    try {
      const reloadedAt = Number(sessionStorage.getItem(RELOADED)) || 0;
      if (Math.abs(Date.now() - reloadedAt) < RELOAD_PAUSE_MS) return;
      sessionStorage.setItem(RELOADED, String(Date.now()));
    } catch (error) {
      return; // without a memory of the last time this could go on for ever
    }
    location.replace(data.homeUrl);
  }

  function leave() {
    location.replace(data.pairUrl);
  }

  /** Go where the server says this display should be, once the server answers. */
  async function turn() {
    clearTimeout(turning);
    turning = setTimeout(turn, TURN_RETRY_MS);
    try {
      const response = await fetch(data.pollUrl, { credentials: "same-origin", cache: "no-store" });
      const look = response.ok ? await response.json() : null;
      if (look && !look.page) clearTimeout(turning); // it does not rotate any more
      if (look && look.page && look.page !== data.page) location.replace(data.homeUrl);
    } catch (error) {
      // The next try comes by itself.
    }
  }

  function connect() {
    if (!window.EventSource) {
      startPolling();
      return;
    }
    source = new EventSource(data.eventsUrl);
    const on = (kind, act) =>
      source.addEventListener(kind, (event) => {
        failures = 0;
        stopPolling();
        heard();
        if (act) act(JSON.parse(event.data || "null"));
      });
    on("hello", (look) => look && compare(look));
    on(name, accept);
    on("ping");
    on("gone", leave);
    source.onerror = reconnect;
  }

  function reconnect() {
    if (!source) return;
    source.close();
    source = null;
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
    let response;
    try {
      response = await fetch(data.pollUrl, { credentials: "same-origin", cache: "no-store" });
      if (!response.ok) {
        if ([401, 403, 404, 410].indexOf(response.status) !== -1) leave();
        return;
      }
      const state = await response.json();
      heard();
      compare(state);
      accept(state[name]);
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

  if (data.turnSeconds) turning = setTimeout(turn, Number(data.turnSeconds) * 1000 + 500 + Math.random() * 4000);
  connect();
  return poll;
}
