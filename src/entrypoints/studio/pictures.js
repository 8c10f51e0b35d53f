/** Pictures of the service, which with accounts are read with the caller's token. */

import { credentials } from "./api.js";
import { h } from "./dom.js";

/**
 * Return an image that is filled when it is near the window.
 * @param {string | null} address
 * @returns {HTMLImageElement}
 */
export function pictureOf(address) {
  const image = h("img", { alt: "", loading: "lazy", decoding: "async", class: "picture" });
  if (address) seen(image, async () => {
    image.src = await readable(address);
  });
  return image;
}

/**
 * Return an address that an element may read: the same, or a copy in memory where reading needs a token.
 * @param {string} address
 * @returns {Promise<string>}
 */
export async function readable(address) {
  const headers = await credentials();
  if (!headers.Authorization) return address;
  const answer = await fetch(address, { headers });
  return answer.ok ? URL.createObjectURL(await answer.blob()) : address;
}

/**
 * Call a function once an element is near the window.
 * @param {Element} element
 * @param {() => void} work
 */
export function seen(element, work) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    work();
  }, { rootMargin: "300px" });
  watch.observe(element);
}
