/** The address: which screen is open, and its state, so that a link opens the same. */

/**
 * @typedef {object} Place
 * @property {string} screen
 * @property {string} id the id in the path, or an empty text
 * @property {URLSearchParams} query
 */

/** @returns {Place} the place that the address names */
export function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [screen = "", id = ""] = path.split("/");
  return { screen: screen || "make", id: decodeURIComponent(id), query: new URLSearchParams(query) };
}

/**
 * Return the address of a place.
 * @param {string} screen
 * @param {string} [id]
 * @param {Record<string, any>} [query] values that are empty, null or false are left out
 */
export function address(screen, id = "", query = {}) {
  const values = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  const text = new URLSearchParams(values.map(([name, value]) => [name, String(value === true ? 1 : value)])).toString();
  return `#/${screen}${id && `/${encodeURIComponent(id)}`}${text && `?${text}`}`;
}

/** Open a place. @param {string} to an address */
export function open(to) {
  location.hash = to;
}

/** Write the state of this screen into the address, without opening anything. @param {string} to */
export function note(to) {
  history.replaceState(null, "", to);
}
