/** Take the segments of a preview apart into samples, and build segments of a stretch of them. */

/**
 * @typedef {object} Sample a picture or a packet of sound
 * @property {number} time ticks
 * @property {number} duration ticks
 * @property {boolean} sync true if decoding can begin at it
 * @property {Uint8Array} data
 */

const SYNC = 0x02000000;
const NO_SYNC = 0x01010000;
/** Bit of a sample's flags: decoding cannot begin at it (ISO/IEC 14496-12, 8.8.3.1). */
const NOT_SYNC = 0x00010000;

/**
 * Yield the boxes of a range of bytes.
 * @param {Uint8Array} bytes
 * @param {number} [start]
 * @param {number} [end]
 * @returns {Generator<{kind: string, start: number, content: number, end: number}>}
 */
function* boxes(bytes, start = 0, end = bytes.length) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    yield { kind, start: at, content: at + 8, end: at + size };
    at += size;
  }
}

/**
 * Find a box by its path.
 * @param {Uint8Array} bytes
 * @param {string[]} path
 * @param {number} [start]
 * @param {number} [end]
 * @returns {{kind: string, start: number, content: number, end: number}}
 */
function find(bytes, [name, ...rest], start = 0, end = bytes.length) {
  for (const box of boxes(bytes, start, end)) {
    if (box.kind === name) return rest.length ? find(bytes, rest, box.content, box.end) : box;
  }
  throw new TypeError(`The segment has no ${name}.`);
}

/** @param {Uint8Array} init @returns {number} ticks in a second of its track */
export function timescale(init) {
  const { content } = find(init, ["moov", "trak", "mdia", "mdhd"]);
  const view = new DataView(init.buffer, init.byteOffset);
  return view.getUint32(content + (init[content] === 1 ? 20 : 12));
}

/**
 * Return the samples of a segment as this service writes it: one track, no reordered pictures.
 * @param {Uint8Array} segment
 * @returns {Sample[]}
 */
export function samplesOf(segment) {
  /** @type {Sample[]} */
  const samples = [];
  for (const box of boxes(segment)) {
    if (box.kind === "moof") samples.push(...fragment(segment, box));
  }
  return samples;
}

/** @param {Uint8Array} bytes @param {{start: number, content: number, end: number}} moof */
function fragment(bytes, moof) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const traf = find(bytes, ["traf"], moof.content, moof.end);
  const head = find(bytes, ["tfhd"], traf.content, traf.end).content;
  const [usualDuration, usualFlags] = [view.getUint32(head + 8), view.getUint32(head + 12)];
  const decode = find(bytes, ["tfdt"], traf.content, traf.end).content;
  let time = Number(view.getBigUint64(decode + 4));
  const run = find(bytes, ["trun"], traf.content, traf.end).content;
  const flags = view.getUint32(run) & 0xffffff;
  const count = view.getUint32(run + 4);
  let data = moof.start + view.getInt32(run + 8);
  let at = run + 12;
  const next = (/** @type {number} */ bit, /** @type {number} */ usual) => {
    if (!(flags & bit)) return usual;
    at += 4;
    return view.getUint32(at - 4);
  };
  return Array.from({ length: count }, () => {
    const duration = next(0x100, usualDuration);
    const size = next(0x200, 0);
    const sync = !(next(0x400, usualFlags) & NOT_SYNC);
    const sample = { time, duration, sync, data: bytes.subarray(data, data + size) };
    time += duration;
    data += size;
    return sample;
  });
}

/**
 * Return the pictures from one tick to another, for a decoder that begins here.
 *
 * Pictures between the keyframe and the first one last one tick each, taken from the first: they
 * are decoded and not seen.
 * @param {Sample[]} samples
 * @param {number} from
 * @param {number} to
 * @returns {Sample[]}
 */
export function stretch(samples, from, to) {
  const first = samples.findLastIndex((each) => each.time <= from);
  const key = samples.findLastIndex((each, index) => index <= first && each.sync);
  const hidden = samples.slice(key, first).map((each, index) => ({ ...each, time: from + index, duration: 1 }));
  const seen = samples.slice(first).filter((each) => each.time < to).map((each, index) => {
    const time = index ? each.time : from + hidden.length;
    return { ...each, time, duration: Math.max(1, Math.min(each.time + each.duration, to) - time) };
  });
  return [...hidden, ...seen];
}

/**
 * Build a segment of samples.
 * @param {Sample[]} samples
 * @returns {Uint8Array}
 */
export function segment(samples) {
  const rows = samples.flatMap((each) => [each.duration, each.data.length, each.sync ? SYNC : NO_SYNC]);
  const size = samples.reduce((sum, each) => sum + each.data.length, 0);
  const run = (/** @type {number} */ offset) => box("trun", [0x701, samples.length, offset, ...rows]);
  const time = samples[0].time;
  const moof = (/** @type {number} */ offset) => box("moof", [], box("mfhd", [0, 1]), box("traf", [], box("tfhd", [0x20000, 1]), box("tfdt", [0x1000000, Math.floor(time / 2 ** 32), time % 2 ** 32]), run(offset)));
  const head = moof(moof(0).length + 8);
  const whole = new Uint8Array(head.length + 8 + size);
  whole.set(head);
  whole.set(box("mdat", []), head.length);
  new DataView(whole.buffer).setUint32(head.length, size + 8);
  let at = head.length + 8;
  for (const { data } of samples) {
    whole.set(data, at);
    at += data.length;
  }
  return whole;
}

/**
 * @param {string} kind
 * @param {number[]} numbers of 32 bits
 * @param {...Uint8Array} inner
 */
function box(kind, numbers, ...inner) {
  const size = 8 + 4 * numbers.length + inner.reduce((sum, each) => sum + each.length, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, size);
  for (let index = 0; index < 4; index += 1) bytes[4 + index] = kind.charCodeAt(index);
  for (const [index, number] of numbers.entries()) view.setUint32(8 + 4 * index, number);
  let at = 8 + 4 * numbers.length;
  for (const each of inner) {
    bytes.set(each, at);
    at += each.length;
  }
  return bytes;
}
