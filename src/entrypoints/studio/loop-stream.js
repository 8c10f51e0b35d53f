/** Play a stretch of a dance again and again without a gap: its segments are appended for each lap. */

import { bytes } from "./api.js";
import { samplesOf, segment, stretch, timescale } from "./fragments.js";
import { append, attached, happened } from "./playlists.js";

/** Seconds that are appended ahead of the playing moment, and kept after it. */
const AHEAD = 12;
const BEHIND = 6;
/** Packets of sound before and after a lap, with which a decoder begins. */
const MARGIN = 3;

export class LoopStream {
  /** Exact seconds of a lap. */
  length;
  #pieces;
  #start;

  /**
   * @param {{picture: Uint8Array, sound: Uint8Array}} pieces a lap's segments
   * @param {number} start exact seconds
   * @param {number} length exact seconds
   * @param {import("./playlists.js").Playlists} lists
   */
  constructor(pieces, start, length, lists) {
    this.#pieces = pieces;
    this.#start = start;
    this.length = length;
    this.lists = lists;
  }

  /**
   * Read what a lap needs.
   * @param {import("./playlists.js").Playlists} lists
   * @param {number} from seconds of the film
   * @param {number} to
   * @param {AbortSignal} signal
   */
  static async read(lists, from, to, signal) {
    const scale = timescale(lists.picture.init);
    const [first, last] = [Math.round(from * scale), Math.round(to * scale)];
    const picture = await samples(lists.picture, from, to, signal);
    const sound = await samples(lists.sound, from - 0.1, to + 0.1, signal);
    const rate = timescale(lists.sound.init);
    const margin = MARGIN * (sound[0]?.duration ?? 0);
    const heard = sound.filter((each) => each.time + each.duration > from * rate - margin && each.time < to * rate + margin);
    const pieces = { picture: segment(stretch(picture, first, last)), sound: segment(heard) };
    return new LoopStream(pieces, first / scale, (last - first) / scale, lists);
  }

  /**
   * Attach the loop to a video element until the signal is aborted.
   * @param {HTMLVideoElement} video
   * @param {AbortSignal} signal
   */
  async attach(video, signal) {
    const source = await attached(video, signal);
    const picture = source.addSourceBuffer(this.lists.picture.type);
    const sound = source.addSourceBuffer(this.lists.sound.type);
    source.duration = Infinity;
    await Promise.all([append(picture, this.lists.picture.init, signal), append(sound, this.lists.sound.init, signal)]);
    await this.#append(picture, sound, 0, signal);
    video.currentTime = this.#start;
    this.#continue(video, picture, sound, signal).catch((error) => {
      if (!signal.aborted) video.dispatchEvent(new CustomEvent("failed", { detail: error }));
    });
  }

  /** @param {HTMLVideoElement} video @param {SourceBuffer} picture @param {SourceBuffer} sound @param {AbortSignal} signal */
  async #continue(video, picture, sound, signal) {
    for (let lap = 1; ; ) {
      if (this.#start + lap * this.length < video.currentTime + AHEAD + this.length) {
        await this.#append(picture, sound, lap, signal);
        lap += 1;
        continue;
      }
      const old = video.currentTime - BEHIND;
      for (const buffer of [picture, sound]) {
        if (buffer.buffered.length && buffer.buffered.start(0) < old - AHEAD) {
          const done = happened(buffer, "updateend", signal);
          buffer.remove(0, old);
          await done;
        }
      }
      await happened(video, "timeupdate", signal);
    }
  }

  /** @param {SourceBuffer} picture @param {SourceBuffer} sound @param {number} lap @param {AbortSignal} signal */
  async #append(picture, sound, lap, signal) {
    const offset = lap * this.length;
    picture.timestampOffset = offset;
    sound.timestampOffset = offset;
    // Packets of sound do not end where a lap does: the window cuts them to the sample.
    sound.appendWindowEnd = Infinity;
    sound.appendWindowStart = this.#start + offset;
    sound.appendWindowEnd = this.#start + offset + this.length;
    await Promise.all([append(picture, this.#pieces.picture, signal), append(sound, this.#pieces.sound, signal)]);
  }

  /** @param {number} time of the video element @returns {number} the moment of the film, in seconds */
  moment(time) {
    return this.#start + (Math.max(0, time - this.#start) % this.length);
  }

  /** @param {number} time of the video element @returns {number} finished laps */
  laps(time) {
    return Math.floor(Math.max(0, time - this.#start + 1e-6) / this.length);
  }
}

/**
 * @param {import("./playlists.js").Track} track
 * @param {number} from
 * @param {number} to
 * @param {AbortSignal} signal
 */
async function samples(track, from, to, signal) {
  const needed = track.segments.filter((each) => each.end > from && each.start < to);
  const read = await Promise.all(needed.map((each) => bytes(each.address, signal)));
  return read.flatMap(samplesOf);
}
