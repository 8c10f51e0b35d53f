/** Signing in, and the caller's API keys and storage. */

import { Problem, call } from "./api.js";
import { Screen, fill, h } from "./dom.js";
import { address, open, place } from "./router.js";
import { begin, end } from "./session.js";
import { date, number, t, word } from "./words.js";

class AccountScreen extends Screen {
  #body = h("div", { class: "account" });

  show() {
    fill(this, h("h1", {}, t("account.title")), this.#body);
    this.#load();
  }

  async #load() {
    try {
      const account = await call("getAccount", { signal: this.signal });
      const { items } = await call("listApiKeys", { signal: this.signal });
      this.#draw(account, items);
    } catch (error) {
      if (this.signal.aborted) return;
      if (error instanceof Problem && error.status === 401) this.#signIn();
      else fill(this.#body, h("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
    }
  }

  #signIn() {
    const name = h("input", { id: "name", autocomplete: "username", required: true });
    const password = h("input", { id: "password", type: "password", autocomplete: "current-password", required: true, minLength: 12 });
    const note = h("p", { role: "alert" });
    const credentials = () => ({ name: name.value.trim(), password: password.value });
    const enter = async () => {
      try {
        begin(await call("createToken", { body: credentials(), signal: this.signal }));
        open(place().query.get("then") ?? address("make"));
        await this.#load();
      } catch (error) {
        this.#fail(note, error);
      }
    };
    const register = async () => {
      try {
        await call("register", { body: credentials(), signal: this.signal });
        await enter();
      } catch (error) {
        this.#fail(note, error);
      }
    };
    fill(this.#body, h("form", { class: "sign-in", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      enter();
    } },
    h("div", { class: "field" }, h("label", { for: "name" }, t("account.name")), name),
    h("div", { class: "field" }, h("label", { for: "password" }, t("account.password")), password),
    h("div", { class: "actions" }, h("button", { class: "primary", type: "submit" }, t("account.sign-in")), h("button", { type: "button", onclick: register }, t("account.register"))), note));
  }

  /** @param {any} account @param {any[]} keys */
  #draw(account, keys) {
    const local = account.id === "local";
    const note = h("p", { role: "status" });
    fill(this.#body,
      h("section", {}, h("h2", {}, account.name), h("p", { class: "quiet" }, local ? t("account.local") : t("account.scopes", { scopes: account.scopes.join(", ") })), !local && h("div", { class: "actions" }, h("button", { type: "button", onclick: () => this.#signOut() }, t("account.sign-out")))),
      !local && h("section", { "aria-labelledby": "keys" }, h("h2", { id: "keys" }, t("account.keys")), h("ul", { class: "keys" }, keys.map((key) => h("li", {}, h("b", {}, key.name), h("span", { class: "quiet" }, `${key.prefix}… · ${key.scopes.join(", ")} · ${key.expires_at ? date(key.expires_at) : t("account.no-end")}`), h("button", { type: "button", class: "plain", "aria-label": t("account.revoke-one", { name: key.name }), onclick: () => this.#revoke(key, note) }, t("account.revoke"))))), this.#newKey(note)),
      note);
    this.#storage();
  }

  /** @param {HTMLElement} note */
  #newKey(note) {
    const name = h("input", { id: "key-name", required: true, maxLength: 200 });
    return h("form", { class: "new-key", onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      try {
        const { key } = await call("createApiKey", { body: { name: name.value.trim() }, signal: this.signal });
        await this.#load();
        const shown = h("input", { value: key, readOnly: true, "aria-label": t("account.secret"), onfocus: () => shown.select() });
        this.#body.append(h("div", { class: "note-box", role: "status" }, h("p", {}, t("account.secret")), shown));
        shown.focus();
      } catch (error) {
        this.#fail(note, error);
      }
    } }, h("div", { class: "field" }, h("label", { for: "key-name" }, t("account.key-name")), name), h("button", { type: "submit" }, t("account.create")));
  }

  /** @param {any} key @param {HTMLElement} note */
  async #revoke(key, note) {
    try {
      await call("revokeApiKey", { values: { key_id: key.id }, signal: this.signal });
      await this.#load();
    } catch (error) {
      this.#fail(note, error);
    }
  }

  async #signOut() {
    const refresh = end();
    if (refresh) await call("revokeToken", { body: { refresh_token: refresh } });
    this.#signIn();
  }

  /** Show how many bytes each kind of file has. */
  async #storage() {
    const where = h("section", { "aria-labelledby": "storage" });
    this.#body.append(where);
    try {
      const { kinds } = await call("readStorage", { signal: this.signal });
      const row = (/** @type {any} */ each) => h("tr", {}, h("th", { scope: "row" }, word("stored", each.kind)), h("td", { class: "figures" }, t("account.files", { files: number(each.files) })), h("td", { class: "figures" }, `${number(each.bytes / 1e6, 1)} MB`));
      fill(where, h("h2", { id: "storage" }, t("account.storage")), h("table", { class: "stored", "aria-labelledby": "storage" }, h("tbody", {}, kinds.map(row))), h("p", {}, h("a", { href: address("videos") }, t("scripts.all"))));
    } catch (error) {
      this.#fail(where.appendChild(h("p")), error);
    }
  }

  /** @param {HTMLElement} where @param {unknown} error */
  #fail(where, error) {
    if (this.signal.aborted) return;
    const details = error instanceof Problem ? error.details.map((each) => each.message) : [];
    where.className = "problem";
    where.textContent = [/** @type {Error} */ (error).message, ...details].join(" ");
  }
}

customElements.define("account-screen", AccountScreen);
