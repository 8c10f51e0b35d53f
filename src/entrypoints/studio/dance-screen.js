/** One dance: its film over its strip of moves, of which each can be changed. */

import { Problem, call, url } from "./api.js";
import "./dance-strip.js";
import { Screen, fill, h } from "./dom.js";
import { save } from "./downloads.js";
import "./film-player.js";
import "./film-stage.js";
import { icon } from "./icons.js";
import "./move-details.js";
import { replanned } from "./replanning.js";
import { address, note, place } from "./router.js";
import { clock, number, t } from "./words.js";

/**
 * @typedef {object} Dance
 * @property {string} task
 * @property {any} blueprint
 * @property {any} explanation
 * @property {any} analysis null if the song is not in the library any more
 */

class DanceScreen extends Screen {
  /** @type {Dance | null} */
  #dance = null;
  /** Tasks of earlier versions, the newest last. @type {string[]} */
  #earlier = [];
  /** Positions of locked moves. @type {Set<number>} */
  #locked = new Set();
  /** @type {Set<string>} */
  #banned = new Set();
  #chosen = -1;
  #stage = /** @type {import("./film-stage.js").FilmStage} */ (document.createElement("film-stage"));
  #strip = /** @type {import("./dance-strip.js").DanceStrip} */ (document.createElement("dance-strip"));
  #details = /** @type {import("./move-details.js").MoveDetails} */ (document.createElement("move-details"));
  #head = h("div", { class: "dance-head" });
  #tools = h("div", { class: "actions" });
  #downloads = h("div", { class: "downloads" });
  #note = h("div", { class: "dance-note", role: "status" });

  show() {
    this.#stage.bare = true;
    fill(this, this.#head, h("div", { class: "dance" }, this.#stage, this.#strip, this.#details), this.#note, this.#tools, this.#downloads);
    this.on(this.#strip, "chosen", (event) => this.#choose(event.detail));
    this.on(this.#strip, "moment", (event) => {
      this.#stage.player.moment = event.detail;
    });
    this.on(this.#stage.player, "moment", () => this.#strip.point(this.#stage.player.moment));
    for (const name of ["replace", "lock", "ban"]) this.on(this.#details, name, (event) => this.#change(name, event.detail));
    this.on(this, "place", () => this.#load(place().id));
    this.#load(place().id);
  }

  /** @param {string} task */
  async #load(task) {
    try {
      const values = { task_id: task };
      const [blueprint, explanation] = await Promise.all([call("getBlueprint", { values, signal: this.signal }), call("explainFilm", { values, signal: this.signal })]);
      const song = explanation.song?.id;
      const analysis = song ? await call("getAnalysis", { values: { song_id: song }, signal: this.signal }) : null;
      this.#dance = { task, blueprint, explanation, analysis };
      this.#draw();
      await this.#stage.present(task);
    } catch (error) {
      if (!this.signal.aborted) fill(this.#head, h("h1", {}, t("dance.title")), h("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    }
  }

  #draw() {
    const { task, explanation, blueprint, analysis } = /** @type {Dance} */ (this.#dance);
    const { song, quality } = explanation;
    const facts = [`${explanation.moves.length} ${t("dance.moves")}`, clock(blueprint.total_duration), blueprint.audio_tempo && `${number(blueprint.audio_tempo)} BPM`, quality && t("dance.on-beat", { percent: number(quality.steps_on_the_beat * 100) })];
    fill(this.#head, h("h1", {}, song?.title ?? t("dance.title")), h("p", { class: "lead" }, [song?.artist, ...facts].filter(Boolean).join(" · ")));
    if (this.#chosen >= explanation.moves.length) this.#chosen = -1;
    this.#strip.draw(explanation.moves, analysis, blueprint.total_duration, this.#locked, this.#chosen);
    this.#drawDetails();
    const button = (/** @type {import("./icons.js").Icon} */ picture, /** @type {any} */ key, /** @type {() => void} */ onclick, disabled = false) => h("button", { type: "button", onclick, disabled }, icon(picture), t(key));
    fill(this.#tools,
      h("a", { class: "button primary", href: address("practise", task) }, icon("loop"), t("dance.practise")),
      button("make", "dance.replan", () => this.#replan(), !song),
      button("undo", "dance.undo", () => this.#undo(), this.#earlier.length === 0),
      button("download", "dance.download", () => this.#download()),
      h("button", { type: "button", class: "plain", onclick: () => this.#save(url("getBlueprint", { task_id: task }), `${task}.json`) }, t("dance.blueprint")));
  }

  #drawDetails() {
    const { explanation } = /** @type {Dance} */ (this.#dance);
    const move = explanation.moves[this.#chosen] ?? null;
    this.#details.draw(move, { locked: this.#locked.has(move?.position), song: explanation.song !== null });
  }

  /** @param {number} index */
  #choose(index) {
    this.#chosen = index;
    const move = /** @type {Dance} */ (this.#dance).explanation.moves[index];
    this.#stage.player.moment = move.start_time;
    this.#drawDetails();
  }

  /** @param {string} kind @param {any} move */
  async #change(kind, move) {
    const { explanation } = /** @type {Dance} */ (this.#dance);
    const at = explanation.moves[this.#chosen];
    if (kind === "lock") {
      if (!this.#locked.delete(at.position)) this.#locked.add(at.position);
      return this.#draw();
    }
    if (kind === "ban") {
      this.#banned.add(at.move_id);
      this.#locked.delete(at.position);
      return this.#make(replanned(this.#whole(), { keeps: (each) => each.move_id !== at.move_id, banned: this.#banned }));
    }
    this.#locked.add(at.position);
    return this.#make(replanned(this.#whole(), { keeps: () => true, replaced: { [this.#chosen]: move.id }, banned: this.#banned }));
  }

  #replan() {
    return this.#make(replanned(this.#whole(), { keeps: (each) => this.#locked.has(each.position), banned: this.#banned, another: true }));
  }

  #whole() {
    return /** @type {Dance} */ (this.#dance);
  }

  /** @param {any} body */
  async #make(body) {
    const before = this.#whole();
    this.#note.textContent = t("dance.changing");
    let film = null;
    try {
      const blueprint = await call("planChoreography", { body, signal: this.signal });
      film = await this.#stage.make("assembleBlueprint", blueprint, () => {});
    } catch (error) {
      if (this.signal.aborted) return undefined;
      return fill(this.#note, h("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    }
    if (film === null) return fill(this.#note);
    this.#earlier.push(before.task);
    note(address("dance", film.task_id));
    await this.#load(film.task_id);
    const now = this.#whole().explanation.moves;
    const kept = before.explanation.moves.filter((/** @type {any} */ each) => now.some((/** @type {any} */ other) => other.position === each.position && other.move_id === each.move_id));
    this.#note.textContent = t("dance.changed", { kept: kept.length, of: before.explanation.moves.length });
  }

  #undo() {
    const task = /** @type {string} */ (this.#earlier.pop());
    note(address("dance", task));
    fill(this.#note, t("dance.undone"));
    return this.#load(task);
  }

  #download() {
    const { task, explanation } = this.#whole();
    return this.#save(url("getVideoDownload", { video_id: task }), `${explanation.song?.title ?? task}.mp4`);
  }

  /** @param {string} from @param {string} name */
  async #save(from, name) {
    try {
      await save(from, name, this.#downloads, this.signal);
    } catch (error) {
      if (error instanceof Problem) fill(this.#downloads, h("p", { class: "problem", role: "alert" }, error.message));
      else if (!this.signal.aborted) throw error;
    }
  }
}

customElements.define("dance-screen", DanceScreen);
