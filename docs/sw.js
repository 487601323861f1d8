// The service worker, there once a reader has run a demo: without a network, what was visited reads and runs.
// It keeps one release of the site, and the one before until what was kept of that has been fetched anew. Files of the runtime, which
// never change, are taken from the cache; all others from the network as long as there is one. What Python is made of is verified
// by the page itself, wherever it came from.

const PREFIX = `filters ${registration.scope} `;
const MANIFEST = new URL("assets/runtime/manifest.json", registration.scope).href;
const PATIENCE_MS = 3_000; // then a reader would rather have what is there

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// A page tells what it consists of: it was loaded before this worker was there, or will need it when it runs.
addEventListener("message", (event) => event.waitUntil(keep(event.data.keep)));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(registration.scope) || request.headers.has("range")) return;
  event.respondWith(FIXED.test(request.url) && request.cache !== "reload" ? cacheFirst(event) : networkFirst(event));
});

const FIXED = /\/assets\/runtime\/[^/]+\//;
const address = (url) => url.replace(/[?#].*/, "");

/** The newest copy, or that of the release that is asked for; none, if the browser's store does not work. */
async function stored({ url }) {
  const { search } = new URL(url);
  try {
    for (const name of (await ours()).reverse()) {
      const cache = await caches.open(name);
      const kept = search.startsWith("?live-") && (await (await cache.match(MANIFEST))?.json());
      if (kept !== false && search !== `?${kept?.list.scripts}`) continue;
      const copy = await cache.match(address(url), { ignoreVary: true });
      if (copy) return copy;
    }
  } catch {}
}

async function cacheFirst(event) {
  return (await stored(event.request)) ?? fetched(event);
}

async function networkFirst(event) {
  const { request } = event;
  const network = fetched(event);
  event.waitUntil(network.catch(() => {}));
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
    .then(() => (request.cache === "reload" ? undefined : stored(request)));
  try {
    return (await Promise.race([network, patience])) ?? (await network);
  } catch {
    return (await stored(request)) ?? Response.error();
  }
}

/** The answer at once, for it may be long; it is stored while it is read. */
async function fetched(event) {
  const response = await fetch(event.request);
  event.waitUntil(store(event.request.url, response.clone()));
  return response;
}

async function store(url, response) {
  if (response.status !== 200 || response.type !== "basic" || response.redirected) return;
  if (address(url) === MANIFEST) await begin(await response.clone().json());
  const name = (await ours()).at(-1);
  if (name) await (await caches.open(name)).put(address(url), response);
}

const ours = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));

/** A release has a cache of its own. What an older one holds goes over, and that one goes when all of it has: the network may be lost meanwhile. */
async function begin({ sha256, list }) {
  const name = PREFIX + sha256;
  const cache = await caches.open(name);
  for (const old of await ours()) {
    if (old === name) continue;
    const before = await caches.open(old);
    const moved = (await before.keys()).map(async ({ url }) => {
      if (url === MANIFEST || (await cache.match(url))) return;
      if (FIXED.test(url) && !url.includes(`/assets/runtime/${list.folder}/`)) return; // of a Python that is no longer used
      const now = url.replace(/\/assets\/live-[^/]+\//, `/assets/${list.scripts}/`); // of each release, a folder of its own
      const copy = FIXED.test(url) ? await before.match(url) : await fetch(now, { cache: "no-cache" });
      if (copy?.status === 200) await cache.put(now, copy);
      else if (copy?.status !== 404) throw new Error(`${url}: ${copy?.status}`);
    });
    if ((await Promise.allSettled(moved)).every(({ status }) => status === "fulfilled")) await caches.delete(old);
  }
}

async function keep(urls) {
  await store(MANIFEST, await fetch(MANIFEST, { cache: "no-cache" })); // is it still this release?
  const all = urls.filter((url) => url.startsWith(registration.scope)).map(address);
  await Promise.allSettled(all.map(async (url) => (await stored({ url })) ?? store(url, await fetch(url))));
}
