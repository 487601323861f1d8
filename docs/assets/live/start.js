// The one script that a page names. All that a page fetches of the site's files goes through it: one fault on the way is passed over,
// one that lasts is said, nothing hangs, and no byte is used before all of a file is what it should be.

/** Of the other scripts; the build puts it here. @type {Record<string, File>} */
const HASHES = {};
const PARTS = ["host", "runtime", "view", "protocol", "controls", "pointing", "settings"]; // of what every page does
// How long each try waits while nothing comes. A proxy that checks a file passes it on only when it has all of it.
const PATIENCE_MS = [4_000, 20_000, 120_000];
const TICK_MS = 250;

/** @typedef {{bytes: number, sha256: string}} File */

/** The folder of this release's scripts. */
export const HERE = new URL(".", import.meta.url);

/** When anything last came. A file that waits behind others on a slow line has not stalled. */
let heard = 0;
let open = 0; // of the requests that are answered in the end, or given up

/** What to say while nothing comes of what was asked for; nothing as long as that is usual. */
export function late() {
  const ms = open ? performance.now() - heard : 0;
  return ms < PATIENCE_MS[0]
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
  for (const reader = /** @type {any} */ (response.body).getReader(); ;) {
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
 * @template T @param {number} patience in ms @param {string} url @param {RequestCache} cache @param {AbortSignal} signal
 * @param {(response: Response) => Promise<T>} read @returns {Promise<T>}
 */
async function once(patience, url, cache, signal, read) {
  const control = new AbortController();
  const abort = () => control.abort();
  signal.addEventListener("abort", abort);
  const begun = performance.now();
  const watch = setInterval(() => performance.now() - Math.max(begun, heard) > patience && abort(), TICK_MS);
  let answered = false;
  try {
    const response = await fetch(url, { cache, signal: control.signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    heard = performance.now();
    answered = true;
    return await read(response);
  } catch (error) {
    if (control.signal.aborted) throw new Error(`nothing came for ${patience / 1000} seconds`);
    if (error instanceof TypeError)
      throw new Error(answered ? "it broke off half-way" : "there was no connection");
    throw error;
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Three tries; then an error that says what to do.
 * @template T @param {string} name @param {string} url @param {RequestCache} cache @param {AbortSignal} signal
 * @param {(response: Response) => Promise<T>} read @returns {Promise<T>}
 */
export async function thrice(name, url, cache, signal, read) {
  if (!open++) heard = performance.now();
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(PATIENCE_MS[attempt], url, attempt ? "reload" : cache, signal, read);
      } catch (error) {
        signal.throwIfAborted();
        if (attempt === PATIENCE_MS.length - 1) throw new Error(sentence(name, error));
        await wait(300 * 3 ** attempt * (1 + Math.random() / 3), signal);
        signal.throwIfAborted();
      }
    }
  } finally {
    open--;
  }
}

/** @type {[RegExp, string][]} what can be done about it */
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
const sentence = (name, { message: reason }) =>
  `${name} could not be loaded: ${reason}. ${ADVICE.find(([when]) => when.test(reason))?.[1]}`;

/** What the policy of the page's server has forbidden, and Python cannot do without; nothing if it has forbidden nothing. */
let forbidden = "";
addEventListener("securitypolicyviolation", ({ effectiveDirective, disposition }) => {
  if (disposition !== "enforce") return;
  if (effectiveDirective === "worker-src")
    forbidden = "workers. Whoever runs it should allow blob: in its worker-src";
});
/** @param {unknown} [error] of WebAssembly: the browser reports it by no event, but says so in the message */
export function policy(error) {
  if (/policy|CSP|unsafe-eval/i.test(String(error)))
    forbidden = "WebAssembly. Whoever runs it should allow 'wasm-unsafe-eval' in its script-src";
  return forbidden && `This server's security policy forbids ${forbidden}. Reload the page after that.`;
}

// A browser asks once only for a module, and waits for it as long as it takes. So each is fetched into its cache before it is imported.
const address = (/** @type {string} */ name) => new URL(`${name}.js`, HERE).href;
const fetchScript = (/** @type {string} */ name, /** @type {AbortSignal} */ signal) =>
  thrice("A part of this page", address(name), "default", signal, async (response) => {
    const file = HASHES[`${name}.js`],
      type = response.headers.get("content-type") ?? "no type";
    if (type.startsWith("text/html")) throw new Error("a different file came");
    if (!/javascript/.test(type)) throw new Error(`the server sends it as ${type}, which browsers refuse`);
    await (file ? verified(response, file, () => {}) : response.text());
  });

const imported = (/** @type {string} */ name) =>
  import(address(name)).catch((error) => {
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
Promise.all(PARTS.map((name) => fetchScript(name, signal)))
  .then(() => imported("host"))
  .catch(({ message }) => {
    for (const place of document.querySelectorAll(".demo-bar, .notebook")) sayLost(place, message);
  });
