// The service worker, registered once a reader has run a demo: pages visited since then can be read and run
// offline. It answers for this site's files only, because another application may share its scope. It caches
// one release of the site, and the previous one until everything cached from it has been replaced. The
// runtime's files, which never change, come from the cache; all others from the network when there is one.
// The page itself verifies Python's files, whatever their source.

/** The site's files, relative to the scope, with a * for the name of a release; filled in by the build. */
const FILES = new Set([]);
const PREFIX = `filters ${registration.scope} `;
const MANIFEST = new URL("assets/runtime/manifest.json", registration.scope).href;
const FIXED = /\/assets\/runtime\/[^/]+\//; // a folder whose files never change
const FOLDER = /^(assets\/(?:live-|runtime\/))[^/]+\//; // the folders whose names depend on the release
const TIMEOUT_MS = 3_000; // after this, an older copy is better than waiting

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// A page lists the files that it has loaded without this worker, and those that it needs to run.
addEventListener("message", (event) => event.waitUntil(cacheAll(event.data.keep)));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (!isOurs(request.url) || !isCacheable(request)) return; // as if there were no service worker
  event.respondWith(
    FIXED.test(request.url) && request.cache !== "reload" ? cacheFirst(event) : networkFirst(event),
  );
});

const stripQuery = (url) => url.replace(/[?#].*/, "");

/** Is it a file of this site, requested without a query or with that of a release? */
function isOurs(url) {
  const [path, query] = url.replace(/#.*/, "").split(/(?=\?)/);
  const name =
    path.startsWith(registration.scope) && path.slice(registration.scope.length).replace(FOLDER, "$1*/");
  return FILES.has(name) && (!query || /^\?live-\w+$/.test(query));
}

/**
 * Is the answer the same for everybody? Parts of files and answers that depend on credentials must not be cached.
 */
const isCacheable = ({ method, headers, mode, credentials, cache }) =>
  method === "GET" &&
  cache !== "no-store" &&
  !headers.has("range") &&
  !headers.has("authorization") &&
  !(mode === "cors" && credentials === "include");

/** Does the server allow the answer to be cached? */
const isPublic = ({ headers }) =>
  !/no-store|private/i.test(headers.get("cache-control") ?? "") &&
  (headers.get("vary") ?? "").split(",").every((name) => /^\s*(accept-encoding|origin)?\s*$/i.test(name));

/** The newest cached copy, or that of the release in the query; undefined if caching does not work here. */
async function fromCache({ url }) {
  const { search } = new URL(url);
  try {
    for (const cacheName of (await ourCaches()).reverse()) {
      if (search.startsWith("?live-") && search !== `?${(await manifestOf(cacheName))?.scripts}`) continue;
      const copy = await caches.match(stripQuery(url), { cacheName, ignoreVary: true });
      if (copy) return copy;
    }
  } catch {}
}

async function cacheFirst(event) {
  return (await fromCache(event.request)) ?? fetchAndStore(event);
}

async function networkFirst(event) {
  const { request } = event;
  const network = fetchAndStore(event);
  event.waitUntil(network.catch(() => {}));
  const timeout = new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS)).then(() =>
    request.cache === "reload" ? undefined : fromCache(request),
  );
  try {
    return (await Promise.race([network, timeout])) ?? (await network);
  } catch {
    return (await fromCache(request)) ?? Response.error();
  }
}

/** Return the answer at once, and store it while the page reads it. */
async function fetchAndStore(event) {
  const response = await fetch(event.request);
  event.waitUntil(store(event.request.url, response.clone()));
  return response;
}

async function store(url, response) {
  if (response.status !== 200 || response.type !== "basic" || response.redirected || !isPublic(response))
    return;
  if (stripQuery(url) === MANIFEST) return startRelease(response);
  if (!(await ourCaches()).length) return;
  if (response.headers.get("content-type")?.startsWith("text/html")) {
    // A page of a new release may come before the release's manifest, without which it could not run offline.
    const scripts = (await response.clone().text()).match(/assets\/(live-[^/"]+)\//)?.[1];
    const isCurrent = async () => scripts === (await manifestOf((await ourCaches()).at(-1)))?.scripts;
    if (!(await isCurrent())) await fetchManifest().catch(() => {});
    if (!(await isCurrent())) return;
  }
  await (await caches.open((await ourCaches()).at(-1))).put(stripQuery(url), response);
}

const ourCaches = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));
// caches.match, because caches.open would create a cache that has just been deleted.
const manifestOf = async (cacheName) => (await (await caches.match(MANIFEST, { cacheName }))?.json())?.list;

/**
 * Create the cache of a release. An older one is deleted only once everything in it has been replaced.
 */
async function startRelease(response) {
  const { sha256, list } = await response.clone().json();
  const name = PREFIX + sha256;
  const cache = await caches.open(name);
  await cache.put(MANIFEST, response);
  for (const old of await ourCaches()) {
    if (old === name) continue;
    const oldCache = await caches.open(old);
    const oldManifest = await manifestOf(old);
    const put = async (url, answer) => {
      if (answer?.status === 200) await cache.put(url, answer);
      else if (answer?.status !== 404) throw new Error(`${url}: ${answer?.status}`);
    };
    const visited = (await oldCache.keys()).map(async ({ url }) => {
      const successor = url.replace(/\/assets\/live-[^/]+\//, `/assets/${list.scripts}/`);
      if (url !== MANIFEST && !FIXED.test(url) && !(await cache.match(successor)))
        await put(successor, await fetch(successor, { cache: "no-cache" }));
    });
    // Of Python's files, fetch only those that have changed.
    const urlOf = ({ folder }, file) =>
      new URL(`assets/runtime/${folder}/${file.name}`, registration.scope).href;
    const python = list.files.map(async (file) => {
      const url = urlOf(list, file);
      if (await cache.match(url)) return;
      const same = oldManifest?.files.find((each) => each.sha256 === file.sha256);
      await put(url, (same && (await oldCache.match(urlOf(oldManifest, same)))) ?? (await fetch(url)));
    });
    const results = await Promise.allSettled([...visited, ...python]);
    if (results.every(({ status }) => status === "fulfilled")) await caches.delete(old);
  }
}

/** Fetch and store the manifest: a new one starts a new release. */
const fetchManifest = async () => store(MANIFEST, await fetch(MANIFEST, { cache: "no-cache" }));

async function cacheAll(urls) {
  await fetchManifest();
  const all = urls.filter(isOurs).map(stripQuery);
  await Promise.allSettled(
    all.map(async (url) => (await fromCache({ url })) ?? store(url, await fetch(url))),
  );
}
