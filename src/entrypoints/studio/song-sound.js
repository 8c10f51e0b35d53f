/** The sound of a song: its loudness by band, and playing it with a click on every beat. */

import { bytes } from "./api.js";
import { click } from "./count-in.js";

/** Windows of the waveform in a second. */
export const WINDOWS = 50;
/** Hz below which sound is bass. */
const BASS = 180;
/** Seconds that are scheduled ahead. */
const AHEAD = 0.3;

export class SongSound {
  /** @type {AudioContext} */
  #context;
  #buffer;
  /** @type {AudioBufferSourceNode | null} */
  #source = null;
  #began = 0;
  #offset = 0;
  #timer = 0;
  /** @type {AudioNode[]} */
  #clicks = [];
  #next = 0;
  /** Beats that are heard as clicks, with whether each is a "1". @type {{time: number, one: boolean}[]} */
  beats = [];
  clicking = true;

  /** @param {AudioContext} context @param {AudioBuffer} buffer */
  constructor(context, buffer) {
    this.#context = context;
    this.#buffer = buffer;
  }

  /** @param {string} address @param {AbortSignal} signal */
  static async read(address, signal) {
    const context = new AudioContext();
    signal.addEventListener("abort", () => context.close());
    const content = await bytes(address, signal);
    return new SongSound(context, await context.decodeAudioData(/** @type {ArrayBuffer} */ (content.buffer)));
  }

  get duration() {
    return this.#buffer.duration;
  }

  get playing() {
    return this.#source !== null;
  }

  /** @returns {{bass: Float32Array, all: Float32Array}} loudness of each window, from 0 to 1 */
  loudness() {
    const samples = this.#buffer.getChannelData(0);
    const size = Math.floor(this.#buffer.sampleRate / WINDOWS);
    const count = Math.ceil(samples.length / size);
    const [bass, all] = [new Float32Array(count), new Float32Array(count)];
    const share = 1 - Math.exp((-2 * Math.PI * BASS) / this.#buffer.sampleRate);
    let low = 0;
    for (let window = 0; window < count; window += 1) {
      const end = Math.min(samples.length, (window + 1) * size);
      for (let at = window * size; at < end; at += 1) {
        low += share * (samples[at] - low);
        bass[window] += low * low;
        all[window] += samples[at] * samples[at];
      }
    }
    return { bass: scaled(bass), all: scaled(all) };
  }

  /** @returns {number} the moment that is heard now, in seconds of the song */
  get moment() {
    if (!this.#source) return this.#offset;
    const { contextTime, performanceTime } = this.#context.getOutputTimestamp();
    const heard = contextTime ? contextTime + (performance.now() - (performanceTime ?? 0)) / 1000 : this.#context.currentTime;
    return Math.min(this.duration, Math.max(this.#offset, this.#offset + heard - this.#began));
  }

  /** Return the moment that was heard when an event happened. @param {Event} event */
  momentOf(event) {
    return this.moment - (performance.now() - event.timeStamp) / 1000;
  }

  /** @param {number} [from] seconds of the song */
  async play(from = this.#offset) {
    this.pause();
    await this.#context.resume();
    this.#source = this.#context.createBufferSource();
    this.#source.buffer = this.#buffer;
    this.#source.connect(this.#context.destination);
    this.#offset = from >= this.duration - 0.05 ? 0 : from;
    this.#began = this.#context.currentTime + 0.05;
    this.#source.start(this.#began, this.#offset);
    this.#source.addEventListener("ended", () => this.pause());
    this.#next = this.beats.findIndex((beat) => beat.time >= this.#offset);
    this.#timer = setInterval(() => this.#schedule(), 50);
    this.#schedule();
  }

  #schedule() {
    const until = this.#offset + this.#context.currentTime - this.#began + AHEAD;
    while (this.#next >= 0 && this.#next < this.beats.length && this.beats[this.#next].time < until) {
      const { time, one } = this.beats[this.#next];
      this.#next += 1;
      if (this.clicking) this.#clicks.push(click(this.#context, this.#began + time - this.#offset, one));
    }
  }

  pause() {
    if (!this.#source) return;
    this.#offset = this.moment;
    this.#source.stop();
    this.#source.disconnect();
    this.#source = null;
    clearInterval(this.#timer);
    for (const node of this.#clicks) node.disconnect();
    this.#clicks = [];
  }

  /** Use other beats from now on. @param {{time: number, one: boolean}[]} beats */
  async change(beats) {
    this.beats = beats;
    if (this.playing) await this.play(this.moment);
  }

  /** @param {number} moment seconds of the song */
  async seek(moment) {
    const played = this.playing;
    this.pause();
    this.#offset = Math.max(0, Math.min(this.duration, moment));
    if (played) await this.play();
  }
}

/** @param {Float32Array} powers @returns {Float32Array} loudness, of which the loudest is 1 */
function scaled(powers) {
  const most = powers.reduce((one, other) => Math.max(one, other), 1e-9);
  return powers.map((power) => Math.sqrt(power / most));
}
