/** The caller: without accounts there is none; with accounts, tokens that are renewed in time. */

import { keep, kept } from "./store.js";

/** Seconds before its end at which a token is renewed. */
const EARLY = 60;
/** @type {Promise<string | null> | null} a renewal that has begun */
let renewing = null;

/** @returns {Promise<string | null>} the access token, or null for somebody who is not signed in */
export async function token() {
  const tokens = kept("tokens");
  if (!tokens) return null;
  if (tokens.until > Date.now() / 1000 + EARLY) return tokens.access;
  renewing ??= alone(renewed).finally(() => {
    renewing = null;
  });
  return renewing;
}

/**
 * Do something in no two windows at once: a refresh token that is used twice ends the session.
 * @param {() => Promise<string | null>} work
 * @returns {Promise<string | null>}
 */
async function alone(work) {
  return navigator.locks ? navigator.locks.request("studio.tokens", work) : work();
}

/** @returns {Promise<string | null>} */
async function renewed() {
  const tokens = kept("tokens");
  if (!tokens) return null;
  if (tokens.until > Date.now() / 1000 + EARLY) return tokens.access;
  const answer = await fetch("/api/auth/token/refresh", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ refresh_token: tokens.refresh }) });
  if (answer.ok) return begin(await answer.json());
  if (answer.status === 401) keep("tokens", null);
  return null;
}

/**
 * Keep the tokens of somebody who has signed in.
 * @param {{access_token: string, refresh_token: string, expires_in: number}} pair
 * @returns {string} the access token
 */
export function begin(pair) {
  keep("tokens", { access: pair.access_token, refresh: pair.refresh_token, until: Date.now() / 1000 + pair.expires_in });
  return pair.access_token;
}

/** Forget the tokens. @returns {string | null} the refresh token, which the service is to forget, too */
export function end() {
  const tokens = kept("tokens");
  keep("tokens", null);
  return tokens?.refresh ?? null;
}
