/* Answers that have not reached the server yet.
 *
 * An answer is written down before it is sent and crossed out when the server has confirmed it, so a dead network or a
 * closed page loses nothing. It is sent again with the same submission UUID, for which the server gives the same result.
 * A record is {uuid, attempt, position, ticket, given, sequence, claimed_at, confident, person, url}. Records belong to
 * a person: nobody else's session sends them, and they stay until their own person is back.
 */

import { find, forget, isLoose, keep as write } from "./shelf.js";

const ANSWER = "answer:";
const OLD_KEY = "zhixing:unsent"; // where records were kept before there was a database
const GIVE_UP_MS = 8000;
const RETRY_MS = 30000;
const SPREAD_MS = 2000;
const BATCH = 100;

class SignedOut extends Error {}

/** The person and the addresses of this page, from its <body> and <meta>. */
export const desk = {
  person: document.body.dataset.person || "",
  csrfUrl: document.body.dataset.csrfUrl || "",
};
const address = (path) => desk.csrfUrl.replace(/csrf$/, "") + "api/v1/" + path;

/* ---- records ---- */

let lastSequence = 0;

/** Return a number that grows with every answer of this device. */
export function nextSequence() {
  lastSequence = Math.max(Date.now(), lastSequence + 1);
  return lastSequence;
}

/** Return what the fields of a form say of the question; a part of a case has its number in the name. */
export function givenOf(fields) {
  const given = [];
  for (const [name, value] of fields) {
    const found = /^option(?:\.(\d+))?$/.exec(name);
    if (found) given.push(found[1] ? `${found[1]}/${value}` : value);
  }
  return given;
}

/** Write a record down; false when only this open page remembers it. */
export function keep(record) {
  return write(ANSWER + record.uuid, record);
}

/** Cross records out. */
export function drop(uuids) {
  return forget(uuids.map((uuid) => ANSWER + uuid));
}

function toNew(old) {
  const fields = new URLSearchParams(old.body);
  const [attempt, position] = new URL(old.url, location.href).pathname.split("/").slice(-2);
  const given = givenOf(fields);
  return { uuid: old.uuid, attempt, position: Number(position), ticket: "", given, sequence: nextSequence(), claimed_at: null, confident: null, person: old.person, url: old.url };
}

async function moveOld() {
  let text = null;
  try {
    text = localStorage.getItem(OLD_KEY);
  } catch (error) {
    return;
  }
  if (!text) return;
  let isMoved = true;
  try {
    for (const old of JSON.parse(text)) isMoved = (await keep(toNew(old))) && isMoved;
  } catch (error) {
    return; // not ours to throw away
  }
  if (isMoved) localStorage.removeItem(OLD_KEY);
}

const moved = moveOld();

/** Return the records of this person, the oldest first. */
export async function waiting() {
  await moved;
  const records = (await find(ANSWER)).map(([, record]) => record);
  return records.filter((record) => record.person === desk.person).sort((one, other) => one.sequence - other.sequence);
}

/** Tell whether an answer would be lost with this page, because the browser refuses to keep it. */
export function isOnlyHere() {
  return isLoose(ANSWER);
}

/* ---- sending ---- */

/** Fetch something of ours, and give up in time. */
export function request(url, options, giveUpMs) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), giveUpMs || GIVE_UP_MS);
  const settings = Object.assign({ credentials: "same-origin", cache: "no-store", signal: giveUp.signal }, options);
  settings.headers = Object.assign({ "X-Requested-With": "fetch" }, settings.headers);
  return fetch(url, settings).finally(() => clearTimeout(timer));
}

async function freshToken() {
  const response = await request(desk.csrfUrl, { headers: { Accept: "application/json" } });
  if (response.redirected || response.status === 401 || response.status === 403) throw new SignedOut();
  if (!response.ok) throw new Error("no token");
  const { token, person } = await response.json();
  if (person !== undefined && person !== desk.person) throw new SignedOut();
  const meta = document.querySelector('meta[name="csrf-token"]');
  if (meta) meta.content = token;
  return token;
}

function post(path, body, token) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (token) headers["X-CSRFToken"] = token;
  return request(address(path), { method: "POST", body: JSON.stringify(body), headers });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    return null;
  }
}

