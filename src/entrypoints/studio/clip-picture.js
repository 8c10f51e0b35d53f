/** A picture of a move: a frame of its clip, drawn once and kept while the page is open. */

import { bytes, url } from "./api.js";
import { h } from "./dom.js";
import { seen } from "./pictures.js";

/** Second of a clip at which dancers have left their first pose. */
const MOMENT = 1.5;
/** Pixels of a picture. */
const SIZE = [192, 108];
/** @type {Map<string, Promise<string>>} addresses by the id of the move */
const pictures = new Map();
/** Pictures are drawn one after the other, because each decodes a clip. */
let last = Promise.resolve("");

/** @param {string} move @returns {HTMLImageElement} filled when its picture is drawn */
export function clipPicture(move) {
  const image = h("img", { alt: "", class: "picture", width: SIZE[0], height: SIZE[1] });
  seen(image, async () => {
    try {
      image.src = await pictureOf(move);
    } catch (error) {
      pictures.delete(move);
      console.warn("A move has no picture.", error);
    }
  });
  return image;
}

/** @param {string} move @returns {Promise<string>} the address of its picture */
function pictureOf(move) {
  let picture = pictures.get(move);
  if (!picture) {
    picture = last.then(() => drawn(move));
    last = picture.catch(() => "");
    pictures.set(move, picture);
  }
  return picture;
}

/** @param {string} move @returns {Promise<string>} */
async function drawn(move) {
  const clip = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (await bytes(url("getClip", { move_id: move })))]));
  const video = h("video", { muted: true, playsInline: true, preload: "auto", src: clip });
  try {
    await new Promise((resolve, reject) => {
      video.addEventListener("loadedmetadata", () => {
        video.currentTime = Math.min(MOMENT, video.duration / 2);
      });
      video.addEventListener("seeked", resolve);
      video.addEventListener("error", () => reject(video.error));
    });
    const canvas = h("canvas", { width: SIZE[0], height: SIZE[1] });
    const scale = Math.max(SIZE[0] / video.videoWidth, SIZE[1] / video.videoHeight);
    const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
    canvas.getContext("2d").drawImage(video, (SIZE[0] - width) / 2, (SIZE[1] - height) / 2, width, height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", 0.8));
    return URL.createObjectURL(blob);
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(clip);
  }
}
