/** Choose a song of the library, or add one. */

import { all, call, upload } from "./api.js";
import { Screen, debounced, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { clock, number, t } from "./words.js";

class SongPicker extends Screen {
  /** @type {string | null} id of the song that is chosen at first */
  chosen = null;
  /** @type {any[]} */
  #songs = [];
  #list = h("div", { class: "songs", role: "radiogroup", "aria-label": t("songs.list") });
  #adding = h("div", { class: "adding" });

  show() {
    const search = h("input", { type: "search", placeholder: t("songs.search"), "aria-label": t("songs.search"), oninput: debounced(250, (event) => this.#load(event.target.value.trim())) });
    const file = h("input", { type: "file", accept: "audio/*,video/*", class: "hidden", id: "song-file", onchange: () => file.files[0] && this.#offer(file.files[0]) });
    const drop = h("label", { class: "drop", for: "song-file" }, icon("upload"), h("span", {}, t("songs.drop")));
    fill(this, search, this.#list, file, drop, this.#adding);
    this.on(this, "dragover", (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
    this.on(this, "dragleave", () => drop.classList.remove("over"));
    this.on(this, "drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      const [dropped] = event.dataTransfer.files;
      if (dropped) this.#offer(dropped);
    });
    this.#load("");
  }

  /** @param {string} words */
  async #load(words) {
    try {
      this.#songs = words ? (await call("listSongs", { query: { search: words, limit: 200 }, signal: this.signal })).items : await all("listSongs", {}, this.signal);
    } catch (error) {
      if (!this.signal.aborted) fill(this.#list, h("p", { class: "problem" }, /** @type {Error} */ (error).message));
      return;
    }
    this.#draw();
    const chosen = this.#songs.find((song) => song.id === this.chosen);
    if (chosen) this.#tell(chosen);
  }

  #draw() {
    const usable = this.#songs.filter((song) => !song.unusable);
    fill(this.#list, usable.length === 0 && h("p", { class: "hint" }, t("songs.none")),
      usable.map((song) => h("label", { class: "song" },
        h("input", { type: "radio", name: "song", value: song.id, checked: song.id === this.chosen, onchange: () => this.#tell(song) }),
        h("span", { class: "song-name" }, h("b", {}, song.title), h("span", { class: "quiet" }, song.artist)),
        h("span", { class: "quiet figures" }, song.tempo ? `${number(song.tempo)} BPM · ` : "", clock(song.duration)))));
    this.#list.querySelector("input:checked")?.closest("label").scrollIntoView({ block: "nearest" });
  }

  /** @param {any} song */
  #tell(song) {
    this.chosen = song.id;
    this.dispatchEvent(new CustomEvent("chosen", { detail: song }));
  }

  /** Offer to add a file under a title. @param {File} file */
  #offer(file) {
    const name = file.name.replace(/\.[^.]*$/, "").replaceAll("_", " ").trim();
    const [, artist = "", title = name] = name.match(/^(.+?) [-–] (.+)$/) ?? [];
    const fields = { title: h("input", { id: "new-title", value: title, required: true, maxLength: 200 }), artist: h("input", { id: "new-artist", value: artist, required: true, maxLength: 200, placeholder: t("songs.unknown") }) };
    const add = h("button", { type: "button", class: "secondary", onclick: () => this.#upload(file, fields.title.value.trim() || name, fields.artist.value.trim() || t("songs.unknown")) }, t("songs.add"));
    fill(this.#adding, h("div", { class: "field" }, h("label", { for: "new-title" }, t("songs.title-field")), fields.title), h("div", { class: "field" }, h("label", { for: "new-artist" }, t("songs.artist-field")), fields.artist), add);
    add.focus();
  }

  /** @param {File} file @param {string} title @param {string} artist */
  async #upload(file, title, artist) {
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("songs.uploading") });
    const text = h("p", { class: "hint", role: "status" }, t("songs.uploading"));
    fill(this.#adding, text, bar);
    try {
      const song = await upload("uploadSong", { file, title, artist }, (share) => {
        bar.value = share;
        if (share === 1) text.textContent = t("songs.examining");
      }, this.signal);
      this.#songs = [song, ...this.#songs];
      this.chosen = song.id;
      this.#draw();
      fill(this.#adding, h("p", { class: "hint", role: "status" }, t("songs.added", { title: song.title })));
      this.#tell(song);
    } catch (error) {
      if (!this.signal.aborted) fill(this.#adding, h("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    }
  }
}

customElements.define("song-picker", SongPicker);
