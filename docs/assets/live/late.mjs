// A module of the page that is fetched only when the reader acts: it must not hang, nor give up at the first fault.

const TRIES = 3;
const SILENCE_MS = 4_000;

/** @param {URL} address @param {AbortSignal} signal @returns {Promise<any>} */
export async function importLate(address, signal) {
  for (let attempt = 1; ; attempt++) {
    // A browser may remember that a module could not be had; under another address it asks again.
    if (attempt > 1) address.search = `try=${Date.now()}`;
    let reason = "it could not be fetched";
    let timer = 0;
    const silence = new Promise((_, reject) => (timer = setTimeout(() => {
      reason = `nothing came for ${SILENCE_MS / 1000} seconds`;
      reject();
    }, SILENCE_MS)));
    try {
      return await Promise.race([import(address.href), silence]);
    } catch {
      signal.throwIfAborted();
      if (attempt === TRIES) throw new Error(`A part of this page could not be loaded: ${reason}. Check the connection, then try again.`);
      await new Promise((resolve) => setTimeout(resolve, 100 * 3 ** attempt));
    } finally {
      clearTimeout(timer);
    }
  }
}
