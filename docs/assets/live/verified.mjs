// Fetch a file of the site so that it cannot hang, and use no byte of it before all of it is what it should be.

const TRIES = 3;
const STALL_MS = 4_000;
const TICK_MS = 250;

/** @typedef {{name: string, bytes: number, sha256: string}} File */

/** When anything last came. A file that waits behind others on a slow line has not stalled. */
let heard = 0;

/** @param {number} ms @param {AbortSignal} signal */
const wait = (ms, signal) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  signal.addEventListener("abort", resolve);
});

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The body, if it is that file to the last bit. @param {Response} response @param {File} file @param {(loaded: number) => void} onBytes */
export async function verified(response, file, onBytes) {
  const bytes = new Uint8Array(file.bytes);
  let loaded = 0;
  for (const reader = /** @type {any} */ (response.body).getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    heard = performance.now();
    if (loaded + value.length > file.bytes) throw new Error("a different file came");
    bytes.set(value, loaded);
    onBytes((loaded += value.length));
  }
  // A body that breaks off ends in an error; one that is shorter has come to its own end.
  if (loaded !== file.bytes) throw new Error("a different file came");
  // Without https there is no crypto.subtle; there remain the length and, in what is packed, gzip's own checksum.
  if (globalThis.crypto?.subtle && (await sha256(bytes)) !== file.sha256) throw new Error("a different file came");
  return bytes;
}

/** The list of files, if it is whole. @param {Response} response */
export async function listed(response) {
  const text = await response.text();
  heard = performance.now();
  try {
    const { sha256: expected, list } = JSON.parse(text);
    const bytes = new TextEncoder().encode(JSON.stringify(list));
    if (!globalThis.crypto?.subtle || (await sha256(bytes)) === expected) return list;
  } catch {} // it was not JSON, or another
  throw new Error("a different file came");
}

/**
 * One try, given up when nothing at all has come for a while.
 * @template T @param {string} url @param {RequestCache} cache @param {AbortSignal} signal
 * @param {(response: Response) => Promise<T>} read @returns {Promise<T>}
 */
async function once(url, cache, signal, read) {
  const control = new AbortController();
  const abort = () => control.abort();
  signal.addEventListener("abort", abort);
  const begun = performance.now();
  const watch = setInterval(() => performance.now() - Math.max(begun, heard) > STALL_MS && abort(), TICK_MS);
  let answered = false;
  try {
    const response = await fetch(url, { cache, signal: control.signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    heard = performance.now();
    answered = true;
    return await read(response);
  } catch (error) {
    if (control.signal.aborted) throw new Error(`nothing came for ${STALL_MS / 1000} seconds`);
    if (error instanceof TypeError) throw new Error(answered ? "it broke off half-way" : "there was no connection");
    throw error;
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", abort);
  }
}

/** Three tries; then an error that says what to do. @template T @param {string} name @param {Parameters<typeof once<T>>} request @returns {Promise<T>} */
export async function thrice(name, ...[url, cache, signal, read]) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(url, attempt === 1 ? cache : "reload", signal, read);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === TRIES) throw new Error(sentence(name, error));
      await wait(100 * 3 ** attempt * (1 + Math.random() / 3), signal);
      signal.throwIfAborted();
    }
  }
}

/** @param {string} name @param {any} error */
const sentence = (name, { message: reason }) =>
  `${name} could not be loaded: ${reason}. ` + (reason.startsWith("a different")
    ? "Perhaps this network wants you to sign in first, or the site was renewed: reload the page, then try again."
    : reason.endsWith("404") ? "Perhaps the site was renewed: reload the page, then try again."
    : "Check the connection, then try again.");
