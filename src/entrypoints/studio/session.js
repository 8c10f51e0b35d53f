/** The caller: without accounts there is none; with accounts, a token that is renewed in time. */

import { get } from "./store.js";

/** @returns {Promise<string | null>} the access token, or null where callers are off */
export async function token() {
  return get().token ?? null;
}
