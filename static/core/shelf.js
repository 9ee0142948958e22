/* What this device keeps for later: in IndexedDB, or in the memory of the open page where a browser refuses it. */

import { createStore, delMany, entries, set } from "../vendor/idb-keyval-6.3.0.min.js";

let patienceMs = 2000; // iOS 14 may never answer the first time a page opens its database

const memory = new Map();
let store = null;

function inTime(work) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      patienceMs = 200; // it was asked once in earnest
      reject(new Error("the database does not answer"));
    }, patienceMs);
    if (!store) store = createStore("zhixing", "kept");
    work(store).then(resolve, reject).then(() => clearTimeout(timer));
  });
}

/** Keep a value under a key; false when only this open page remembers it. */
export async function keep(key, value) {
  try {
    await inTime((kept) => set(key, value, kept));
    memory.delete(key);
    return true;
  } catch (error) {
    memory.set(key, value);
    return false;
  }
}

/** Return every [key, value] whose key begins like this. */
export async function find(prefix) {
  const found = new Map();
  try {
    for (const [key, value] of await inTime((kept) => entries(kept))) found.set(key, value);
  } catch (error) {
    // What the memory holds is all there is.
  }
  memory.forEach((value, key) => found.set(key, value));
  return Array.from(found).filter(([key]) => String(key).indexOf(prefix) === 0);
}

/** Forget what is kept under these keys. */
export async function forget(keys) {
  keys.forEach((key) => memory.delete(key));
  try {
    await inTime((kept) => delMany(keys, kept));
  } catch (error) {
    // It was in the memory only.
  }
}

/** Tell whether something of this kind would be lost with the page. */
export function isLoose(prefix) {
  return Array.from(memory.keys()).some((key) => key.indexOf(prefix) === 0);
}
