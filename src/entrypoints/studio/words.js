/** The words of the page, in the language of the browser. */

import { en } from "./words-en.js";
import { es } from "./words-es.js";

/** @typedef {keyof typeof en} Key */

export const language = (navigator.languages ?? [navigator.language]).map((each) => each.slice(0, 2)).find((each) => each === "es" || each === "en") ?? "en";
/** @type {Record<string, string>} */
const words = language === "es" ? es : en;

/**
 * Return a text; names in braces are replaced.
 * @param {Key} key
 * @param {Record<string, any>} [values]
 */
export function t(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/**
 * Return the word for a value of the API, or the value itself if there is none.
 * @param {string} kind
 * @param {string} value
 */
export function word(kind, value) {
  return words[`${kind}.${value}`] ?? value;
}

/** @param {number} seconds @returns {string} minutes and seconds, as `1:05` */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** @param {number} value @param {number} [digits] */
export const number = (value, digits = 0) => value.toLocaleString(language, { maximumFractionDigits: digits });

/** @param {string} text a time of the API */
export const date = (text) => new Date(text).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
