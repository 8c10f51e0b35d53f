/** A film that is being made: its stages as they happen, its preview, and then the film itself. */

import { Problem, call, url } from "./api.js";
import { Screen, fill, h } from "./dom.js";
import { save } from "./downloads.js";
import { followed, kept, streamed } from "./events.js";
import "./film-player.js";
import { icon } from "./icons.js";
import { address } from "./router.js";
import { t, word } from "./words.js";

const STAGES = ["planning", "fetching", "concatenating", "adding_audio", "uploading"];
/** Milliseconds after the plan when a film that is still being made is shown as a preview. */
const PATIENCE = 400;

export class FilmStage extends Screen {
  busy = false;
  /** True on a screen that itself offers what can be done with the film. */
  bare = false;
  player = /** @type {import("./film-player.js").FilmPlayer} */ (document.createElement("film-player"));
  #progress = h("div", { class: "making" });
  #actions = h("div", { class: "actions" });
  #bar = h("progress", { max: 100, "aria-label": t("stage.progress") });
  #text = h("p", { class: "stage-text", role: "status" });
  #list = h("ol", { class: "stages" });
  #task = "";
  #shown = "";

  show() {
    this.#idle();
  }

  #idle() {
    fill(this, h("div", { class: "screen empty" }, h("div", { class: "dancers", "aria-hidden": "true" }, [1, 2, 3, 4, 5, 6, 7, 8].map((count) => h("span", { class: count % 4 ? "" : "tap" }, count))), h("p", {}, t("stage.empty"))));
  }

  /**
   * Make a film; `onTask` gets the id of its task as soon as there is one.
   * @param {"generateChoreography" | "generateFromWords" | "assembleBlueprint"} operation
   * @param {any} body
   * @param {(task: string) => void} onTask
   * @returns {Promise<any>} the film, or null if there is none
   */
  async make(operation, body, onTask) {
    this.#task = "";
    return this.#run((onProgress) => streamed(operation, { body, headers: kept(), signal: this.signal }, onProgress), onTask);
  }

  /** Show the film of a task, or its preview if it has none. @param {string} task */
  async present(task) {
    if (this.#shown === task) return;
    this.#shown = task;
    if (!this.player.isConnected) fill(this, h("div", { class: "screen" }, this.player), this.#progress, this.#actions);
    fill(this.#progress);
    fill(this.#actions);
    const video = await known(task, this.signal);
    if (video?.status === "completed") await this.player.showAddress(video.url, { poster: video.poster_url });
    else await this.player.showPreview(task);
  }

  /** Follow a task that another visit of the page began. @param {string} task */
  async follow(task) {
    this.#task = task;
    return this.#run((onProgress) => followed(task, onProgress, this.signal));
  }

  /**
   * @param {(onProgress: (progress: import("./events.js").Progress) => void) => Promise<any>} work
   * @param {(task: string) => void} [onTask]
   */
  async #run(work, onTask) {
    this.busy = true;
    this.#shown = "";
    if (matchMedia("(max-width: 900px)").matches) this.scrollIntoView({ block: "start" });
    fill(this.#actions);
    if (!this.player.isConnected) fill(this, h("div", { class: "screen" }, this.player), this.#progress, this.#actions);
    fill(this.#progress, this.#text, this.#bar, this.#list);
    this.#tell({ task_id: "", stage: "pending", progress: 0, eta_seconds: null });
    const onProgress = (/** @type {import("./events.js").Progress} */ progress) => {
      if (progress.task_id && progress.task_id !== this.#task) onTask?.((this.#task = progress.task_id));
      this.#tell(progress);
    };
    try {
      const film = await this.#resumed(work, onProgress);
      this.busy = false;
      await this.#finish(film);
      return film;
    } catch (error) {
      if (!this.signal.aborted) this.#fail(/** @type {Error} */ (error));
      return null;
    } finally {
      this.busy = false;
    }
  }

  /**
   * Do the work; if the stream breaks off after the task is known, follow the task.
   * @param {(onProgress: (progress: import("./events.js").Progress) => void) => Promise<any>} work
   * @param {(progress: import("./events.js").Progress) => void} onProgress
   */
  async #resumed(work, onProgress) {
    try {
      return await work(onProgress);
    } catch (error) {
      if (error instanceof Problem || this.signal.aborted || !this.#task) throw error;
      return followed(this.#task, onProgress, this.signal);
    }
  }

  /** @param {import("./events.js").Progress} progress */
  #tell({ stage, progress, eta_seconds: rest }) {
    this.#bar.value = progress;
    const name = word("stage", stage);
    this.#text.textContent = rest ? t("stage.rest", { name, seconds: Math.ceil(rest) }) : name;
    const at = STAGES.indexOf(stage);
    fill(this.#list, STAGES.map((each, index) => h("li", { class: index < at || stage === "completed" ? "done" : index === at ? "now" : "" }, word("stage", each))));
    if (at > 0 && !this.#shown) setTimeout(() => this.#preview(), PATIENCE);
  }

  /** Show the preview of the film that is being made. */
  async #preview() {
    if (!this.busy || this.#shown || this.signal.aborted) return;
    this.#shown = "preview";
    try {
      await this.player.showPreview(this.#task);
      await this.player.play();
    } catch (error) {
      // The film follows, so a preview that cannot be shown takes nothing away.
      console.warn("The preview is not shown.", error);
    }
  }

  /** @param {any} film */
  async #finish(film) {
    fill(this.#progress, !this.bare && h("p", { class: "stage-text", role: "status" }, t("stage.ready")), film.warnings.length > 0 && h("ul", { class: "notes" }, film.warnings.map((/** @type {any} */ each) => h("li", {}, each.message))));
    if (!this.bare) fill(this.#actions,
      h("a", { class: "button primary", href: address("dance", film.task_id) }, icon("swap"), t("stage.dance")),
      h("button", { type: "button", onclick: () => this.#download(film) }, icon("download"), t("stage.download")));
    this.dispatchEvent(new CustomEvent("film", { detail: film }));
    const first = !this.player.video;
    this.#shown = film.task_id;
    await this.player.showAddress(film.video_url);
    if (first) await this.player.play();
  }

  /** @param {any} film */
  async #download(film) {
    try {
      await save(url("getVideoDownload", { video_id: film.video_id }), `${film.video_id}.mp4`, this.#progress, this.signal);
    } catch (error) {
      if (!this.signal.aborted) this.#fail(/** @type {Error} */ (error));
    }
  }

  /** @param {Error} error */
  #fail(error) {
    fill(this.#progress, h("div", { class: "problem", role: "alert" }, h("p", {}, error.message), error instanceof Problem && error.details.length > 0 && h("ul", {}, error.details.map((each) => h("li", {}, `${each.path}: ${each.message}`)))));
  }
}

/** @param {string} task @param {AbortSignal} signal @returns {Promise<any>} the video, or null if there is none */
async function known(task, signal) {
  try {
    return await call("readVideo", { values: { video_id: task }, signal });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

customElements.define("film-stage", FilmStage);
