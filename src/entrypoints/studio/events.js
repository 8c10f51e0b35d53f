/** Read the progress of a film as server-sent events, which a request with a body also answers. */

import { Problem, send } from "./api.js";

/**
 * @typedef {object} Progress
 * @property {string} task_id
 * @property {string} stage
 * @property {number} progress per cent
 * @property {number | null} eta_seconds
 */

/** Headers that no other request has, so that a film is finished though its page is left. */
export function kept() {
  const words = crypto.getRandomValues(new Uint32Array(4));
  return { "Idempotency-Key": [...words].map((word) => word.toString(16).padStart(8, "0")).join("") };
}

/**
 * Send a request whose answer is a stream; returns the result, and raises its problem.
 * @param {import("./api.js").Operation} operation
 * @param {{values?: Record<string, string>, body?: any, headers?: Record<string, string>, signal: AbortSignal}} request
 * @param {(progress: Progress) => void} onProgress
 * @returns {Promise<any>}
 */
export async function streamed(operation, request, onProgress) {
  const answer = await send(operation, { ...request, headers: { Accept: "text/event-stream", ...request.headers } });
  for await (const { name, data } of messages(/** @type {ReadableStream<Uint8Array>} */ (answer.body))) {
    if (name === "progress") onProgress(data);
    else if (name === "result") return data;
    else if (name === "problem") throw new Problem(data);
  }
  throw new TypeError("The stream of events broke off.");
}

/**
 * Follow a task until its outcome; a stream that breaks off is opened again.
 * @param {string} task
 * @param {(progress: Progress) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<any>} the result
 */
export async function followed(task, onProgress, signal) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await streamed("watchTask", { values: { task_id: task }, signal }, (progress) => {
        attempt = 0;
        onProgress(progress);
      });
    } catch (error) {
      if (error instanceof Problem || signal.aborted || attempt === 5) throw error;
      await new Promise((done) => setTimeout(done, 500 * 2 ** attempt));
    }
  }
}

/**
 * Yield the events of a stream.
 * @param {ReadableStream<Uint8Array>} body
 */
async function* messages(body) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let text = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const blocks = text.split("\n\n");
      text = /** @type {string} */ (blocks.pop());
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
        if (fields.data !== undefined) yield { name: fields.event ?? "message", data: JSON.parse(fields.data) };
      }
    }
  } finally {
    await reader.cancel();
  }
}
