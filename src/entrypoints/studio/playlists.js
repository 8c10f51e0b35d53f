/** Read a preview's playlists (HTTP Live Streaming), and append its segments to a video element. */

import { bytes, send, url } from "./api.js";

/** @typedef {{address: string, start: number, end: number}} Segment its times in seconds of the film */
/** @typedef {{init: Uint8Array, segments: Segment[], type: string}} Track */
/** @typedef {{picture: Track, sound: Track, duration: number}} Playlists */

const SOUND = 'audio/mp4; codecs="mp4a.40.2"';

/** @returns {typeof MediaSource | undefined} the class for appending segments; phones have another one */
export const sourceClass = () => /** @type {any} */ (globalThis).MediaSource ?? /** @type {any} */ (globalThis).ManagedMediaSource;

/**
 * Read the playlists of a task.
 * @param {string} task
 * @param {AbortSignal} signal
 * @returns {Promise<Playlists>}
 */
export async function playlistsOf(task, signal) {
  const main = new URL(url("getPreview", { task_id: task }), location.href);
  const lines = (await (await send("getPreview", { values: { task_id: task }, signal })).text()).split("\n");
  const [picture, sound] = await Promise.all([
    track(new URL(names(lines)[0], main), signal),
    track(new URL(uri(lines, "#EXT-X-MEDIA"), main), signal),
  ]);
  const pictureTrack = { ...picture, type: pictureType(picture.init) };
  return { picture: pictureTrack, sound: { ...sound, type: SOUND }, duration: picture.segments[picture.segments.length - 1].end };
}

/**
 * @param {URL} address
 * @param {AbortSignal} signal
 */
async function track(address, signal) {
  const lines = new TextDecoder().decode(await bytes(address.href, signal)).split("\n");
  const init = await bytes(new URL(uri(lines, "#EXT-X-MAP"), address).href, signal);
  const lengths = lines.filter((line) => line.startsWith("#EXTINF:")).map((line) => Number.parseFloat(line.slice(8)));
  let start = 0;
  const segments = names(lines).map((name, index) => {
    const segment = { address: new URL(name, address).href, start, end: start + lengths[index] };
    start = segment.end;
    return segment;
  });
  return { init, segments };
}

/** @param {string[]} lines @param {string} tag */
const uri = (lines, tag) => /** @type {RegExpMatchArray} */ (lines.find((line) => line.startsWith(tag))?.match(/URI="([^"]*)"/))[1];

/** @param {string[]} lines */
const names = (lines) => lines.filter((line) => line && !line.startsWith("#"));

/**
 * Return the type of a picture track: profile, constraints and level are the second to fourth byte
 * of `avcC` (ISO/IEC 14496-15).
 * @param {Uint8Array} init
 */
function pictureType(init) {
  const text = Array.from(init, (byte) => String.fromCharCode(byte)).join("");
  const at = text.indexOf("avcC") + 5;
  const codec = Array.from(init.slice(at, at + 3), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `video/mp4; codecs="avc1.${codec}"`;
}

/**
 * Wait for an event.
 * @param {EventTarget} target
 * @param {string} name
 * @param {AbortSignal} signal
 * @returns {Promise<Event>}
 */
export function happened(target, name, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    target.addEventListener(name, resolve, { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/**
 * Append bytes to a buffer, and wait until it has them.
 * @param {SourceBuffer} buffer
 * @param {Uint8Array} data
 * @param {AbortSignal} signal
 */
export async function append(buffer, data, signal) {
  const done = happened(buffer, "updateend", signal);
  buffer.appendBuffer(/** @type {BufferSource} */ (data));
  await done;
}

/**
 * Attach a new media source to a video element.
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 * @returns {Promise<MediaSource>}
 */
export async function attached(video, signal) {
  const source = new (/** @type {typeof MediaSource} */ (sourceClass()))();
  const opened = happened(source, "sourceopen", signal);
  // A managed source plays only where the picture cannot be sent to another screen.
  video.disableRemotePlayback = true;
  const address = URL.createObjectURL(source);
  video.src = address;
  await opened;
  URL.revokeObjectURL(address);
  return source;
}
