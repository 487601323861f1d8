// The one script that a page names. All that a page fetches of the site's files goes through it: one fault on the way is passed over,
// one that lasts is said, nothing hangs, and no byte is used before all of a file is what it should be.

/** Of the other scripts; the build puts it here. @type {Record<string, File>} */
const HASHES = {};
const PARTS = ["host", "runtime", "view", "protocol", "controls", "pointing", "settings"]; // of what every page does
const TRIES = 3;
const STALL_MS = 4_000;
const TICK_MS = 250;

/** @typedef {{bytes: number, sha256: string}} File */

/** The folder of this release's scripts. */
export const HERE = new URL(".", import.meta.url);

/** When anything last came. A file that waits behind others on a slow line has not stalled. */
let heard = 0;

/** @param {number} ms @param {AbortSignal} signal */
const wait = (ms, signal) => new Promise((resolve) => {
  setTimeout(resolve, ms);
  signal.addEventListener("abort", resolve);
});

/** Without https there is no crypto.subtle: then nobody knows. @param {Uint8Array<ArrayBuffer>} bytes @param {string} sha256 */
export async function isWhole(bytes, sha256) {
  if (!globalThis.crypto?.subtle) return true;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
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
  if (loaded !== file.bytes || !(await isWhole(bytes, file.sha256))) throw new Error("a different file came");
  return bytes;
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

// A browser asks once only for a module, and waits for it as long as it takes. So each is fetched into its cache before it is imported.
const address = (/** @type {string} */ name) => new URL(`${name}.js`, HERE).href;
const fetchScript = (/** @type {string} */ name, /** @type {AbortSignal} */ signal) =>
  thrice("A part of this page", address(name), "default", signal, async (response) => {
    const file = HASHES[`${name}.js`];
    await (file ? verified(response, file, () => {}) : response.text());
  });

const imported = (/** @type {string} */ name) => import(address(name)).catch((error) => {
  console.error(error);
  throw new Error(sentence("A part of this page", { message: "this browser did not take it" }));
});

/** One of this release's scripts, and what it exports. @param {string} name @param {AbortSignal} signal @returns {Promise<any>} */
export async function importLate(name, signal) {
  await fetchScript(name, signal);
  return imported(name);
}

/** Say it where the reader would have acted, with what can be done. @param {Element} place @param {string} text */
export function sayLost(place, text) {
  const said = document.createElement("p");
  const again = document.createElement("button");
  [said.className, again.type, again.textContent] = ["demo-error", "button", "Reload the page"];
  said.setAttribute("role", "alert");
  again.addEventListener("click", () => location.reload());
  said.append(text, " ", again);
  place.prepend(said);
}

document.documentElement.dataset.live = ""; // puts away the sentence that this script has not come
const { signal } = new AbortController();
Promise.all(PARTS.map((name) => fetchScript(name, signal))).then(() => imported("host")).catch(({ message }) => {
  for (const place of document.querySelectorAll(".demo-bar, .notebook")) sayLost(place, message);
});
