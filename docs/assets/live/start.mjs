// The one script that a page names. It fetches the others: one fault on the way is passed over, one that lasts is said.

const TRIES = 3;
const SILENCE_MS = 4_000;
const PARTS = ["host", "runtime", "view", "protocol", "controls", "pointing", "settings"]; // of what every page does

/**
 * Get something that must not hang, nor be given up at the first fault.
 * @template T @param {URL} address @param {AbortSignal} signal @param {(href: string, attempt: number) => Promise<T>} get @returns {Promise<T>}
 */
async function thrice(address, signal, get) {
  for (let attempt = 1; ; attempt++) {
    let reason = "it could not be fetched";
    let timer = 0;
    const silence = new Promise((_, reject) => (timer = setTimeout(() => {
      reason = `nothing came for ${SILENCE_MS / 1000} seconds`;
      reject();
    }, SILENCE_MS)));
    try {
      return /** @type {T} */ (await Promise.race([get(address.href, attempt), silence]));
    } catch {
      signal.throwIfAborted();
      if (attempt === TRIES) throw new Error(`A part of this page could not be loaded: ${reason}. Check the connection, then try again.`);
      await new Promise((resolve) => setTimeout(resolve, 100 * 3 ** attempt));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A module. A browser may remember that it could not be had; under another address it asks again. @param {URL} address @param {AbortSignal} signal @returns {Promise<any>} */
export const importLate = (address, signal) => thrice(address, signal, (href, attempt) => import(attempt > 1 ? `${href}?try=${Date.now()}` : href));

/** Into the browser's cache: a module that another one names is asked for once only. @param {string} href @param {number} attempt */
async function fetchScript(href, attempt) {
  const response = await fetch(href, { cache: attempt > 1 ? "reload" : "default" });
  await response.text();
  if (!response.ok || !response.headers.get("content-type")?.includes("javascript")) throw new Error();
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

const { signal } = new AbortController();
const [host, ...others] = PARTS.map((name) => new URL(`${name}.mjs`, import.meta.url));
Promise.all(others.map((part) => thrice(part, signal, fetchScript))).then(() => importLate(host, signal)).catch(({ message }) => {
  for (const place of document.querySelectorAll(".demo-bar, .notebook")) sayLost(place, message);
});
