/** Tempo and "1" from taps: a line through their times, which a few stray taps do not move. */

/** Fewest taps that say a tempo. */
export const FEWEST = 4;
/** Seconds of a pause after which tapping begins anew. */
export const PAUSE = 2.5;
/** Share of a beat by which a tap may miss the line. */
const STRAY = 0.25;

/** @param {number[]} values @returns {number} */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Return the tempo in beats per minute and the time of the first tap on the line; null for too few taps.
 * @param {number[]} taps ascending seconds; the first one is the "1"
 * @returns {{tempo: number, one: number} | null}
 */
export function fitted(taps) {
  if (taps.length < FEWEST) return null;
  const gap = median(taps.slice(1).map((tap, index) => tap - taps[index]));
  // A missing or doubled tap changes the number of a beat, not the line.
  let number = 0;
  let points = taps.map((time, index) => {
    if (index) number += Math.max(0, Math.round((time - taps[index - 1]) / gap));
    return { number, time };
  }).filter((point, index, all) => index === 0 || point.number > all[index - 1].number);
  for (let round = 0; round < 3; round += 1) {
    const { slope, start } = line(points);
    const near = points.filter((each) => Math.abs(each.time - start - slope * each.number) < STRAY * slope);
    if (near.length < FEWEST || near.length === points.length) break;
    points = near;
  }
  const { slope, start } = line(points);
  return slope > 0 ? { tempo: 60 / slope, one: start } : null;
}

/** @param {{number: number, time: number}[]} points */
function line(points) {
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [x, y] = [mean(points.map((each) => each.number)), mean(points.map((each) => each.time))];
  const above = points.reduce((sum, each) => sum + (each.number - x) * (each.time - y), 0);
  const below = points.reduce((sum, each) => sum + (each.number - x) ** 2, 0);
  const slope = below ? above / below : 0;
  return { slope, start: y - slope * x };
}
