/** The strip of a dance: waveform, sections, every "1", and each move as a block. */

import { Screen, fill, h } from "./dom.js";
import { clipPicture } from "./clip-picture.js";
import { icon } from "./icons.js";
import { clock, t, word } from "./words.js";

/** Fewest pixels for a second. */
const SCALE = 13;

export class DanceStrip extends Screen {
  #canvas = h("canvas", { "aria-hidden": "true" });
  #blocks = h("ol", { class: "blocks", "aria-label": t("strip.moves") });
  #sections = h("div", { class: "sections", "aria-hidden": "true" });
  #needle = h("div", { class: "needle", "aria-hidden": "true" });
  #sheet = h("div", { class: "sheet" }, this.#sections, this.#canvas, this.#blocks, this.#needle);
  #duration = 1;
  /** @type {any} */
  #analysis = null;
  /** @type {any[]} */
  #moves = [];

  show() {
    fill(this, h("div", { class: "strip", tabIndex: -1 }, this.#sheet));
    this.on(this.#canvas, "click", (event) => this.dispatchEvent(new CustomEvent("moment", { detail: (event.offsetX / this.#canvas.clientWidth) * this.#duration })));
    this.on(this.#blocks, "keydown", (event) => this.#move(event));
    const watch = new ResizeObserver(() => this.#paint());
    watch.observe(this.#sheet);
    this.signal.addEventListener("abort", () => watch.disconnect());
    this.on(matchMedia("(prefers-color-scheme: dark)"), "change", () => this.#paint());
  }

  /**
   * @param {any[]} moves as the explanation of the dance has them
   * @param {any} analysis of the song, or null
   * @param {number} duration seconds
   * @param {Set<number>} locked positions
   * @param {number} chosen index, or -1
   */
  draw(moves, analysis, duration, locked, chosen) {
    this.#moves = moves;
    this.#analysis = analysis;
    this.#duration = duration;
    this.#sheet.style.setProperty("min-width", `${duration * SCALE}px`);
    fill(this.#sections, (analysis?.sections ?? []).filter((/** @type {any} */ each) => each.start < duration).map((/** @type {any} */ each) => placed(h("span", { style: { "--energy": each.energy } }, word("section", each.name)), each.start, Math.min(each.end, duration), duration)));
    fill(this.#blocks, moves.map((move, index) => placed(h("li", {}, h("button", {
      type: "button",
      class: "block",
      tabIndex: index === Math.max(chosen, 0) ? 0 : -1,
      "aria-pressed": index === chosen,
      "aria-label": `${move.name}, ${clock(move.start_time)}${locked.has(move.position) ? `, ${t("strip.locked")}` : ""}`,
      title: move.name,
      onclick: () => this.#choose(index),
    }, move.move_id && clipPicture(move.move_id), h("span", { class: "block-name" }, locked.has(move.position) && icon("lock"), move.name))), move.start_time, move.start_time + move.duration, duration)));
    this.#paint();
  }

  /** @param {number} index */
  #choose(index) {
    for (const [at, block] of this.#buttons().entries()) {
      block.setAttribute("aria-pressed", String(at === index));
      block.tabIndex = at === index ? 0 : -1;
    }
    this.dispatchEvent(new CustomEvent("chosen", { detail: index }));
  }

  /** @returns {HTMLElement[]} */
  #buttons() {
    return [...this.#blocks.querySelectorAll("button")];
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const buttons = this.#buttons();
    const at = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || !buttons[to]) return;
    event.preventDefault();
    for (const each of buttons) each.tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  }

  /** Show the playing moment. @param {number} seconds */
  point(seconds) {
    this.#needle.style.setProperty("left", `${(100 * seconds) / this.#duration}%`);
    const now = this.#moves.findLastIndex((move) => move.start_time <= seconds + 0.01);
    for (const [at, block] of this.#buttons().entries()) block.classList.toggle("now", at === now);
  }

  #paint() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!width || !this.#analysis) return;
    const scale = devicePixelRatio;
    this.#canvas.width = width * scale;
    this.#canvas.height = height * scale;
    const pen = this.#canvas.getContext("2d");
    pen.scale(scale, scale);
    // A canvas needs resolved colours, which only properties of elements have.
    const { color, borderTopColor } = getComputedStyle(this.#canvas);
    pen.fillStyle = color;
    for (let x = 0; x < width; x += 3) {
      const tall = Math.max(0.04, loudness(this.#analysis, (x / width) * this.#duration)) * (height - 6);
      pen.fillRect(x, (height - tall) / 2, 2, tall);
    }
    pen.fillStyle = borderTopColor;
    for (const one of this.#analysis.ones) if (one <= this.#duration) pen.fillRect((one / this.#duration) * width, 0, 1.5, 7);
  }
}

/**
 * Return the loudness of a song at a moment, from 0 to 1: its waveform, or else the energy of its section.
 * @param {any} analysis
 * @param {number} seconds
 */
export function loudness({ peaks, sections, beats, duration }, seconds) {
  if (peaks.length) return peaks[Math.min(peaks.length - 1, Math.floor((seconds / duration) * peaks.length))];
  const energy = sections.find((/** @type {any} */ each) => each.end > seconds)?.energy ?? 0.1;
  const beat = beats.findLast((/** @type {number} */ each) => each <= seconds) ?? 0;
  return energy * (0.35 + 0.65 * Math.exp(-5 * (seconds - beat)));
}

/** @param {HTMLElement} element @param {number} start @param {number} end @param {number} duration */
function placed(element, start, end, duration) {
  element.style.setProperty("left", `${(100 * start) / duration}%`);
  element.style.setProperty("width", `${(100 * (end - start)) / duration}%`);
  return element;
}

customElements.define("dance-strip", DanceStrip);
