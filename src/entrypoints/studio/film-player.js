/** The player: a film or the preview of a task; the next one takes over at the same moment. */

import { Problem, url } from "./api.js";
import { h } from "./dom.js";
import { readable } from "./pictures.js";
import { sourceClass } from "./playlists.js";
import { playPreview } from "./preview-stream.js";
import { t } from "./words.js";

/** Milliseconds within which a source that has begun to load has a picture, or is shown without one. */
const LATEST = 15_000;

export class FilmPlayer extends HTMLElement {
  /** @type {HTMLVideoElement | null} */
  video = null;
  #life = new AbortController();
  /** A moment that is to be shown as soon as there is a film. @type {number | null} */
  #wanted = null;

  /**
   * Play the preview of a task, where the browser can.
   * @param {string} task
   */
  async showPreview(task) {
    if (sourceClass()) await this.#show((video, signal) => playPreview(video, task, signal));
    else await this.showAddress(url("getPreview", { task_id: task }));
  }

  /**
   * Play a file.
   * @param {string} address
   * @param {{poster?: string, captions?: string | null}} [options]
   */
  async showAddress(address, { poster, captions } = {}) {
    await this.#show(async (video) => {
      if (poster && !this.video) video.poster = await readable(poster);
      if (captions) video.append(h("track", { kind: "captions", src: await readable(captions), default: true, label: t("player.captions") }));
      video.src = await readable(address);
    });
  }

  /** @param {(video: HTMLVideoElement, signal: AbortSignal) => Promise<void>} begin */
  async #show(begin) {
    const life = new AbortController();
    const before = { video: this.video, life: this.#life };
    const video = h("video", { controls: true, playsInline: true, preload: "auto", "aria-label": t("player.label"), class: before.video ? "waiting" : "" });
    this.append(video);
    try {
      await begin(video, life.signal);
      if (this.#wanted !== null) video.currentTime = this.#wanted;
      this.#wanted = null;
      if (before.video) await ready(video, before.video.currentTime);
    } catch (error) {
      life.abort();
      video.remove();
      throw error;
    }
    const old = before.video;
    if (old) {
      if (Math.abs(video.currentTime - old.currentTime) > 0.5) video.currentTime = old.currentTime;
      video.volume = old.volume;
      video.muted = old.muted;
      video.playbackRate = old.playbackRate;
      if (!old.paused) await this.play(video);
      old.pause();
      before.life.abort();
      old.remove();
    }
    video.className = "";
    this.video = video;
    this.#life = life;
    for (const name of ["timeupdate", "play", "pause", "loadedmetadata", "seeked"]) {
      video.addEventListener(name, () => this.dispatchEvent(new CustomEvent("moment", { detail: name })));
    }
    this.dispatchEvent(new CustomEvent("moment", { detail: "shown" }));
  }

  /** Play; a browser that forbids sound before a press shows its controls. */
  async play(video = this.video) {
    try {
      await video?.play();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** @returns {number} the playing moment in seconds */
  get moment() {
    return this.video?.currentTime ?? 0;
  }

  set moment(seconds) {
    if (this.video) this.video.currentTime = seconds;
    else this.#wanted = seconds;
  }

  disconnectedCallback() {
    this.#life.abort();
    this.video?.pause();
    this.video?.removeAttribute("src");
    this.video?.load();
    this.video = null;
    this.replaceChildren();
  }
}

/**
 * Wait until a video shows a moment.
 * @param {HTMLVideoElement} video
 * @param {number} moment
 */
function ready(video, moment) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, LATEST);
    const end = (/** @type {(value?: any) => void} */ finish, /** @type {any} */ value = undefined) => {
      clearTimeout(timer);
      finish(value);
    };
    video.addEventListener("error", () => end(reject, new Problem({ detail: video.error?.message || t("player.failed") })), { once: true });
    const sought = () => {
      if (Math.abs(moment) < 0.05) return end(resolve);
      video.addEventListener("seeked", () => end(resolve), { once: true });
      video.currentTime = Math.min(moment, video.duration - 0.1);
    };
    if (video.readyState >= 2) sought();
    else video.addEventListener(moment < 0.05 ? "loadeddata" : "loadedmetadata", sought, { once: true });
  });
}

customElements.define("film-player", FilmPlayer);
