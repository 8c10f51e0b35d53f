/** Play a preview from the beginning to the end, and from any moment. */

import { bytes } from "./api.js";
import { append, attached, happened, playlistsOf } from "./playlists.js";

/** Seconds that are read ahead of the playing moment. */
const AHEAD = 24;

/**
 * Play a task's preview in a video element, until the signal is aborted.
 * @param {HTMLVideoElement} video
 * @param {string} task
 * @param {AbortSignal} signal
 * @returns {Promise<void>} resolved when it can play; a later failure is an event `error` of the element
 */
export async function playPreview(video, task, signal) {
  const lists = await playlistsOf(task, signal);
  const source = await attached(video, signal);
  const buffers = [lists.picture, lists.sound].map((track) => ({ track, buffer: source.addSourceBuffer(track.type) }));
  source.duration = lists.duration;
  for (const { track, buffer } of buffers) await append(buffer, track.init, signal);
  const wanted = new EventTarget();
  const wake = () => wanted.dispatchEvent(new Event("more"));
  for (const name of ["timeupdate", "seeking"]) video.addEventListener(name, wake, { signal });
  const filling = buffers.map((each) => filled(each, video, wanted, signal));
  Promise.all(filling).then(
    () => source.readyState === "open" && source.endOfStream(),
    (error) => signal.aborted || video.dispatchEvent(new CustomEvent("failed", { detail: error })),
  );
}

/**
 * Append what the playing moment needs until all segments are there.
 * @param {{track: import("./playlists.js").Track, buffer: SourceBuffer}} part
 * @param {HTMLVideoElement} video
 * @param {EventTarget} wanted
 * @param {AbortSignal} signal
 */
async function filled({ track, buffer }, video, wanted, signal) {
  const missing = new Set(track.segments);
  while (missing.size) {
    const now = video.currentTime;
    const next = [...missing].find((each) => each.end > now && each.start < now + AHEAD) ?? ([...missing].every((each) => each.end <= now) ? [...missing][0] : undefined);
    if (next === undefined) {
      await happened(wanted, "more", signal);
      continue;
    }
    await append(buffer, await bytes(next.address, signal), signal);
    missing.delete(next);
  }
}
