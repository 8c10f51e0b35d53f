/** Practise a dance: mirrored, slower, in a loop, with the counts and the next move. */

import { call } from "./api.js";
import { countIn } from "./count-in.js";
import { at, countsOf, eights } from "./counts.js";
import { Screen, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { LoopStream } from "./loop-stream.js";
import { playlistsOf } from "./playlists.js";
import { playPreview } from "./preview-stream.js";
import { Display } from "./practise-display.js";
import { FIELDS, controls, nextSpeed, readState } from "./practise-controls.js";
import { address, note, place } from "./router.js";
import { keepAwake } from "./wake-lock.js";
import { t } from "./words.js";

/** Seconds by which a count is drawn early, because the browser shows it with the next picture. */
const EARLY = 0.008;

class PractiseScreen extends Screen {
  #state = readState(place().query);
  #video = h("video", { playsInline: true, preload: "auto", "aria-label": t("player.label"), onclick: () => this.toggle() });
  #display = new Display();
  #note = h("p", { class: "practise-note", role: "status" });
  #controls = controls(this);
  #stage = h("div", { class: "practise-stage" });
  /** Ends what plays now. */
  #playing = new AbortController();
  /** @type {LoopStream | null} */
  #loop = null;
  /** @type {any} */
  #dance = null;
  #laps = 0;

  show() {
    const back = h("a", { class: "button round", href: address("dance", place().id), "aria-label": t("practise.close") }, icon("close"));
    fill(this.#stage, this.#video, this.#display.elements, back);
    fill(this, h("h1", { class: "hidden" }, t("practise.title")), this.#stage, this.#controls.element, this.#note);
    this.on(document, "keydown", (event) => this.#key(event));
    this.on(this.#video, "failed", (event) => this.#fail(event.detail));
    for (const name of ["play", "pause"]) this.on(this.#video, name, () => this.#controls.draw(this.#state, this.playing));
    this.on(this.#video, "ended", () => this.#controls.draw(this.#state, this.playing));
    this.on(this, "place", () => this.#apply(readState(place().query)));
    this.signal.addEventListener("abort", () => {
      this.#playing.abort();
      this.#video.removeAttribute("src");
      this.#video.load();
    });
    keepAwake(this.#video, this.signal);
    this.#load(place().id);
  }

  get playing() {
    return !this.#video.paused && !this.#video.ended;
  }

  /** @param {string} task */
  async #load(task) {
    try {
      const values = { task_id: task };
      const [explanation, blueprint, lists] = await Promise.all([call("explainFilm", { values, signal: this.signal }), call("getBlueprint", { values, signal: this.signal }), playlistsOf(task, this.signal)]);
      const analysis = explanation.song ? await call("getAnalysis", { values: { song_id: explanation.song.id }, signal: this.signal }) : { ones: [], beats: [], duration: 0, tempo: 0 };
      const counts = countsOf(analysis);
      const beat = 60 / (blueprint.audio_tempo ?? 120);
      const moves = explanation.moves.map((/** @type {any} */ each) => ({ name: each.name, start: each.start_time, end: each.start_time + each.duration }));
      this.#dance = { task, moves, eights: eights(counts, lists.duration), duration: lists.duration, lists, beat };
      this.#display.use(counts, moves, beat);
      await this.#show(this.#state.from ?? 0);
      requestAnimationFrame(() => this.#frame());
    } catch (error) {
      this.#fail(/** @type {Error} */ (error));
    }
  }

  /** @param {Error} error */
  #fail(error) {
    if (!this.signal.aborted) fill(this.#note, error.message);
  }

  /** @returns {{start: number, end: number}} the stretch that is looped */
  #stretch(moment = this.moment) {
    const { moves, eights: counted, duration } = this.#dance;
    const { loop, from, to } = this.#state;
    if (loop === "own" && from !== null && to !== null) return { start: from, end: to };
    const units = loop === "move" ? moves : loop === "eight" ? counted : [];
    const index = at(units.map((/** @type {any} */ each) => each.start), moment + 0.01);
    return units[index] ?? { start: 0, end: duration };
  }

  /** Begin to show the stretch around a moment; it goes on playing if it plays. @param {number} moment */
  async #show(moment, played = this.playing) {
    this.#playing.abort();
    this.#playing = new AbortController();
    const { signal } = this.#playing;
    this.#loop = null;
    this.#laps = 0;
    this.#draw();
    try {
      if (this.#state.loop === "whole") {
        await playPreview(this.#video, this.#dance.task, signal);
        this.#video.currentTime = moment;
      } else {
        const { start, end } = this.#stretch(moment);
        const loop = await LoopStream.read(this.#dance.lists, start, Math.min(end, this.#dance.duration), signal);
        await loop.attach(this.#video, signal);
        this.#loop = loop;
        this.#state.from = start;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      return;
    }
    this.#draw();
    if (played) await this.#play();
  }

  /** @returns {number} the moment of the film, in seconds */
  get moment() {
    return this.#loop ? this.#loop.moment(this.#video.currentTime) : this.#video.currentTime;
  }

  #draw() {
    this.#video.playbackRate = this.#state.speed / 100;
    this.#video.classList.toggle("mirrored", this.#state.mirror);
    this.#controls.draw(this.#state, this.playing);
    note(address("practise", place().id, Object.fromEntries(FIELDS.map((name) => [name, /** @type {any} */ (this.#state)[name]]))));
  }

  /** Change some of the state. @param {Partial<ReturnType<typeof readState>>} values */
  change(values) {
    const moment = this.moment;
    const reshown = "loop" in values || "from" in values || "to" in values;
    this.#apply({ ...this.#state, ...values }, reshown ? values.from ?? moment : null);
  }

  /** @param {ReturnType<typeof readState>} state @param {number | null} [shown] */
  #apply(state, shown = null) {
    const again = shown !== null || state.loop !== this.#state.loop;
    this.#state = state;
    if (again && this.#dance) this.#show(shown ?? state.from ?? 0).catch((error) => this.#fail(error));
    else this.#draw();
  }

  toggle() {
    if (this.playing) this.#video.pause();
    else this.#play().catch((error) => this.#fail(error));
  }

  async #play() {
    const { signal } = this.#playing;
    if (this.#state.count) {
      const beat = (this.#dance.beat * 1000) / (this.#state.speed / 100);
      this.#display.counting = true;
      try {
        await countIn(beat, signal, (count) => this.#display.drawCount(count));
      } catch (error) {
        if (!signal.aborted) throw error;
        return;
      } finally {
        this.#display.counting = false;
      }
    }
    try {
      await this.#video.play();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** Go to the stretch before or after. @param {1 | -1} step */
  step(step) {
    const { moves, eights: counted } = this.#dance;
    const units = this.#state.loop === "eight" || this.#state.loop === "own" ? counted : moves;
    const index = at(units.map((/** @type {any} */ each) => each.start), this.moment + 0.01);
    const to = units[Math.min(units.length - 1, Math.max(0, index + step))];
    if (!to) return;
    if (this.#state.loop === "whole") this.#video.currentTime = to.start;
    else this.change(this.#state.loop === "own" ? { from: to.start, to: to.end } : { from: to.start });
  }

  /** Make the loop begin or end at the eight-count that plays now. @param {"from" | "to"} which */
  mark(which) {
    const now = this.#dance.eights[Math.max(0, at(this.#dance.eights.map((/** @type {any} */ each) => each.start), this.moment + 0.01))];
    const from = which === "from" ? now.start : Math.min(this.#state.from ?? now.start, now.start);
    const to = which === "to" ? now.end : Math.max(this.#state.to ?? now.end, now.end);
    this.change({ loop: "own", from, to });
  }

  #frame() {
    if (this.signal.aborted) return;
    const moment = this.moment + EARLY * this.#video.playbackRate;
    if (this.playing || this.#video.paused) this.#display.draw(moment);
    const laps = this.#loop?.laps(this.#video.currentTime) ?? 0;
    if (laps > this.#laps) {
      this.#laps = laps;
      if (this.#state.faster && this.#state.speed < 100) this.change({ speed: nextSpeed(this.#state.speed, 1) });
    }
    requestAnimationFrame(() => this.#frame());
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#dance) return;
    if (target.matches("input[type=range], input[type=radio]") && event.key.startsWith("Arrow")) return;
    if (event.key === " " && target.matches("button, a, input")) return;
    const act = this.#controls.keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  close() {
    location.hash = address("dance", place().id);
  }
}

customElements.define("practise-screen", PractiseScreen);
export { PractiseScreen };
