/* What is chosen and not submitted yet survives a reload of this tab. */

import { desk } from "../core/outbox.js";

const keyOf = (address) => `zhixing:draft:${desk.person}:${new URL(address, location.href).pathname}`;
const isAbout = (field) => /^option(\.\d+)?$/.test(field.name || "");

const isTick = (field) => /^(radio|checkbox)$/.test(field.type);

/** Note what a form holds. */
export function note(form) {
  const fields = Array.from(form.elements).filter((field) => isAbout(field) && (!isTick(field) || field.checked));
  try {
    sessionStorage.setItem(keyOf(form.action), JSON.stringify(fields.map((field) => [field.name, field.value])));
  } catch (error) {
    // A tab without storage forgets, as it would without this script.
  }
}

/* A list takes a value that it offers: entries may have been moved since the page was drawn. */
function takes(field, [name, value]) {
  if (name !== field.name) return false;
  if (isTick(field)) return value === field.value;
  return !field.options || Array.from(field.options).some((option) => option.value === value);
}

/** Put back what was noted. */
export function restore(form) {
  let values = null;
  try {
    values = JSON.parse(sessionStorage.getItem(keyOf(form.action)));
  } catch (error) {
    return;
  }
  if (!values) return;
  for (const field of Array.from(form.elements).filter(isAbout)) {
    const at = values.findIndex((value) => takes(field, value));
    if (isTick(field)) field.checked = at !== -1;
    else if (at !== -1) field.value = values.splice(at, 1)[0][1];
  }
}

/** Forget it: the answer to the question at this address has arrived. */
export function clear(address) {
  try {
    sessionStorage.removeItem(keyOf(address));
  } catch (error) {
    // There was none.
  }
}
