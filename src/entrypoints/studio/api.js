/** All HTTP of the studio: every operation by its name in the OpenAPI document. */

import { token } from "./session.js";

/** Operations that the studio uses; a test compares them with the OpenAPI document. */
export const OPERATIONS = {
  generateChoreography: "POST /api/choreography/generate",
  generateFromWords: "POST /api/choreography/generate-with-ai",
  parseQuery: "POST /api/choreography/parse-query",
  planChoreography: "POST /api/choreography/plan",
  assembleBlueprint: "POST /api/choreography/assemble",
  getBlueprint: "GET /api/choreography/{task_id}/blueprint",
  explainFilm: "GET /api/choreography/{task_id}/explanation",
  getPreview: "GET /api/choreography/{task_id}/preview.m3u8",
  watchTask: "GET /api/tasks/{task_id}/events",
  listSongs: "GET /api/songs",
  getSong: "GET /api/songs/{song_id}",
  uploadSong: "POST /api/songs",
  getSound: "GET /api/songs/{song_id}/sound",
  removeSong: "DELETE /api/songs/{song_id}",
  getAnalysis: "GET /api/songs/{song_id}/analysis",
  listMoves: "GET /api/moves",
  getMove: "GET /api/moves/{move_id}",
  getClip: "GET /api/moves/{move_id}/clip",
  listSimilarMoves: "GET /api/moves/{move_id}/similar",
  correctAnalysis: "PATCH /api/songs/{song_id}/analysis",
  uploadMove: "POST /api/moves",
  correctMove: "PATCH /api/moves/{move_id}",
  removeMove: "DELETE /api/moves/{move_id}",
  listVideos: "GET /api/videos",
  generateVideo: "POST /api/videos/generate",
  cancelVideo: "POST /api/videos/jobs/{video_id}/cancel",
  uploadScript: "POST /api/scripts/upload",
  readScript: "GET /api/scripts/{script_id}",
  readStorage: "GET /api/storage",
  getAccount: "GET /api/auth/me",
  createToken: "POST /api/auth/token",
  revokeToken: "POST /api/auth/token/revoke",
  register: "POST /api/auth/register",
  listApiKeys: "GET /api/auth/keys",
  createApiKey: "POST /api/auth/keys",
  revokeApiKey: "DELETE /api/auth/keys/{key_id}",
  readVideo: "GET /api/videos/{video_id}",
  removeVideo: "DELETE /api/videos/{video_id}",
  getVideoDownload: "GET /api/videos/{video_id}/download",
};

/** @typedef {keyof typeof OPERATIONS} Operation */

/** @param {string} session @returns {string} the address of the WebSocket that tells the progress of a task */
export function socketAddress(session) {
  const address = new URL(`/ws/progress/${encodeURIComponent(session)}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** An error that the service answers (RFC 9457). */
export class Problem extends Error {
  /** @param {any} document the problem document */
  constructor(document) {
    super(document.detail);
    this.code = document.code;
    this.status = document.status;
    /** @type {any[]} */
    this.details = Array.isArray(document.details) ? document.details : [];
  }
}

/**
 * Return the address of an operation.
 * @param {Operation} operation
 * @param {Record<string, string>} [values] parameters of the path
 * @param {Record<string, any>} [query]
 */
export function url(operation, values = {}, query = {}) {
  const path = OPERATIONS[operation].split(" ")[1].replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : path;
}

/** @param {Operation} operation */
const method = (operation) => OPERATIONS[operation].split(" ")[0];

/** @returns {Promise<Record<string, string>>} the headers that name the caller */
export async function credentials() {
  const text = await token();
  return text ? { Authorization: `Bearer ${text}` } : {};
}

/**
 * Send a request, and return the answer; raises `Problem` for an error.
 * @param {Operation} operation
 * @param {{values?: Record<string, string>, query?: Record<string, any>, body?: any,
 *   headers?: Record<string, string>, signal?: AbortSignal}} [request]
 * @returns {Promise<Response>}
 */
export async function send(operation, { values, query, body, headers = {}, signal } = {}) {
  /** @type {Record<string, string>} */
  const kind = body === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(url(operation, values, query), {
    method: method(operation),
    headers: { ...kind, ...(await credentials()), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  if (answer.status === 401) dispatchEvent(new Event("signed-out"));
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/**
 * Send a request, and return its JSON.
 * @param {Operation} operation
 * @param {Parameters<typeof send>[1]} [request]
 * @returns {Promise<any>}
 */
export async function call(operation, request) {
  const answer = await send(operation, request);
  return answer.status === 204 ? null : answer.json();
}

/**
 * Read all pages of a list.
 * @param {Operation} operation
 * @param {Record<string, any>} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any[]>}
 */
export async function all(operation, query = {}, signal = undefined) {
  const items = [];
  let cursor = null;
  do {
    const page = await call(operation, { query: { limit: 200, ...query, cursor }, signal });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

/**
 * Read bytes at an address of the service.
 * @param {string} address
 * @param {AbortSignal} [signal]
 */
export async function bytes(address, signal) {
  const answer = await fetch(address, { headers: await credentials(), signal });
  if (!answer.ok) throw await problemOf(answer);
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * Upload a form; `onProgress` gets the share that is sent, from 0 to 1.
 * @param {Operation} operation
 * @param {Record<string, any>} fields
 * @param {(share: number) => void} onProgress
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function upload(operation, fields, onProgress, signal) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  const headers = await credentials();
  return new Promise((resolve, reject) => {
    // `fetch` tells nothing of the progress of a body.
    const request = new XMLHttpRequest();
    request.open(method(operation), url(operation));
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => onProgress(event.total ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(request.response);
      else reject(new Problem(request.response ?? { detail: request.statusText, status: request.status }));
    });
    request.addEventListener("error", () => reject(new TypeError("The upload broke off.")));
    request.addEventListener("abort", () => reject(new DOMException("The upload was cancelled.", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** @param {Response} answer */
async function problemOf(answer) {
  try {
    return new Problem(await answer.json());
  } catch {
    return new Problem({ detail: `${answer.status} ${answer.statusText}`, status: answer.status });
  }
}
