// The first script of a page. Every file of this page is fetched here: transient failures are retried,
// lasting ones reported, stalls time out, and a file is used only after its size and SHA-256 match.

/** Size and hash of each of the other scripts, filled in by the build. @type {Record<string, File>} */
const HASHES = {};
/** The scripts that every page needs. */
const SCRIPTS = [
  "host",
  "runtime",
  "view",
  "state",
  "bar",
  "figure",
  "recording",
  "protocol",
  "controls",
  "dial",
  "dom",
  "link",
  "pointing",
  "settings",
  "svg",
];
// How long each attempt waits for a byte. A proxy that scans files withholds each file until it is complete.
const TIMEOUTS_MS = [4_000, 20_000, 120_000];
const TICK_MS = 250;
const NEVER = new AbortController().signal; // for requests that the reader cannot stop
const DIFFERENT = "a different file came";

/** @typedef {{bytes: number, sha256: string}} File */

/** The folder of this release's scripts. */
export const HERE = new URL(".", import.meta.url);

/** When the last byte of any file arrived: a file that queues behind others on a slow line has not stalled. */
let lastByteAt = 0;
let openRequests = 0;

/** A notice for the reader while nothing arrives; empty while the wait is still normal. */
export function stallNotice() {
  const ms = openRequests ? performance.now() - lastByteAt : 0;
  return ms < TIMEOUTS_MS[0]
    ? ""
    : `Nothing has come for ${Math.floor(ms / 1000)} seconds. Some networks check a file before they pass it on: ` +
        "wait up to two minutes, or press Stop.";
}

/** @param {number} ms @param {AbortSignal} signal */
const wait = (ms, signal) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal.addEventListener("abort", resolve);
  });

/**
 * Always true without https, where there is no crypto.subtle.
 * @param {Uint8Array<ArrayBuffer>} bytes @param {string} sha256
 */
