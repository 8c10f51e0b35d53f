/** A narrated video of a script: its text, its options, and the video while it is made. */

import { Problem, call } from "./api.js";
import { Screen, fill, h } from "./dom.js";
import "./film-player.js";
import { icon } from "./icons.js";
import { jobFollowed } from "./job-socket.js";
import { address, note, place } from "./router.js";
import { keep, kept } from "./store.js";
import { t, word } from "./words.js";

/** Options with their values; the first one is the default. */
const OPTIONS = {
  resolution: ["1920x1080", "1280x720", "3840x2160", "1080x1920"],
  quality: ["medium", "high", "low"],
  captions: ["file", "burned", "none"],
  narration: ["voice", "file", "none"],
};

class ScriptsScreen extends Screen {
  #text = h("textarea", { id: "script", rows: 12, maxLength: 100_000, required: true, value: kept("script") ?? "", placeholder: t("scripts.example"), oninput: () => keep("script", this.#text.value || null) });
  #name = h("input", { id: "script-title", maxLength: 200 });
  #selects = Object.fromEntries(Object.entries(OPTIONS).map(([name, values]) => [name, h("select", { id: `script-${name}` }, values.map((value) => h("option", { value }, word(name, value))))]));
  #button = h("button", { class: "primary large", type: "submit" }, t("scripts.button"));
  #result = h("div", { class: "result" });

  show() {
    const field = (/** @type {string} */ id, /** @type {string} */ label, /** @type {HTMLElement} */ input) => h("div", { class: "field" }, h("label", { for: id }, label), input);
    const form = h("form", { class: "make-form", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#make();
    } },
    field("script", t("scripts.text"), this.#text),
    field("script-title", t("scripts.name"), this.#name),
    h("div", { class: "options" }, Object.entries(this.#selects).map(([name, select]) => field(`script-${name}`, word("option", name), select))),
    this.#button);
    fill(this, h("h1", {}, t("scripts.title")), h("p", { class: "lead" }, t("scripts.lead")), h("div", { class: "two wide" }, form, this.#result));
    this.#draw();
    if (place().id) this.#follow(place().id);
  }

  #draw() {
    fill(this.#result, h("div", { class: "screen empty" }, icon("scripts"), h("p", {}, t("scripts.empty"))));
  }

  async #make() {
    this.#button.disabled = true;
    try {
      const title = this.#name.value.trim();
      const script = await call("uploadScript", { body: { content: this.#text.value, ...(title && { title }) }, signal: this.signal });
      const options = Object.fromEntries(Object.entries(this.#selects).map(([name, select]) => [name, select.value]));
      const job = await call("generateVideo", { body: { script_id: script.script_id, ...options }, signal: this.signal });
      note(address("scripts", job.id));
      await this.#follow(job.id);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#button.disabled = false;
    }
  }

  /** Show a job until it ends, also one that an earlier visit began. @param {string} id */
  async #follow(id) {
    const bar = h("progress", { max: 100, value: 0, "aria-label": t("stage.progress") });
    const text = h("p", { class: "stage-text", role: "status" }, t("stage.pending"));
    const cancel = h("button", { type: "button", onclick: () => this.#cancel(id, cancel) }, icon("close"), t("scripts.cancel"));
    fill(this.#result, h("div", { class: "screen empty" }, icon("scripts")), text, bar, h("div", { class: "actions" }, cancel));
    try {
      await jobFollowed(id, ({ stage, progress, eta_seconds: rest }) => {
        bar.value = progress;
        text.textContent = rest ? t("stage.rest", { name: word("stage", stage), seconds: Math.ceil(rest) }) : word("stage", stage);
      }, this.signal);
      await this.#finish(await call("readVideo", { values: { video_id: id }, signal: this.signal }));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {string} id @param {HTMLButtonElement} button */
  async #cancel(id, button) {
    button.disabled = true;
    try {
      await call("cancelVideo", { values: { video_id: id } });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {any} video */
  async #finish(video) {
    const player = /** @type {import("./film-player.js").FilmPlayer} */ (document.createElement("film-player"));
    fill(this.#result, h("div", { class: "screen" }, player), h("p", { class: "stage-text", role: "status" }, t("scripts.ready")), video.warnings.length > 0 && h("ul", { class: "notes" }, video.warnings.map((/** @type {any} */ each) => h("li", {}, each.message))), h("div", { class: "actions" }, h("a", { class: "button secondary", href: address("videos") }, icon("videos"), t("scripts.all"))));
    await player.showAddress(video.url, { poster: video.poster_url, captions: video.captions_url });
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.signal.aborted) return;
    const { message } = /** @type {Error} */ (error);
    const details = error instanceof Problem ? error.details : [];
    fill(this.#result, h("div", { class: "problem", role: "alert" }, h("p", {}, message), details.length > 0 && h("ul", {}, details.map((each) => h("li", {}, each.message)))));
  }
}

customElements.define("scripts-screen", ScriptsScreen);
