/** The frame of the page: the bar, the screens, and which of them is open. */

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { address, open, place } from "./router.js";
import { language, t } from "./words.js";
import "./make-screen.js";

/**
 * The screens by the first word of the address, with the entry of the bar that they belong to, and
 * the import of those that are not needed at once.
 * @type {Record<string, {element: string, under: string, load?: () => Promise<any>}>}
 */
const SCREENS = {
  make: { element: "make-screen", under: "make" },
  dance: { element: "dance-screen", under: "make", load: () => import("./dance-screen.js") },
  practise: { element: "practise-screen", under: "make", load: () => import("./practise-screen.js") },
  videos: { element: "videos-screen", under: "videos", load: () => import("./videos-screen.js") },
  songs: { element: "songs-screen", under: "songs", load: () => import("./songs-screen.js") },
  moves: { element: "moves-screen", under: "moves", load: () => import("./moves-screen.js") },
  account: { element: "account-screen", under: "account", load: () => import("./account-screen.js") },
  scripts: { element: "scripts-screen", under: "videos", load: () => import("./scripts-screen.js") },
};

/** @type {import("./icons.js").Icon[]} */
const BAR = ["make", "videos", "songs", "moves", "account"];

/** Screens that are opened anew for another id; the others change. */
const NAMED = ["practise"];

/** Milliseconds after the page is there when the other screens are read. */
const LATER = 1_500;

class StudioApp extends HTMLElement {
  #main = h("main", { id: "main", tabIndex: -1 });
  #bar = h("nav", { class: "bar", "aria-label": t("app.navigation") });
  /** The address without its query, of the screen that is open. */
  #opened = "";

  connectedCallback() {
    document.documentElement.lang = language;
    const skip = h("a", { class: "skip", href: "#main", onclick: (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#main.focus();
    } }, t("app.skip"));
    const brand = h("a", { class: "brand", href: address("make") }, h("span", { class: "mark", "aria-hidden": "true" }), "Bachata Buddy");
    this.append(skip, h("header", {}, brand, this.#bar), this.#main);
    // The account's own screen asks for the name and the password.
    addEventListener("signed-out", () => place().screen === "account" || open(address("account", "", { then: location.hash })));
    addEventListener("hashchange", () => this.#open(true));
    this.#open(false);
    // The other screens are read when the first one is there.
    addEventListener("load", () => setTimeout(() => Object.values(SCREENS).forEach(({ load }) => load?.().catch(console.warn)), LATER));
  }

  /** @param {boolean} focused true if somebody followed a link, whose target readers then begin with */
  #open(focused) {
    const { screen, id } = place();
    const { element, under, load } = SCREENS[screen] ?? SCREENS.make;
    // A page of before an update of the service finds its modules no more.
    load?.().catch(() => location.reload());
    this.#drawBar(under);
    const opened = NAMED.includes(screen) ? `${element}/${id}` : element;
    if (opened === this.#opened) {
      this.#main.firstElementChild?.dispatchEvent(new Event("place"));
      return;
    }
    this.#opened = opened;
    fill(this.#main, document.createElement(element));
    this.classList.toggle("bare", screen === "practise");
    document.title = `${t(/** @type {any} */ (`${SCREENS[screen] ? screen : "make"}.title`))} · Bachata Buddy`;
    scrollTo(0, 0);
    if (focused) this.#main.focus({ preventScroll: true });
  }

  /** @param {string} under */
  #drawBar(under) {
    fill(this.#bar, BAR.map((name) => h("a", { href: address(name), "aria-current": under === name ? "page" : null }, icon(name), h("span", {}, t(/** @type {any} */ (`app.${name}`))))));
  }
}

customElements.define("studio-app", StudioApp);
