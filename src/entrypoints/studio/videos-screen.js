/** All videos, of dances and of scripts: their state, a player, download and delete. */

import { Problem, call, url } from "./api.js";
import { Screen, fill, h } from "./dom.js";
import { confirmed } from "./confirm.js";
import { save } from "./downloads.js";
import "./film-player.js";
import { icon } from "./icons.js";
import { jobFollowed } from "./job-socket.js";
import { pictureOf } from "./pictures.js";
import { address, note, place } from "./router.js";
import { clock, date, t, word } from "./words.js";

class VideosScreen extends Screen {
  #list = h("ul", { class: "cards" });
  #more = h("div", { class: "actions" });
  #player = h("div", { class: "watched" });

  show() {
    fill(this, h("div", { class: "heading" }, h("h1", {}, t("videos.title")), h("a", { class: "button secondary", href: address("scripts") }, icon("scripts"), t("videos.script"))), this.#player, this.#list, this.#more);
    this.on(this, "place", () => this.#watch(place().id));
    this.#load(null);
    if (place().id) this.#watch(place().id);
  }

  /** @param {string | null} cursor */
  async #load(cursor) {
    try {
      const page = await call("listVideos", { query: { cursor, limit: 30 }, signal: this.signal });
      if (!cursor && page.items.length === 0) fill(this.#list, h("li", { class: "hint" }, t("videos.none"), " ", h("a", { href: address("make") }, t("make.title"))));
      for (const video of page.items) this.#list.append(this.#card(video));
      fill(this.#more, page.next_cursor && h("button", { type: "button", onclick: () => this.#load(page.next_cursor) }, t("videos.more")));
    } catch (error) {
      this.#fail(this.#more, error);
    }
  }

  /** @param {any} video @returns {HTMLElement} */
  #card(video) {
    const made = video.status === "completed";
    const running = video.status === "pending" || video.status === "generating";
    const state = h("div", { class: "card-state" });
    const card = h("li", { class: "card", "data-video": video.video_id },
      made ? h("a", { class: "poster", href: address("videos", video.video_id), "aria-label": t("videos.watch", { title: video.title }) }, pictureOf(video.poster_url), h("span", { class: "play-mark", "aria-hidden": "true" }, icon("play"))) : h("div", { class: "poster none", "aria-hidden": "true" }, icon("videos")),
      h("div", { class: "card-text" }, h("b", {}, video.title || t("videos.untitled")), h("span", { class: "quiet" }, [word("kind", video.kind), date(video.created_at), video.duration && clock(video.duration)].filter(Boolean).join(" · ")), !made && !running && h("span", { class: "badge bad" }, word("status", video.status)), video.error_message && h("span", { class: "quiet" }, video.error_message)),
      state,
      h("div", { class: "actions" },
        made && video.kind === "choreography" && h("a", { class: "button", href: address("dance", video.video_id) }, icon("swap"), t("videos.dance")),
        made && h("button", { type: "button", onclick: () => this.#download(video, state) }, icon("download"), t("dance.download")),
        !running && h("button", { type: "button", class: "plain", "aria-label": t("videos.delete-one", { title: video.title }), onclick: () => this.#remove(video, card, state) }, icon("delete"), t("videos.delete"))));
    if (running) this.#follow(video, card, state);
    return card;
  }

  /** @param {any} video @param {Element} card @param {Element} state */
  async #follow(video, card, state) {
    const bar = h("progress", { max: 100, value: 0, "aria-label": t("stage.progress") });
    const text = h("p", { class: "hint", role: "status" }, t("stage.pending"));
    const cancel = video.kind === "script" && h("button", { type: "button", onclick: () => this.#cancel(video, state) }, icon("close"), t("scripts.cancel"));
    fill(state, text, bar, cancel);
    try {
      await jobFollowed(video.video_id, ({ stage, progress, eta_seconds: rest }) => {
        bar.value = progress;
        text.textContent = rest ? t("stage.rest", { name: word("stage", stage), seconds: Math.ceil(rest) }) : word("stage", stage);
      }, this.signal);
    } catch (error) {
      if (this.signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
    }
    const ended = await call("readVideo", { values: { video_id: video.video_id }, signal: this.signal });
    card.replaceWith(this.#card(ended));
  }

  /** @param {any} video @param {Element} state */
  async #cancel(video, state) {
    try {
      await call("cancelVideo", { values: { video_id: video.video_id } });
    } catch (error) {
      this.#fail(state, error);
    }
  }

  /** @param {any} video @param {Element} state */
  async #download(video, state) {
    try {
      await save(url("getVideoDownload", { video_id: video.video_id }), `${video.title || video.video_id}.mp4`, state, this.signal);
    } catch (error) {
      this.#fail(state, error);
    }
  }

  /** @param {any} video @param {HTMLElement} card @param {Element} state */
  async #remove(video, card, state) {
    if (!(await confirmed(t("videos.confirm", { title: video.title || t("videos.untitled") }), t("videos.delete")))) return;
    try {
      await call("removeVideo", { values: { video_id: video.video_id }, signal: this.signal });
      const next = card.nextElementSibling ?? card.previousElementSibling;
      card.remove();
      /** @type {HTMLElement | null} */ (next?.querySelector("a, button") ?? null)?.focus();
      if (place().id === video.video_id) {
        note(address("videos"));
        fill(this.#player);
      }
    } catch (error) {
      this.#fail(state, error);
    }
  }

  /** @param {string} id */
  async #watch(id) {
    if (!id) return fill(this.#player);
    try {
      const video = await call("readVideo", { values: { video_id: id }, signal: this.signal });
      const player = /** @type {import("./film-player.js").FilmPlayer} */ (document.createElement("film-player"));
      fill(this.#player, h("div", { class: "screen" }, player), h("h2", { tabIndex: -1 }, video.title), video.warnings.length > 0 && h("ul", { class: "notes" }, video.warnings.map((/** @type {any} */ each) => h("li", {}, each.message))));
      await player.showAddress(video.url, { poster: video.poster_url, captions: video.captions_url });
      await player.play();
    } catch (error) {
      this.#fail(this.#player, error);
    }
    return undefined;
  }

  /** @param {Element} where @param {unknown} error */
  #fail(where, error) {
    if (!this.signal.aborted) fill(where, h("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
  }
}

customElements.define("videos-screen", VideosScreen);
