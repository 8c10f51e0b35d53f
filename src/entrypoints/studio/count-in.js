/** Count in: four clicks at the tempo of the practice, before the music begins. */

import { happened } from "./playlists.js";

/** @type {AudioContext | null} */
let context = null;

/**
 * Let "5, 6, 7, 8" be heard and seen; resolved where the next "1" is.
 * @param {number} beat milliseconds
 * @param {AbortSignal} signal
 * @param {(count: number) => void} draw
 */
export async function countIn(beat, signal, draw) {
  context ??= new AudioContext();
  await context.resume();
  const begins = context.currentTime + 0.05;
  const clicks = [0, 1, 2, 3].map((index) => click(/** @type {AudioContext} */ (context), begins + (index * beat) / 1000, index === 3));
  try {
    for (const count of [5, 6, 7, 8]) {
      draw(count);
      await waited(beat, signal);
    }
  } finally {
    for (const each of clicks) each.disconnect();
  }
}

/**
 * Sound a click; the accented one is higher.
 * @param {AudioContext} audio
 * @param {number} when seconds of the context
 * @param {boolean} accent
 */
export function click(audio, when, accent) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = accent ? 1_600 : 1_050;
  volume.gain.setValueAtTime(0.0001, when);
  volume.gain.exponentialRampToValueAtTime(0.5, when + 0.002);
  volume.gain.exponentialRampToValueAtTime(0.0001, when + 0.05);
  tone.connect(volume).connect(audio.destination);
  tone.start(when);
  tone.stop(when + 0.06);
  return volume;
}

/** @param {number} milliseconds @param {AbortSignal} signal */
async function waited(milliseconds, signal) {
  const target = new EventTarget();
  const timer = setTimeout(() => target.dispatchEvent(new Event("over")), milliseconds);
  try {
    await happened(target, "over", signal);
  } finally {
    clearTimeout(timer);
  }
}
