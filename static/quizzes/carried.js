/* A set that is carried along: fetched once at its start, without keys, so that a dead network does not stop the answering.
   It is kept for its person and removed when it is final, at signing out, and when somebody else uses the device. */

import { desk, request } from "../core/outbox.js";
import { find, forget, keep } from "../core/shelf.js";

const SET = "set:";
const SETTLED_MS = 800; // the page itself comes first

const keyOf = (attempt) => `${SET}${desk.person}:${attempt}`;

/** Remove the carried sets: all, or all but those of a person. */
export async function clearSets(person) {
  const kept = await find(SET);
  const stale = kept.filter(([key]) => !person || key.indexOf(`${SET}${person}:`) !== 0);
  if (stale.length) await forget(stale.map(([key]) => key));
}

/** Remove one set, because it is final. */
export function clearSet(attempt) {
  return forget([keyOf(attempt)]);
}

/** Return the set of an attempt as it is kept here, or null. */
export async function findSet(attempt) {
  const kept = await find(keyOf(attempt));
  return kept.length ? kept[0][1] : null;
}

/** Return the set of an attempt, fetched when it is not here yet; null when there is none to be had. */
export async function carry(attempt) {
  const kept = await findSet(attempt);
  if (kept) return kept;
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  try {
    const url = desk.csrfUrl.replace(/csrf$/, "") + "api/v1/attempts/" + attempt;
    const response = await request(url, { headers: { Accept: "application/json" } });
    if (!response.ok || response.redirected) return null;
    const set = await response.json();
    if (!set.questions || !set.questions.length) return null;
    await keep(keyOf(attempt), set);
    return set;
  } catch (error) {
    return null;
  }
}
