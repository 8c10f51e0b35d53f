/** The controls of practice: what can be set, by pointer and by key. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const LOOPS = ["whole", "move", "eight", "own"];
/** Speeds in per cent. */
const [SLOWEST, FASTEST, STEP] = [50, 100, 5];
/** What the address keeps. */
export const FIELDS = ["loop", "from", "to", "speed", "mirror", "count", "faster"];

/** @param {URLSearchParams} query */
export function readState(query) {
  const seconds = (/** @type {string} */ name) => (query.has(name) ? Math.max(0, Number(query.get(name)) || 0) : null);
  const loop = query.get("loop") ?? "whole";
  const speed = Number(query.get("speed") ?? FASTEST) || FASTEST;
  return {
    loop: LOOPS.includes(loop) ? loop : "whole",
    from: seconds("from"),
    to: seconds("to"),
    speed: Math.min(FASTEST, Math.max(SLOWEST, speed)),
    mirror: query.get("mirror") === "1",
    count: query.get("count") === "1",
    faster: query.get("faster") === "1",
  };
}

/** @param {number} speed @param {1 | -1} way @returns {number} the next speed in per cent */
export const nextSpeed = (speed, way) => Math.min(FASTEST, Math.max(SLOWEST, speed + way * STEP));

/** @param {import("./practise-screen.js").PractiseScreen} screen */
export function controls(screen) {
  /** @type {ReturnType<typeof readState>} */
  let state = readState(new URLSearchParams());
  const round = (/** @type {import("./icons.js").Icon} */ picture, /** @type {any} */ key, /** @type {() => void} */ onclick) => h("button", { type: "button", class: "round", "aria-label": t(key), title: t(key), onclick }, icon(picture));
  const switches = /** @type {const} */ (["mirror", "count", "faster"]).map((name) => ({ name, button: h("button", { type: "button", "aria-pressed": "false", onclick: () => screen.change({ [name]: !state[name] }) }, name === "mirror" && icon("mirror"), t(`practise.${name}`)) }));
  const play = round("play", "practise.play", () => screen.toggle());
  const speed = h("input", { type: "range", id: "speed", min: SLOWEST, max: FASTEST, step: STEP, oninput: () => screen.change({ speed: Number(speed.value) }) });
  const shown = h("output", { for: "speed", class: "figures" });
  const radios = LOOPS.map((loop) => h("input", { type: "radio", name: "loop", value: loop, onchange: () => screen.change({ loop, ...(loop === "own" ? {} : { to: null }) }) }));
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : screen.requestFullscreen?.());
  const element = h("div", { class: "practise-controls" },
    h("div", { class: "transport" }, round("before", "practise.before", () => screen.step(-1)), play, round("after", "practise.after", () => screen.step(1))),
    h("fieldset", { class: "pills" }, h("legend", { class: "hidden" }, t("practise.loop")), LOOPS.map((loop, index) => h("label", { class: "pill" }, radios[index], h("span", {}, t(/** @type {any} */ (`practise.loop.${loop}`)))))),
    h("div", { class: "speed" }, h("label", { for: "speed" }, t("practise.speed")), speed, shown),
    h("div", { class: "switches" }, switches.map((each) => each.button), h("button", { type: "button", onclick: () => screen.mark("from") }, t("practise.mark-from")), h("button", { type: "button", onclick: () => screen.mark("to") }, t("practise.mark-to")), h("button", { type: "button", onclick: full }, t("practise.full"))));
  const faster = () => screen.change({ speed: nextSpeed(state.speed, 1) });
  const slower = () => screen.change({ speed: nextSpeed(state.speed, -1) });
  const [before, after, toggle] = [() => screen.step(-1), () => screen.step(1), () => screen.toggle()];
  const another = () => screen.change({ loop: LOOPS[(LOOPS.indexOf(state.loop) + 1) % 3], to: null });
  return {
    element,
    /** Actions by key; a presenter's clicker sends PageUp, PageDown, `b` and `.`. @type {Record<string, () => void>} */
    keys: {
      " ": toggle, b: toggle, ".": toggle, k: toggle,
      ArrowLeft: before, PageUp: before, ArrowRight: after, PageDown: after,
      ArrowUp: faster, "+": faster, ArrowDown: slower, "-": slower,
      m: () => screen.change({ mirror: !state.mirror }), c: () => screen.change({ count: !state.count }),
      r: () => screen.change({ faster: !state.faster }), l: another, f: full,
      "[": () => screen.mark("from"), "]": () => screen.mark("to"), Escape: () => screen.close(),
    },
    /** @param {ReturnType<typeof readState>} now @param {boolean} playing */
    draw(now, playing) {
      state = now;
      play.replaceChildren(icon(playing ? "pause" : "play"));
      play.setAttribute("aria-label", t(playing ? "practise.pause" : "practise.play"));
      speed.value = String(now.speed);
      shown.textContent = `${now.speed} %`;
      for (const radio of radios) radio.checked = radio.value === now.loop;
      for (const { name, button } of switches) button.setAttribute("aria-pressed", String(now[name]));
    },
  };
}
