/** Make elements, and the class of all screens. */

/** @typedef {Node | string | number | null | undefined | false | any[]} Child */

/**
 * Make an element. A property that begins with `on` is a listener, `class` and names with a hyphen
 * are attributes, and all others are properties of the element.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Child | Child[])} children
 * @returns {any} the element
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function set(element, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name === "style") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, String(text));
  else if (name.includes("-") || ["role", "for", "list", "popovertarget", "lang"].includes(name)) element.setAttribute(name, String(value));
  else /** @type {any} */ (element)[name] = value;
}

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * Replace what an element contains.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an SVG element.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...Node} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** A screen; `life` ends when it is left. */
export class Screen extends HTMLElement {
  life = new AbortController();

  connectedCallback() {
    this.life = new AbortController();
    this.show();
  }

  disconnectedCallback() {
    this.life.abort();
  }

  /** Fill the screen. */
  show() {}

  /** @returns {AbortSignal} aborted when the screen is left */
  get signal() {
    return this.life.signal;
  }

  /**
   * Listen until the screen is left.
   * @param {EventTarget} target
   * @param {string} name
   * @param {(event: any) => void} listener
   * @param {AddEventListenerOptions} [options]
   */
  on(target, name, listener, options = {}) {
    target.addEventListener(name, listener, { ...options, signal: this.signal });
  }
}

/**
 * Call a function once nothing has called for some milliseconds.
 * @param {number} milliseconds
 * @param {(...values: any[]) => void} work
 * @returns {(...values: any[]) => void}
 */
export function debounced(milliseconds, work) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), milliseconds);
  };
}
