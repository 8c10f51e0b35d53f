/** Make a dance: a song, three choices or a sentence, and one button. */

import { call } from "./api.js";
import "./film-stage.js";
import { Screen, debounced, fill, h } from "./dom.js";
import { address, note, place } from "./router.js";
import { keep, kept } from "./store.js";
import "./song-picker.js";
import { t, word } from "./words.js";

const CHOICES = {
  difficulty: ["beginner", "intermediate", "advanced"],
  energy_level: ["low", "medium", "high"],
  style: ["romantic", "sensual", "playful", "energetic"],
};

class MakeScreen extends Screen {
  /** @type {any} the chosen song */
  #song = null;
  #way = kept("way") === "words" ? "words" : "choices";
  /** @type {Record<string, string | null>} */
  #choices = { difficulty: null, energy_level: null, style: null };
  #seed = 0;
  #understood = h("div", { class: "understood", role: "status" });
  #query = h("textarea", { id: "query", rows: 3, maxLength: 2000, placeholder: t("make.example"), oninput: debounced(700, () => this.#understand()) });
  #button = h("button", { class: "primary large", type: "submit" }, t("make.button"));
  #hint = h("p", { class: "hint", id: "make-hint" });
  #stage = /** @type {import("./film-stage.js").FilmStage} */ (document.createElement("film-stage"));

  show() {
    const picker = h("song-picker", { chosen: place().query.get("song") ?? kept("song"), onchosen: (/** @type {CustomEvent} */ event) => this.#choose(event.detail) });
    const form = h("form", { class: "make-form", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#make();
    } },
    h("section", { "aria-labelledby": "step-song" }, h("h2", { id: "step-song" }, t("make.song")), picker),
    h("section", { "aria-labelledby": "step-dance" }, h("h2", { id: "step-dance" }, t("make.dance")), this.#ways()),
    h("div", { class: "go" }, this.#button, this.#hint));
    fill(this, h("h1", {}, t("make.heading")), h("p", { class: "lead" }, t("make.lead")), h("div", { class: "two" }, form, this.#stage));
    this.#update();
    const task = place().query.get("task");
    if (task) this.#run(() => this.#stage.follow(task));
  }

  #ways() {
    const panels = { choices: h("div", { class: "panel" }, this.#choicePanel()), words: h("div", { class: "panel" }, h("label", { for: "query" }, t("make.sentence")), this.#query, this.#understood) };
    const draw = () => {
      panels.choices.hidden = this.#way !== "choices";
      panels.words.hidden = this.#way !== "words";
    };
    const radio = (/** @type {"choices" | "words"} */ way) => h("label", { class: "pill" }, h("input", { type: "radio", name: "way", value: way, checked: this.#way === way, onchange: () => {
      this.#way = way;
      keep("way", way);
      draw();
      this.#update();
    } }), h("span", {}, t(`make.way.${way}`)));
    draw();
    return [h("fieldset", { class: "pills" }, h("legend", { class: "hidden" }, t("make.way")), radio("choices"), radio("words")), panels.choices, panels.words];
  }

  #choicePanel() {
    return Object.entries(CHOICES).map(([field, values]) => h("fieldset", { class: "pills" },
      h("legend", {}, word("field", field)),
      ["", ...values].map((value) => h("label", { class: "pill" }, h("input", { type: "radio", name: field, value, checked: (this.#choices[field] ?? "") === value, onchange: () => {
        this.#choices[field] = value || null;
      } }), h("span", {}, value ? word(field, value) : t("make.any"))))));
  }

  /** @param {any} song */
  #choose(song) {
    this.#song = song;
    keep("song", song?.id ?? null);
    this.#update();
    if (this.#way === "words") this.#understand();
  }

  #update() {
    const missing = this.#way === "choices" ? !this.#song : !this.#query.value.trim();
    this.#button.disabled = missing || this.#stage.busy;
    this.#hint.textContent = missing ? t(this.#way === "choices" ? "make.choose-song" : "make.write") : "";
  }

  async #understand() {
    this.#update();
    const query = this.#query.value.trim();
    if (!query) return fill(this.#understood);
    try {
      const body = { query, ...(this.#song && { song_id: this.#song.id }) };
      const { asked, warnings } = await call("parseQuery", { body, signal: this.signal });
      if (query !== this.#query.value.trim()) return;
      const chip = (/** @type {string} */ kind, /** @type {any[]} */ content) => h("li", { class: `chip ${kind}` }, ...content);
      fill(this.#understood,
        asked.understood.length > 0 && h("p", {}, t("make.understood")),
        h("ul", { class: "chips" }, asked.understood.map((/** @type {any} */ each) => chip("good", [h("b", {}, each.words), " → ", each.meaning]))),
        asked.not_understood.length > 0 && h("p", {}, t("make.not-understood")),
        h("ul", { class: "chips" }, asked.not_understood.map((/** @type {string} */ words) => chip("doubt", [words]))),
        warnings.filter((/** @type {any} */ each) => each.code !== "words-not-understood").map((/** @type {any} */ each) => h("p", { class: "note" }, each.message)));
    } catch (error) {
      if (!this.signal.aborted) fill(this.#understood, h("p", { class: "problem" }, /** @type {Error} */ (error).message));
    }
  }

  #make() {
    const seed = this.#seed;
    this.#seed += 1;
    const song = this.#song?.id;
    if (this.#way === "words") {
      const body = { query: this.#query.value.trim(), seed, ...(song && { song_id: song }) };
      return this.#run(() => this.#stage.make("generateFromWords", body, noteTask));
    }
    return this.#run(() => this.#stage.make("generateChoreography", { song_id: song, seed, ...this.#choices }, noteTask));
  }

  /** @param {() => Promise<void>} work */
  async #run(work) {
    const running = work();
    this.#update();
    await running;
    this.#update();
    this.#button.textContent = t("make.again");
  }
}

/** Write a task into the address, so that the page finds it again. @param {string} task */
function noteTask(task) {
  note(address("make", "", { task }));
}

customElements.define("make-screen", MakeScreen);
