/** A song drawn near the playing moment: loudness of the bass and of all, beats, and every "1". */

import { Screen, fill, h } from "./dom.js";
import { WINDOWS } from "./song-sound.js";

/** Seconds that are seen. */
const SEEN = 8;

export class BeatView extends Screen {
  #canvas = h("canvas", { "aria-hidden": "true" });
  /** @type {{bass: Float32Array, all: Float32Array} | null} */
  loudness = null;
  /** @type {{time: number, one: boolean}[]} */
  beats = [];
  /** @type {number[]} */
  taps = [];

  show() {
    fill(this, this.#canvas);
    this.on(this.#canvas, "click", (event) => {
      const { clientWidth: width } = this.#canvas;
      this.dispatchEvent(new CustomEvent("moved", { detail: ((event.offsetX - width / 2) / width) * SEEN }));
    });
  }

  /** @param {number} moment seconds, which is drawn in the middle */
  draw(moment) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!width) return;
    const scale = devicePixelRatio;
    if (this.#canvas.width !== Math.round(width * scale)) {
      this.#canvas.width = Math.round(width * scale);
      this.#canvas.height = Math.round(height * scale);
    }
    const pen = this.#canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const { color, borderTopColor: accent, outlineColor: quiet } = getComputedStyle(this.#canvas);
    const x = (/** @type {number} */ time) => width / 2 + ((time - moment) / SEEN) * width;
    if (this.loudness) this.#wave(pen, moment, x, height, quiet, color);
    for (const { time, one } of this.beats) {
      if (Math.abs(time - moment) > SEEN / 2) continue;
      pen.fillStyle = one ? accent : color;
      pen.fillRect(x(time) - (one ? 1.5 : 0.5), one ? 0 : height * 0.2, one ? 3 : 1, one ? height : height * 0.6);
    }
    pen.fillStyle = accent;
    for (const tap of this.taps) {
      pen.beginPath();
      pen.arc(x(tap), height - 8, 4, 0, 7);
      pen.fill();
    }
    pen.fillRect(width / 2 - 1, 0, 2, height);
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} moment @param {(time: number) => number} x @param {number} height @param {string} quiet @param {string} strong */
  #wave(pen, moment, x, height, quiet, strong) {
    const { bass, all } = /** @type {{bass: Float32Array, all: Float32Array}} */ (this.loudness);
    const first = Math.max(0, Math.floor((moment - SEEN / 2) * WINDOWS));
    const last = Math.min(all.length, Math.ceil((moment + SEEN / 2) * WINDOWS));
    const wide = Math.max(1, x(1 / WINDOWS) - x(0));
    for (const [values, colour, share] of /** @type {[Float32Array, string, number][]} */ ([[all, quiet, 0.95], [bass, strong, 0.6]])) {
      pen.fillStyle = colour;
      pen.globalAlpha = values === bass ? 0.5 : 1;
      for (let at = first; at < last; at += 1) {
        const tall = Math.max(1, values[at] * height * share);
        pen.fillRect(x(at / WINDOWS), (height - tall) / 2, wide, tall);
      }
      pen.globalAlpha = 1;
    }
  }
}

customElements.define("beat-view", BeatView);
