/** Save a file of the service, and show how much of it has arrived. */

import { Problem, credentials } from "./api.js";
import { fill, h } from "./dom.js";
import { number, t } from "./words.js";

/** Bytes above which a film is saved by the browser itself: it need not be kept in memory. */
const LARGEST = 400e6;

/**
 * @param {string} address
 * @param {string} name name of the file
 * @param {Element} where the element that shows the progress
 * @param {AbortSignal} signal
 */
export async function save(address, name, where, signal) {
  const leaving = new AbortController();
  const either = AbortSignal.any([signal, leaving.signal]);
  const answer = await fetch(address, { headers: await credentials(), signal: either });
  if (!answer.ok) throw new Problem(await answer.json());
  const size = Number(answer.headers.get("Content-Length"));
  if (size > LARGEST) {
    leaving.abort();
    return click(address, name);
  }
  const bar = h("progress", { max: size, value: 0, "aria-label": t("download.progress") });
  const text = h("span", { class: "quiet figures" });
  const cancel = h("button", { type: "button", class: "plain", onclick: () => leaving.abort() }, t("download.cancel"));
  fill(where, h("div", { class: "download" }, h("span", {}, name), bar, text, cancel));
  try {
    const parts = [];
    let read = 0;
    const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(value);
      read += value.length;
      bar.value = read;
      text.textContent = `${number(read / 1e6, 1)} / ${number(size / 1e6, 1)} MB`;
    }
    const saved = URL.createObjectURL(new Blob(/** @type {BlobPart[]} */ (parts), { type: answer.headers.get("Content-Type") ?? "" }));
    click(saved, name);
    setTimeout(() => URL.revokeObjectURL(saved), 60_000);
    fill(where, h("p", { class: "hint", role: "status" }, t("download.done", { name })));
  } catch (error) {
    fill(where);
    if (!leaving.signal.aborted) throw error;
  }
}

/** @param {string} address @param {string} name */
function click(address, name) {
  h("a", { href: address, download: name }).click();
}
