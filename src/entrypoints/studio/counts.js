/** The counts of a dance: 1 to 8, when each begins, and which move is danced. */

/** @typedef {{time: number, count: number}} Count the second at which a count begins */

/**
 * Return all counts of a song: eight from each "1" to the next.
 * @param {{ones: number[], beats: number[], duration: number, tempo: number}} analysis
 * @returns {Count[]}
 */
export function countsOf({ ones, beats, duration, tempo }) {
  if (!ones.length || !tempo) return [];
  const usual = (8 * 60) / tempo;
  const last = ones[ones.length - 1];
  const ends = [...ones.slice(1), last + usual];
  const before = beats.filter((beat) => beat < ones[0] - 0.01);
  const counts = before.map((time, index) => ({ time, count: 8 - ((before.length - 1 - index) % 8) }));
  ones.forEach((one, index) => {
    const inside = beats.filter((beat) => beat > one - 0.01 && beat < ends[index] - 0.01);
    const step = (ends[index] - one) / 8;
    for (let count = 1; count <= 8; count += 1) {
      const time = inside.length === 8 ? inside[count - 1] : one + (count - 1) * step;
      if (time < duration) counts.push({ time, count });
    }
  });
  return counts;
}

/**
 * Return the index of the last item that has begun at a moment, or -1.
 * @param {number[]} starts ascending seconds
 * @param {number} moment
 */
export function at(starts, moment) {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Return the stretches of a dance that can be looped: its eight-counts.
 * @param {Count[]} counts
 * @param {number} duration
 * @returns {{start: number, end: number}[]}
 */
export function eights(counts, duration) {
  const ones = counts.filter((each) => each.count === 1).map((each) => each.time).filter((time) => time < duration - 0.5);
  return ones.map((start, index) => ({ start, end: Math.min(duration, ones[index + 1] ?? duration) }));
}
