/** The moves of the library: a grid of clips, uploads, and one move with its beats. */

import { Problem, all, call, upload, url } from "./api.js";
import { given } from "./beat-tools.js";
import "./beat-view.js";
import "./clip-loop.js";
import { confirmed } from "./confirm.js";
import { Screen, debounced, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { readable } from "./pictures.js";
import { address, open, place } from "./router.js";
import { number, t, word } from "./words.js";

/** Confidence below which the beats of a clip may be wrong. */
const UNSURE = 0.6;

class MovesScreen extends Screen {
  /** @type {any[]} */
  #moves = [];
  #words = "";
  #grid = h("ul", { class: "cards moves" });
  #detail = h("div", { class: "move-detail" });
  #uploads = h("ul", { class: "uploads" });
  #life = new AbortController();

  show() {
    const file = h("input", { type: "file", multiple: true, accept: "video/*", class: "hidden", id: "clips", onchange: () => this.#uploadAll(file.files) });
    const drop = h("label", { class: "drop", for: "clips" }, icon("upload"), h("span", {}, t("moves.drop")));
    const search = h("input", { type: "search", placeholder: t("moves.search"), "aria-label": t("moves.search"), oninput: debounced(150, () => {
      this.#words = search.value.trim().toLowerCase();
      this.#draw();
    }) });
    fill(this, h("div", { class: "heading" }, h("h1", {}, t("moves.title")), search), file, drop, this.#uploads, this.#detail, this.#grid);
    this.on(this, "dragover", (event) => event.preventDefault());
    this.on(this, "drop", (event) => {
      event.preventDefault();
      this.#uploadAll(event.dataTransfer.files);
    });
    this.on(this, "place", () => this.#open(place().id));
    this.signal.addEventListener("abort", () => this.#life.abort());
    this.#load();
  }

  async #load() {
    try {
      this.#moves = await all("listMoves", {}, this.signal);
      this.#draw();
      this.#open(place().id);
    } catch (error) {
      if (!this.signal.aborted) fill(this.#grid, h("li", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    }
  }

  #draw() {
    const shown = this.#moves.filter((move) => `${move.name} ${move.label} ${move.style} ${move.difficulty}`.toLowerCase().includes(this.#words));
    const rank = (/** @type {any} */ move) => (move.unusable ? 0 : unsure(move) ? 1 : 2);
    shown.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
    fill(this.#grid, shown.length === 0 && h("li", { class: "hint" }, t("moves.none")), shown.map((move) => h("li", { class: "card" }, h("a", { class: "move-card", href: address("moves", move.id) },
      h("clip-loop", { move: move.id }),
      h("span", { class: "card-text" }, h("b", {}, move.name), h("span", { class: "quiet" }, [word("difficulty", move.difficulty), word("energy_level", move.energy_level), word("style", move.style)].join(" · ")),
        move.unusable && h("span", { class: "badge bad" }, t("moves.unusable")), unsure(move) && h("span", { class: "badge doubt" }, t("moves.unsure")))))));
  }

  /** @param {string} id */
  async #open(id) {
    this.#life.abort();
    this.#life = new AbortController();
    const { signal } = this.#life;
    if (!id) return fill(this.#detail);
    try {
      const move = await call("getMove", { values: { move_id: id }, signal });
      const video = h("video", { controls: true, loop: true, playsInline: true, "aria-label": move.name, src: await readable(url("getClip", { move_id: id })) });
      const tools = /** @type {import("./beat-tools.js").BeatTools} */ (document.createElement("beat-tools"));
      const view = /** @type {import("./beat-view.js").BeatView} */ (document.createElement("beat-view"));
      const facts = h("p", { class: "quiet figures" });
      const tell = (/** @type {any} */ changed) => {
        view.beats = beatsOf(changed);
        facts.textContent = [`${number(changed.tempo, 1)} BPM`, `1: ${number(changed.first_count, 2)} s`, changed.confidence !== null && t("beats.sure", { percent: number(changed.confidence * 100) }), changed.correction && t("beats.corrected")].filter(Boolean).join(" · ");
      };
      const toggle = () => (video.paused ? video.play() : video.pause());
      tools.subject = { playing: () => !video.paused, toggle, moment: () => video.currentTime, momentOf: (event) => video.currentTime - (performance.now() - event.timeStamp) / 1000 };
      tools.addEventListener("taps", (/** @type {any} */ event) => {
        view.taps = event.detail;
      });
      tools.addEventListener("correct", (/** @type {any} */ event) => this.#correct(id, event.detail, tools, tell));
      view.addEventListener("moved", (/** @type {any} */ event) => {
        video.currentTime += event.detail;
      });
      fill(this.#detail, h("div", { class: "move-clip" }, h("div", { class: "screen" }, video), view), h("div", { class: "song-detail" },
        h("div", { class: "heading" }, h("h2", {}, move.name), h("a", { class: "button round", href: address("moves"), "aria-label": t("moves.close") }, icon("close"))), facts,
        move.unusable && h("p", { class: "problem" }, move.unusable), tools,
        h("div", { class: "actions" }, h("button", { type: "button", class: "plain", onclick: () => this.#remove(move) }, icon("delete"), t("moves.remove")))));
      tools.draw(given(move.correction));
      tell(move);
      this.#detail.scrollIntoView({ block: "start" });
      const frame = () => {
        if (signal.aborted) return;
        view.draw(video.currentTime);
        requestAnimationFrame(frame);
      };
      frame();
    } catch (error) {
      if (!signal.aborted) fill(this.#detail, h("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    }
    return undefined;
  }

  /** @param {string} id @param {Record<string, any>} body @param {import("./beat-tools.js").BeatTools} tools @param {(move: any) => void} tell */
  async #correct(id, body, tools, tell) {
    try {
      const move = await call("correctMove", { values: { move_id: id }, body, signal: this.signal });
      tell(move);
      tools.draw(given(move.correction), t(move.correction ? "beats.saved" : "beats.taken-back"));
    } catch (error) {
      if (!this.signal.aborted) tools.tell(/** @type {Error} */ (error).message);
    }
  }

  /** @param {any} move */
  async #remove(move) {
    if (!(await confirmed(t("songs.confirm", { title: move.name }), t("moves.remove")))) return;
    try {
      await call("removeMove", { values: { move_id: move.id }, signal: this.signal });
      this.#moves = this.#moves.filter((each) => each.id !== move.id);
      open(address("moves"));
      this.#draw();
    } catch (error) {
      fill(this.#detail, h("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    }
  }

  /** Upload clips one after the other: the service examines each. @param {FileList} files */
  async #uploadAll(files) {
    const rows = [...files].map((file) => {
      const bar = h("progress", { max: 1, value: 0, "aria-label": file.name });
      const notes = h("p", { class: "hint", role: "status" }, t("moves.waiting"));
      this.#uploads.append(h("li", { class: "upload" }, h("b", {}, file.name), bar, notes));
      return { file, bar, notes };
    });
    for (const { file, bar, notes } of rows) {
      if (this.signal.aborted) return;
      const name = file.name.replace(/\.[^.]*$/, "").replace(/[_-]+/g, " ").trim();
      try {
        notes.textContent = t("songs.uploading");
        const move = await upload("uploadMove", { file, name }, (share) => {
          bar.value = share;
          if (share === 1) notes.textContent = t("songs.examining");
        }, this.signal);
        notes.textContent = move.notes.filter((/** @type {any} */ each) => each.kind !== "taken").map((/** @type {any} */ each) => each.message).join(" ");
        bar.remove();
        this.#moves.push(move);
        this.#draw();
      } catch (error) {
        if (this.signal.aborted) return;
        if (!(error instanceof Problem) && !(error instanceof TypeError)) throw error;
        bar.remove();
        notes.className = "problem";
        notes.textContent = error.message;
      }
    }
  }
}

/** @param {any} move */
const unsure = (move) => move.confidence !== null && move.confidence < UNSURE;

/** @param {any} move @returns {{time: number, one: boolean}[]} its beats, or a grid of its tempo */
function beatsOf({ beats, tempo, first_count: first, duration }) {
  const gap = 60 / tempo;
  const before = Math.floor(first / gap);
  const times = beats.length ? beats : Array.from({ length: Math.floor((duration - first) / gap) + before + 1 }, (_, index) => first + (index - before) * gap);
  return times.map((/** @type {number} */ time) => ({ time, one: Math.abs((((time - first) / gap + 0.5) % 8) - 0.5) < 0.3 }));
}

customElements.define("moves-screen", MovesScreen);
