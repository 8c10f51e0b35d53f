/** The clip of a move, which plays silently while it is seen, pointed at or focused. */

import { url } from "./api.js";
import { clipPicture } from "./clip-picture.js";
import { Screen, fill, h } from "./dom.js";
import { readable } from "./pictures.js";

export class ClipLoop extends Screen {
  /** Id of the move. */
  move = "";
  #video = /** @type {HTMLVideoElement | null} */ (null);

  show() {
    fill(this, clipPicture(this.move));
    const owner = this.closest("button, a, li") ?? this;
    for (const name of ["pointerenter", "focusin", "pointerdown"]) this.on(owner, name, () => this.play());
    for (const name of ["pointerleave", "focusout"]) this.on(owner, name, () => this.stop());
    this.signal.addEventListener("abort", () => this.stop());
  }

  async play() {
    if (this.#video) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const video = (this.#video = h("video", { muted: true, loop: true, playsInline: true, controls: false, tabIndex: -1, "aria-hidden": "true" }));
    video.src = await readable(url("getClip", { move_id: this.move }));
    if (this.#video !== video || this.signal.aborted) return;
    this.append(video);
    if (still) return;
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  stop() {
    const video = this.#video;
    // Removing an element that has the focus calls this function again.
    this.#video = null;
    video?.remove();
  }
}

customElements.define("clip-loop", ClipLoop);
