/** Songs: their beats over the playing sound, and corrections by ear, by key and by tapping. */

import { call, url } from "./api.js";
import { given } from "./beat-tools.js";
import "./beat-view.js";
import { confirmed } from "./confirm.js";
import { Screen, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { address, open, place } from "./router.js";
import { SongSound } from "./song-sound.js";
import "./song-picker.js";
import { clock, number, t } from "./words.js";

/** Least probability of another way to count that is offered. */
const LIKELY = 0.02;

class SongsScreen extends Screen {
  #detail = h("div", { class: "song-detail" });
  #view = /** @type {import("./beat-view.js").BeatView} */ (document.createElement("beat-view"));
  #facts = h("p", { class: "quiet figures", role: "status" });
  #tools = /** @type {import("./beat-tools.js").BeatTools} */ (document.createElement("beat-tools"));
  #seek = h("input", { type: "range", min: 0, step: 0.1, "aria-label": t("beats.position"), oninput: () => this.#sound?.seek(Number(this.#seek.value)) });
  #play = h("button", { type: "button", class: "primary", onclick: () => this.#toggle() });
  /** @type {SongSound | null} */
  #sound = null;
  /** @type {any} */
  #song = null;
  /** @type {any} */
  #analysis = null;
  /** @type {Record<string, any>} */
  #correction = {};
  #opening = new AbortController();

  show() {
    const picker = h("song-picker", { chosen: place().id || null, onchosen: (/** @type {CustomEvent} */ event) => {
      if (event.detail.id !== this.#song?.id) open(address("songs", event.detail.id));
    } });
    fill(this, h("h1", {}, t("songs.title")), h("p", { class: "lead" }, t("songs.lead")), h("div", { class: "two" }, picker, this.#detail));
    this.on(this, "place", () => this.#open(place().id));
    this.on(this.#tools, "correct", (event) => this.#correct(event.detail));
    this.on(this.#tools, "taps", (event) => {
      this.#view.taps = event.detail;
    });
    this.#tools.subject = { playing: () => this.#sound?.playing ?? false, toggle: () => this.#toggle(), moment: () => this.#sound?.moment ?? 0, momentOf: (event) => this.#sound?.momentOf(event) ?? 0 };
    this.on(this.#view, "moved", (event) => this.#sound?.seek(this.#sound.moment + event.detail));
    this.signal.addEventListener("abort", () => this.#opening.abort());
    if (place().id) this.#open(place().id);
    else fill(this.#detail, h("p", { class: "hint" }, t("songs.pick")));
    requestAnimationFrame(() => this.#frame());
  }

  /** @param {string} id */
  async #open(id) {
    this.#opening.abort();
    this.#opening = new AbortController();
    const { signal } = this.#opening;
    this.#sound?.pause();
    this.#sound = null;
    this.#view.loudness = null;
    fill(this.#detail, h("p", { class: "hint", role: "status" }, t("songs.reading")));
    try {
      const values = { song_id: id };
      this.#song = await call("getSong", { values, signal });
      [this.#analysis, this.#sound] = await Promise.all([call("getAnalysis", { values, signal }), SongSound.read(url("getSound", values), signal)]);
      this.#view.loudness = this.#sound.loudness();
      this.#seek.max = this.#sound.duration;
      this.#draw();
    } catch (error) {
      if (!signal.aborted) fill(this.#detail, h("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    }
  }

  #draw() {
    const clicks = h("button", { type: "button", "aria-pressed": true, onclick: () => {
      if (!this.#sound) return;
      this.#sound.clicking = !this.#sound.clicking;
      clicks.setAttribute("aria-pressed", String(this.#sound.clicking));
    } }, t("beats.clicks"));
    fill(this.#detail,
      h("h2", {}, this.#song.title), this.#facts, this.#view, this.#seek,
      h("div", { class: "actions" }, this.#play, clicks),
      this.#tools,
      h("div", { class: "actions" }, h("a", { class: "button secondary", href: address("make", "", { song: this.#song.id }) }, icon("make"), t("songs.make")), h("button", { type: "button", class: "plain", onclick: () => this.#remove() }, icon("delete"), t("songs.remove"))));
    this.#show();
    this.#tools.draw(this.#correction);
    this.#tell();
  }

  /** Take over what the analysis says of corrections. */
  #show() {
    this.#correction = given(this.#analysis.correction);
    this.#tools.readings = this.#analysis.readings
      .map((/** @type {any} */ each, /** @type {number} */ at) => ({ ...each, number: at + 1 }))
      .filter((/** @type {any} */ each) => each.number > 1 && each.probability >= LIKELY);
  }

  /** Show and sound the beats as they are now. */
  #tell() {
    const ones = new Set(this.#analysis.ones);
    const beats = this.#analysis.beats.map((/** @type {number} */ time) => ({ time, one: ones.has(time) }));
    this.#view.beats = beats;
    this.#sound?.change(beats);
    const { tempo, confidence, analyzed_by: by } = this.#analysis;
    this.#facts.textContent = [clock(this.#sound?.duration ?? 0), `${number(tempo, 2)} BPM`, t("beats.sure", { percent: number(confidence * 100) }), by, Object.keys(this.#correction).length > 0 && t("beats.corrected")].filter(Boolean).join(" · ");
    this.#drawPlay();
  }

  #drawPlay() {
    const playing = this.#sound?.playing ?? false;
    if (this.#play.dataset.playing === String(playing)) return;
    this.#play.dataset.playing = String(playing);
    fill(this.#play, icon(playing ? "pause" : "play"), t(playing ? "practise.pause" : "practise.play"));
  }

  /** @param {Record<string, any>} body */
  async #correct(body) {
    try {
      this.#analysis = await call("correctAnalysis", { values: { song_id: this.#song.id }, body, signal: this.signal });
      this.#show();
      this.#tell();
      this.#tools.draw(this.#correction, t(Object.keys(body).length ? "beats.saved" : "beats.taken-back"));
    } catch (error) {
      if (!this.signal.aborted) this.#tools.tell(/** @type {Error} */ (error).message);
    }
  }

  #toggle() {
    if (this.#sound?.playing) this.#sound.pause();
    else this.#sound?.play();
    this.#drawPlay();
  }

  #frame() {
    if (this.signal.aborted) return;
    if (this.#sound && this.#view.isConnected) {
      const { moment } = this.#sound;
      this.#view.draw(moment);
      if (document.activeElement !== this.#seek) this.#seek.value = String(moment);
      this.#drawPlay();
    }
    requestAnimationFrame(() => this.#frame());
  }

  async #remove() {
    if (!(await confirmed(t("songs.confirm", { title: this.#song.title }), t("songs.remove")))) return;
    try {
      await call("removeSong", { values: { song_id: this.#song.id }, signal: this.signal });
      open(address("songs"));
      location.reload();
    } catch (error) {
      this.#tools.tell(/** @type {Error} */ (error).message);
    }
  }
}

customElements.define("songs-screen", SongsScreen);