/* Only our own server may confirm an answer or refuse it for good: hotel and factory gateways answer in its place. */
async function judge(response) {
  const data = parsed(await response.text());
  const isOurs = response.headers.has("X-Request-ID");
  const { status } = response;
  if (isOurs && (response.redirected || status === 401 || status === 403)) return { outcome: "signed_out" };
  if (isOurs && data && response.ok) return { outcome: "done", data };
  const isFinal = status >= 400 && status < 500 && [408, 425, 429].indexOf(status) === -1;
  if (isOurs && isFinal) return { outcome: data && data.field ? "again" : "refused", message: data && data.message };
  return { outcome: "later", status, waitMs: 1000 * Number(response.headers.get("Retry-After") || 0) };
}

function failed(error) {
  return { outcome: error instanceof SignedOut ? "signed_out" : "later", status: 0 };
}

/* What the server is told of a record: neither whose it is nor where it was written. */
function toAnswer(record) {
  const { uuid, attempt, position, ticket, given, sequence, claimed_at, confident } = record;
  return { uuid, attempt, position, ticket, given, sequence, claimed_at, confident };
}

async function sendBatch(records) {
  const token = await freshToken();
  const result = await judge(await post("answers/batch", { answers: records.map(toAnswer) }, token));
  if (result.outcome === "done") {
    return result.data.results.map((one) => (one.state === "refused" ? { outcome: "refused", message: one.message } : { outcome: "done", data: null }));
  }
  if (result.outcome === "later" || result.outcome === "signed_out" || records.length === 1) return records.map(() => result);
  const alone = []; // one of them spoils the letter
  for (const record of records) alone.push((await sendBatch([record]))[0]);
  return alone;
}

async function sendOne(record) {
  if (record.ticket) {
    const result = await judge(await post("answers", toAnswer(record)));
    if (result.outcome !== "signed_out") return result;
  }
  // The ticket is of another session. If its person is signed in again, the session says so.
  return (await sendBatch([record]))[0];
}

/* Two tabs do not send at the same time, where the browser can tell; elsewhere the UUID makes it harmless. */
function locked(mode, work) {
  if (!navigator.locks) return work(true);
  return navigator.locks.request("zhixing:outbox", { mode, ifAvailable: true }, work);
}

/**
 * Send one record. The outcome is done, again (the answer needs a correction), refused (the server will never take it),
 * later (no network, or the server is not well: status) or signed_out. With done, data is what the server says, or null
 * when it has only confirmed.
 */
export function send(record) {
  return locked("shared", () => sendOne(record).catch(failed));
}

/** Tell whether a record stays in the outbox after this result. */
export const isKept = (result) => result.outcome === "later" || result.outcome === "signed_out";

let isFlushing = false;
let notBefore = 0;

async function deliver() {
  const records = (await waiting()).slice(0, BATCH);
  if (!records.length) return [];
  const results = await (records.length === 1 ? sendOne(records[0]).then((one) => [one]) : sendBatch(records)).catch((error) => records.map(() => failed(error)));
  const pairs = records.map((record, at) => ({ record, result: results[at] }));
  await drop(pairs.filter(({ result }) => !isKept(result)).map(({ record }) => record.uuid));
  notBefore = Date.now() + (results[0].waitMs || 0);
  return pairs;
}

/** Send what waits, several answers in one letter; return [{record, result}], empty when there was nothing to send. */
export async function flush() {
  if (isFlushing || !desk.person || Date.now() < notBefore) return [];
  isFlushing = true;
  try {
    return (await locked("exclusive", (lock) => (lock ? deliver() : []))) || [];
  } finally {
    isFlushing = false;
  }
}

/** Try again when the network is back, when the page is looked at, and every half minute or so; tell `settled(pairs)`. */
export function watch(settled) {
  const retry = async () => settled(await flush());
  const later = () =>
    setTimeout(() => {
      retry();
      later();
    }, RETRY_MS * (0.75 + Math.random() / 2)); // spread out, or every phone of a shift returns at once
  window.addEventListener("online", () => {
    notBefore = 0;
    setTimeout(retry, SPREAD_MS * Math.random());
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) retry();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") retry();
  });
  later();
  retry();
}
