/** Keep the screen of a phone awake while a film plays. */

/**
 * @param {HTMLVideoElement} video
 * @param {AbortSignal} signal
 */
export function keepAwake(video, signal) {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  const release = async () => {
    await lock?.release();
    lock = null;
  };
  const request = async () => {
    // Only pages of this machine and of https may, and only while they are seen.
    if (!navigator.wakeLock || lock || video.paused || document.visibilityState !== "visible") return;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => {
        lock = null;
      });
    } catch (error) {
      console.info("The screen may go dark.", error);
    }
  };
  video.addEventListener("play", request, { signal });
  video.addEventListener("pause", release, { signal });
  document.addEventListener("visibilitychange", request, { signal });
  signal.addEventListener("abort", release);
}
