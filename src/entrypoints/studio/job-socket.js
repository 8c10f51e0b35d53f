/** Follow a job over the WebSocket; a connection that breaks off is opened again where it was. */

import { Problem, call, socketAddress } from "./api.js";
import { followed } from "./events.js";
import { happened } from "./playlists.js";
import { token } from "./session.js";

const DONE = 1000;
const UNKNOWN = 4404;
/** Milliseconds before the first and the last new connection. */
const [SOON, LATE] = [500, 8_000];

/**
 * @param {string} session
 * @param {(progress: import("./events.js").Progress) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<any>} the result; raises the problem of a job that failed
 */
export async function jobFollowed(session, onProgress, signal) {
  // A WebSocket of a page cannot name its caller.
  if (await token()) return followed(session, onProgress, signal);
  let after = 0;
  for (let pause = SOON; ; pause = Math.min(2 * pause, LATE)) {
    const socket = new WebSocket(`${socketAddress(session)}?after=${after}`);
    const leaving = () => socket.close();
    signal.addEventListener("abort", leaving);
    /** @type {any} */
    let outcome = null;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "progress") {
        after = Math.max(after, message.id ?? 0);
        pause = SOON;
        onProgress(message);
      } else if (message.type !== "heartbeat") outcome = message;
    });
    const { code } = /** @type {CloseEvent} */ (await happened(socket, "close", signal));
    signal.removeEventListener("abort", leaving);
    if (outcome?.type === "result") return outcome.result;
    if (outcome?.type === "problem") throw new Problem(outcome.problem);
    if (code === UNKNOWN || code === DONE) return call("readVideo", { values: { video_id: session }, signal });
    await new Promise((done) => setTimeout(done, pause));
  }
}
