/** What practice shows over the film: the count, the move that is danced, and the next one. */

import { at } from "./counts.js";
import { h } from "./dom.js";
import { t } from "./words.js";

/** Counts before a move at which it is called. */
const CALLED = 2;

export class Display {
  #count = h("div", { class: "count", "aria-hidden": "true" });
  #now = h("p", { class: "now-move" });
  #next = h("p", { class: "next" });
  elements = [h("div", { class: "called" }, this.#now, this.#next), this.#count];
  /** True while a count-in is shown instead of the counts of the film. */
  counting = false;
  /** @type {import("./counts.js").Count[]} */
  #counts = [];
  /** @type {number[]} */
  #times = [];
  /** @type {{name: string, start: number}[]} */
  #moves = [];
  #beat = 0.5;

  /**
   * @param {import("./counts.js").Count[]} counts
   * @param {{name: string, start: number}[]} moves
   * @param {number} beat seconds
   */
  use(counts, moves, beat) {
    this.#counts = counts;
    this.#times = counts.map((each) => each.time);
    this.#moves = moves;
    this.#beat = beat;
  }

  /** @param {number} moment seconds of the film */
  draw(moment) {
    if (!this.counting) this.drawCount(this.#counts[at(this.#times, moment)]?.count ?? 0);
    const index = at(this.#moves.map((each) => each.start), moment + 1e-3);
    const next = this.#moves[index + 1];
    set(this.#now, this.#moves[index]?.name ?? "");
    set(this.#next, next ? t("practise.next", { name: next.name }) : "");
    this.#next.classList.toggle("soon", next !== undefined && next.start - moment < CALLED * this.#beat + 0.02);
  }

  /** @param {number} count 1 to 8, or 0 for none */
  drawCount(count) {
    set(this.#count, count ? String(count) : "");
    this.#count.classList.toggle("tap", count === 4 || count === 8);
  }
}

/** @param {Element} element @param {string} text */
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
