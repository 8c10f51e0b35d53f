/** One move of a dance: why it was chosen, and what could be danced instead. */

import { call } from "./api.js";
import "./clip-loop.js";
import { Screen, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { clock, number, t, word } from "./words.js";

export class MoveDetails extends Screen {
  #drawn = 0;

  show() {
    this.draw(null, { locked: false, song: true });
  }

  /**
   * @param {any} move as the explanation of the dance has it, or null
   * @param {{locked: boolean, song: boolean}} state
   */
  draw(move, { locked, song }) {
    this.#drawn += 1;
    if (!move) return fill(this, h("p", { class: "hint" }, t("move.choose")));
    const others = h("ul", { class: "alternatives" });
    const changeable = song && move.position !== null;
    const tell = (/** @type {string} */ name, /** @type {any} */ detail = null) => this.dispatchEvent(new CustomEvent(name, { detail }));
    fill(this,
      h("h2", {}, move.name),
      h("p", { class: "quiet figures" }, `${clock(move.start_time)} – ${clock(move.start_time + move.duration)} · ${t("move.tempo", { percent: number(move.playback_rate * 100) })}`),
      h("div", { class: "actions" },
        h("button", { type: "button", "aria-pressed": locked, disabled: !changeable, onclick: () => tell("lock") }, icon("lock"), t(locked ? "move.unlock" : "move.lock")),
        h("button", { type: "button", disabled: !changeable, onclick: () => tell("ban") }, icon("ban"), t("move.ban"))),
      reasons(move),
      h("h3", {}, t("move.instead")),
      others);
    this.#offer(move, others, changeable, tell, this.#drawn);
    return undefined;
  }

  /**
   * @param {any} move
   * @param {Element} list
   * @param {boolean} changeable
   * @param {(name: string, detail: any) => void} tell
   * @param {number} drawn
   */
  async #offer(move, list, changeable, tell, drawn) {
    const planned = move.alternatives.map((/** @type {any} */ each) => ({ id: each.move_id, name: each.name }));
    this.#list(list, planned, changeable, tell);
    if (!move.move_id) return;
    try {
      const { items } = await call("listSimilarMoves", { values: { move_id: move.move_id }, query: { limit: 8 }, signal: this.signal });
      if (drawn !== this.#drawn) return;
      const more = items.map((/** @type {any} */ each) => each.move).filter((/** @type {any} */ each) => planned.every((/** @type {any} */ other) => other.id !== each.id) && !each.unusable);
      this.#list(list, [...planned, ...more].slice(0, 8), changeable, tell);
    } catch (error) {
      if (!this.signal.aborted) console.warn("There are no similar moves.", error);
    }
  }

  /** @param {Element} list @param {any[]} moves @param {boolean} changeable @param {(name: string, detail: any) => void} tell */
  #list(list, moves, changeable, tell) {
    const before = new Set([...list.children].map((each) => /** @type {HTMLElement} */ (each).dataset.move));
    for (const move of moves.filter((each) => !before.has(each.id))) {
      list.append(h("li", { "data-move": move.id }, h("button", { type: "button", class: "alternative", disabled: !changeable, "aria-label": t("move.dance-instead", { name: move.name }), onclick: () => tell("replace", move) }, h("clip-loop", { move: move.id }), h("span", {}, move.name))));
    }
  }
}

/** @param {any} move */
function reasons(move) {
  const costs = Object.entries(move.costs).filter(([name, cost]) => name !== "chance" && Math.abs(/** @type {number} */ (cost)) > 0.005);
  if (costs.length === 0) return h("p", { class: "good-text" }, t("move.fits"));
  const most = Math.max(...costs.map(([, cost]) => /** @type {number} */ (cost)), 0.5);
  return h("dl", { class: "reasons" }, costs.map(([name, cost]) => [h("dt", {}, word("cost", name)), h("dd", {}, h("meter", { min: 0, max: most, value: cost, "aria-label": word("cost", name) }))]));
}

customElements.define("move-details", MoveDetails);