export async function hashMatches(bytes, sha256) {
  if (!globalThis.crypto?.subtle) return true;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

/**
 * Read a body and check its size and hash.
 * @param {Response} response @param {File} file @param {(loaded: number) => void} onBytes
 */
export async function readVerified(response, file, onBytes) {
  const bytes = new Uint8Array(file.bytes);
  let loaded = 0;
  for (const reader = /** @type {any} */ (response.body).getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    lastByteAt = performance.now();
    if (loaded + value.length > file.bytes) throw new Error(DIFFERENT);
    bytes.set(value, loaded);
    onBytes((loaded += value.length));
  }
  // A broken connection throws above; a complete body of another size is a different file.
  if (loaded !== file.bytes || !(await hashMatches(bytes, file.sha256))) throw new Error(DIFFERENT);
  return bytes;
}

/**
 * One attempt, aborted when no byte of any file has arrived for a while.
 * @template T @param {number} timeout in ms @param {string} url @param {RequestCache} cache
 * @param {AbortSignal} signal
 * @param {(response: Response) => Promise<T>} read @returns {Promise<T>}
 */
async function fetchOnce(timeout, url, cache, signal, read) {
  const control = new AbortController();
  const abort = () => control.abort();
  signal.addEventListener("abort", abort);
  const startedAt = performance.now();
  const isStalled = () => performance.now() - Math.max(startedAt, lastByteAt) > timeout;
  const watch = setInterval(() => isStalled() && abort(), TICK_MS);
  let answered = false;
  try {
    const response = await fetch(url, { cache, signal: control.signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    lastByteAt = performance.now();
    answered = true;
    return await read(response);
  } catch (error) {
    if (control.signal.aborted) throw new Error(`nothing came for ${timeout / 1000} seconds`);
    if (error instanceof TypeError)
      throw new Error(answered ? "it broke off half-way" : "there was no connection");
    throw error;
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Fetch with three attempts, the last two bypassing the browser's cache; then throw an error that says what to do.
 * @template T @param {string} name @param {string} url @param {RequestCache} cache
 * @param {AbortSignal} signal
 * @param {(response: Response) => Promise<T>} read @returns {Promise<T>}
 */
export async function fetchWithRetries(name, url, cache, signal, read) {
  if (!openRequests++) lastByteAt = performance.now();
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await fetchOnce(TIMEOUTS_MS[attempt], url, attempt ? "reload" : cache, signal, read);
      } catch (error) {
        signal.throwIfAborted();
        if (attempt === TIMEOUTS_MS.length - 1) throw new Error(errorMessage(name, error));
        await wait(300 * 3 ** attempt * (1 + Math.random() / 3), signal);
        signal.throwIfAborted();
      }
    }
  } finally {
    openRequests--;
  }
}

/** @type {[RegExp, string][]} advice for the reader, by a pattern of the reason */
const ADVICE = [
  [
    /^a different/,
    "Perhaps this network wants you to sign in first, or the site was renewed: reload the page, then try again.",
  ],
  [/404$/, "Perhaps the site was renewed: reload the page, then try again."],
  [
    /429$/,
    "That is too many requests at once, perhaps from all who share your network. Wait a minute, then try again.",
  ],
  [
    /4\d\d$/,
    "A filter of this network or of the server refuses it. Use another network, or ask who runs this one, then try again.",
  ],
  [/5\d\d$/, "The server is in trouble. Wait a while, then try again."],
  [/^the server sends/, "Whoever runs it should send .js files as text/javascript; then try again."],
  [/^there was no/, "Perhaps a blocker stops it: allow this site, or check the connection, then try again."],
  [/./, "Check the connection, then try again."],
];

/** @param {string} name @param {any} error */
const errorMessage = (name, { message: reason }) =>
  `${name} could not be loaded: ${reason}. ${ADVICE.find(([pattern]) => pattern.test(reason))?.[1]}`;

/** The feature that Python needs and the server's content security policy forbids, if known. */
let forbidden = "";
addEventListener("securitypolicyviolation", ({ effectiveDirective, disposition }) => {
  if (disposition !== "enforce") return;
  if (effectiveDirective === "worker-src")
    forbidden = "workers. Whoever runs it should allow blob: in its worker-src";
});
/**
 * A message about it, or an empty string.
 * @param {unknown} [error] of WebAssembly: a violation fires no event, but its message says so
 */
export function policyMessage(error) {
  if (/policy|CSP|unsafe-eval/i.test(String(error)))
    forbidden = "WebAssembly. Whoever runs it should allow 'wasm-unsafe-eval' in its script-src";
  return forbidden && `This server's security policy forbids ${forbidden}. Reload the page after that.`;
}

// An import is neither retried nor timed out: so fetch each module into the browser's cache first.
const scriptUrl = (/** @type {string} */ name) => new URL(`${name}.js`, HERE).href;
const fetchScript = (/** @type {string} */ name, /** @type {AbortSignal} */ signal) =>
  fetchWithRetries("A part of this page", scriptUrl(name), "default", signal, async (response) => {
    const file = HASHES[`${name}.js`];
    const type = response.headers.get("content-type") ?? "no type";
    if (type.startsWith("text/html")) throw new Error(DIFFERENT);
    if (!/javascript/.test(type)) throw new Error(`the server sends it as ${type}, which browsers refuse`);
    await (file ? readVerified(response, file, () => {}) : response.text());
  });

const importFetched = (/** @type {string} */ name) =>
  import(scriptUrl(name)).catch((error) => {
    console.error(error);
    throw new Error(errorMessage("A part of this page", { message: "this browser did not take it" }));
  });

/**
 * Fetch one of this release's scripts and those that only it imports, and import it.
 * @param {string} name @param {AbortSignal} [signal] @param {string[]} [others] @returns {Promise<any>}
 */
export async function importScript(name, signal = NEVER, others = []) {
  await Promise.all([name, ...others].map((each) => fetchScript(each, signal)));
  return importFetched(name);
}

/**
 * Show an error in place of the controls, with a button to reload.
 * @param {Element} place @param {string} text
 */
export function showLoadError(place, text) {
  const error = document.createElement("p");
  const reload = document.createElement("button");
  [error.className, reload.type, reload.textContent] = ["demo-error", "button", "Reload the page"];
  error.setAttribute("role", "alert");
  reload.addEventListener("click", () => location.reload());
  error.append(text, " ", reload);
  place.prepend(error);
}

document.documentElement.dataset.live = ""; // hides the message "the script did not load"
Promise.all(SCRIPTS.map((name) => fetchScript(name, NEVER)))
  .then(() => importFetched("host"))
  .catch(({ message }) => {
    for (const place of document.querySelectorAll(".demo-bar, .notebook")) showLoadError(place, message);
  });
