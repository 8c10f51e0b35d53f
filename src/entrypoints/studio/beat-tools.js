/** Correct beats by ear: tap along, "this is 1", twice, half, half a beat later, and take it back. */

import { Screen, fill, h } from "./dom.js";
import { FEWEST, PAUSE, fitted } from "./tapping.js";
import { number, t } from "./words.js";

/**
 * What plays while somebody listens.
 * @typedef {object} Playing
 * @property {() => boolean} playing
 * @property {() => void} toggle
 * @property {() => number} moment seconds
 * @property {(event: Event) => number} momentOf the moment that was heard at an event
 */

/**
 * Return the fields of a correction that correct something.
 * @param {Record<string, any> | null} correction
 * @returns {Record<string, any>}
 */
export const given = (correction) => Object.fromEntries(Object.entries(correction ?? {}).filter(([, value]) => value !== null && value.length !== 0));

/** Sends an event `correct` with the whole correction, and `taps` with the times of the taps. */
export class BeatTools extends Screen {
  /** @type {Playing | null} */
  subject = null;
  /** Other ways to count, of the uncorrected analysis, with their numbers. @type {{kind: string, beats_later: number, probability: number, number: number}[]} */
  readings = [];
  /** @type {Record<string, any>} */
  #correction = {};
  /** @type {number[]} */
  #taps = [];
  #note = h("p", { class: "hint", role: "status" });

  show() {
    this.on(document, "keydown", (event) => this.#key(event));
    this.draw(this.#correction);
  }

  /** @param {Record<string, any>} correction @param {string} [words] */
  draw(correction, words = "") {
    this.#correction = correction;
    this.#taps = [];
    this.#tellTaps();
    this.#note.textContent = words;
    const button = (/** @type {any} */ key, /** @type {() => any} */ values, pressed = false) => h("button", { type: "button", "aria-pressed": pressed ? "true" : null, onclick: () => this.#tell(values()) }, t(key));
    fill(this,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "tap", onpointerdown: (/** @type {Event} */ event) => this.#tap(event), onclick: (/** @type {MouseEvent} */ event) => event.detail === 0 && this.#tap(event) }, t("beats.tap")),
        button("beats.one", () => this.#one())),
      this.#note,
      h("h3", {}, t("beats.corrections")),
      h("div", { class: "actions" },
        button("beats.half-beat", () => ({ ...correction, shift: correction.shift ? null : "half_beat" }), Boolean(correction.shift)),
        button("beats.double", () => ({ ...correction, beats: correction.beats === "double" ? null : "double", tempo: null }), correction.beats === "double"),
        button("beats.half", () => ({ ...correction, beats: correction.beats === "half" ? null : "half", tempo: null }), correction.beats === "half"),
        Object.keys(correction).length > 0 && button("beats.back", () => ({}))),
      this.readings.length > 0 && h("h3", {}, t("beats.readings")),
      this.readings.length > 0 && h("div", { class: "actions" }, this.readings.map((each) =>
        h("button", { type: "button", class: "reading", onclick: () => this.#tell({ reading: each.number }) }, t(/** @type {any} */ (`reading.${each.kind}`), { beats: each.beats_later }), " ", h("span", { class: "quiet" }, `${number(each.probability * 100)} %`)))));
  }

  /** @param {string} words */
  tell(words) {
    this.#note.textContent = words;
  }

  #one() {
    return { ...this.#correction, one_at: Math.max(0, this.subject?.moment() ?? 0) };
  }

  /** @param {Record<string, any>} values */
  #tell(values) {
    const correction = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
    this.dispatchEvent(new CustomEvent("correct", { detail: correction }));
  }

  #tellTaps() {
    this.dispatchEvent(new CustomEvent("taps", { detail: this.#taps }));
  }

  /** @param {Event} event */
  #tap(event) {
    if (!this.subject?.playing()) return this.subject?.toggle();
    const moment = this.subject.momentOf(event);
    const last = this.#taps[this.#taps.length - 1];
    if (moment <= last || moment - last > PAUSE) this.#taps = [];
    this.#taps.push(moment);
    this.#tellTaps();
    const fit = fitted(this.#taps);
    if (!fit) return this.tell(t("beats.tapping", { more: FEWEST - this.#taps.length }));
    const use = () => this.#tell({ tempo: Math.round(fit.tempo * 100) / 100, one_at: Math.max(0, fit.one) });
    return fill(this.#note, t("beats.tapped", { tempo: number(fit.tempo, 1), taps: this.#taps.length }), " ", h("button", { type: "button", onclick: use }, t("beats.use")));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!this.subject || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (target.matches("textarea, select, input:not([type=range], [type=radio])")) return;
    if (event.key === " " && target.matches("button, a, input")) return;
    const act = { " ": () => this.#tap(event), t: () => this.#tap(event), p: () => this.subject?.toggle(), 1: () => this.#tell(this.#one()) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

customElements.define("beat-tools", BeatTools);
