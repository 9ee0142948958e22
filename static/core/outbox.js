/* Answers that have not reached the server yet.
 *
 * An answer is written down before it is sent and crossed out when the server has confirmed it, so a dead network or a
 * closed page loses nothing. A record is {url, body, uuid, person}; it is sent again with the same submission UUID, for
 * which the server gives the same result. Records belong to a person: nobody else's session sends them.
 */

const KEY = "zhixing:unsent";
const GIVE_UP_MS = 8000;
const RETRY_MS = 30000;

let memory = []; // holds the records where the browser refuses to store anything

class SignedOut extends Error {}

/** The person and the addresses of this page, from its <body> and <meta>. */
export const desk = {
  person: document.body.dataset.person || "",
  csrfUrl: document.body.dataset.csrfUrl || "",
};

function stored() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) || "[]");
    return Array.isArray(found) ? found : [];
  } catch (error) {
    return [];
  }
}

function store(records) {
  try {
    if (records.length) localStorage.setItem(KEY, JSON.stringify(records));
    else localStorage.removeItem(KEY);
    return true;
  } catch (error) {
    return false;
  }
}

/** The records of this person, the oldest first. */
export function waiting() {
  return stored().concat(memory).filter((record) => record.person === desk.person);
}

/** Write a record down; false when only this open page remembers it. */
export function keep(record) {
  const others = stored().filter((other) => other.uuid !== record.uuid);
  if (store(others.concat([record]))) return true;
  memory = memory.filter((other) => other.uuid !== record.uuid).concat([record]);
  return false;
}

/** Cross a record out. */
export function drop(uuid) {
  store(stored().filter((record) => record.uuid !== uuid));
  memory = memory.filter((record) => record.uuid !== uuid);
}

function request(url, options) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), GIVE_UP_MS);
  const settings = Object.assign({ credentials: "same-origin", cache: "no-store", signal: giveUp.signal }, options);
  settings.headers = Object.assign({ "X-Requested-With": "fetch" }, settings.headers);
  return fetch(url, settings).finally(() => clearTimeout(timer));
}

function pageToken() {
  return document.querySelector('meta[name="csrf-token"]');
}

async function freshToken() {
  const response = await request(desk.csrfUrl, { headers: { Accept: "application/json" } });
  if (response.redirected || response.status === 401 || response.status === 403) throw new SignedOut();
  if (!response.ok) throw new Error("no token");
  const { token, person } = await response.json();
  if (person !== undefined && person !== desk.person) throw new SignedOut();
  if (pageToken()) pageToken().content = token;
  return token;
}

function post(record, token) {
  return request(record.url, {
    method: "POST",
    body: record.body,
    headers: { "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", "X-CSRFToken": token },
  });
}

async function judge(response) {
  const html = await response.text();
  if (html.indexOf('id="taken"') !== -1) return { outcome: response.ok ? "done" : "again", html };
  if (response.redirected || response.status === 401 || response.status === 403) return { outcome: "signed_out" };
  // Only our own server may refuse an answer for good: hotel and factory gateways answer in its place.
  const isOurs = response.headers.has("X-Request-ID");
  const isFinal = response.status > 400 && response.status < 500 && [408, 425, 429].indexOf(response.status) === -1;
  return { outcome: isOurs && isFinal ? "refused" : "later" };
}

/**
 * Send one record. The outcome is done, again (the form needs a correction), refused (the server will never take it),
 * later (no network, or the server is not well) or signed_out; html is the answer's fragment, with done and again.
 */
export async function send(record, isFirstTry) {
  try {
    const token = isFirstTry && pageToken() ? pageToken().content : await freshToken();
    let response = await post(record, token);
    if (response.status === 400 && isFirstTry) response = await post(record, await freshToken());
    return await judge(response);
  } catch (error) {
    return { outcome: error instanceof SignedOut ? "signed_out" : "later" };
  }
}

let isFlushing = false;

/** Send what waits, one after the other, until one has to wait longer; tell `settled(record, result)` about each. */
export async function flush(settled) {
  if (isFlushing || !desk.person) return;
  isFlushing = true;
  try {
    for (const record of waiting()) {
      const result = await send(record, false);
      const isKept = result.outcome === "later" || result.outcome === "signed_out";
      if (!isKept) drop(record.uuid);
      settled(record, result);
      if (isKept) break;
    }
  } finally {
    isFlushing = false;
  }
}

/** Try again when the network is back, when the page is looked at, and every half minute or so. */
export function watch(settled) {
  const retry = () => {
    if (waiting().length) flush(settled);
  };
  const later = () =>
    setTimeout(() => {
      retry();
      later();
    }, RETRY_MS * (0.75 + Math.random() / 2)); // spread out, or every phone of a shift returns at once
  window.addEventListener("online", retry);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") retry();
  });
  later();
  retry();
}
