/** Small pictures, drawn in the colour of the text. */

import { svg } from "./dom.js";

/** Paths on a square of 24 units. */
const PATHS = {
  make: "M12 3l2.2 5.8L20 11l-5.8 2.2L12 19l-2.2-5.8L4 11l5.8-2.2z",
  videos: "M4 6h16v12H4zM10 9.5v5l4.5-2.5z",
  songs: "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  moves: "M12 5.5a1.8 1.8 0 1 0 0-.1M12 8v6M12 9.5L7.5 12M12 9.5l4.5-2.5M12 14l-3.5 6M12 14l3 2.5.5 3.5",
  scripts: "M6 4h9l4 4v12H6zM9 11h7M9 15h7",
  account: "M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20c.8-4 3.6-6 7-6s6.200 2 7 6",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  ban: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.500 6.500l11 11",
  undo: "M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  mirror: "M12 4v16M9 8l-5 4 5 4zM15 8l5 4-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  play: "M8 5l11 7-11 7z",
  before: "M7 5v14M18 6l-8 6 8 6z",
  after: "M17 5v14M6 6l8 6-8 6z",
  pause: "M8 5v14M16 5v14",
  delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  swap: "M4 9h14l-4-4M20 15H6l4 4",
  loop: "M17 3l3 3-3 3M4 12V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 12v3a3 3 0 0 1-3 3H4",
  upload: "M12 20V9M7 13l5-5 5 5M5 4h14",
};

/** @typedef {keyof typeof PATHS} Icon */

/** @param {Icon} name @returns {SVGElement} a picture that readers of the screen leave out */
export function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name], fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round" }),
  );
}
