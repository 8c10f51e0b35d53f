/** What several screens share: a small store, and what the browser keeps between visits. */

/** @typedef {Record<string, any>} State */

/** @type {State} */
let state = {};
/** @type {Set<(state: State) => void>} */
const listeners = new Set();

/** @returns {State} the shared state, which is never changed in place */
export const get = () => state;

/**
 * Replace some values, and tell everybody who listens.
 * @param {State} values
 */
export function put(values) {
  state = { ...state, ...values };
  for (const listener of [...listeners]) listener(state);
}

/**
 * Call a function with the state at each change, until the signal is aborted.
 * @param {(state: State) => void} listener
 * @param {AbortSignal} signal
 */
export function subscribe(listener, signal) {
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener));
}

/**
 * Read a value that this browser keeps; null if there is none, or if it keeps nothing.
 * @param {string} name
 * @param {Storage} [storage]
 * @returns {any}
 */
export function kept(name, storage = localStorage) {
  try {
    return JSON.parse(storage.getItem(`studio.${name}`) ?? "null");
  } catch {
    return null;
  }
}

/**
 * Keep a value in this browser; null removes it. A browser without room keeps nothing.
 * @param {string} name
 * @param {any} value
 * @param {Storage} [storage]
 */
export function keep(name, value, storage = localStorage) {
  try {
    if (value === null) storage.removeItem(`studio.${name}`);
    else storage.setItem(`studio.${name}`, JSON.stringify(value));
  } catch (error) {
    console.warn("The browser keeps nothing.", error);
  }
}
