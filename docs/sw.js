// The service worker, there once a reader has run a demo: without a network, what was visited reads and runs.
// It answers for the files of this site and for nothing else below its scope, which another application may share.
// It keeps one release of the site, and the one before until what was kept of that has been fetched again. Files of the runtime, which
// never change, are taken from the cache; all others from the network as long as there is one. What Python is made of is verified
// by the page itself, wherever it came from.

/** The site's files as they are asked for, from the scope on, with a * for the name of a release; the build puts them here. */
const FILES = new Set([]);
const PREFIX = `filters ${registration.scope} `;
const MANIFEST = new URL("assets/runtime/manifest.json", registration.scope).href;
const PATIENCE_MS = 3_000; // then a reader would rather have what is there

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// A page tells what it consists of: it was loaded before this worker was there, or will need it when it runs.
addEventListener("message", (event) => event.waitUntil(keep(event.data.keep)));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (!isOurs(request.url) || !isPlain(request)) return; // the browser answers, as if this worker were not there
  event.respondWith(
    FIXED.test(request.url) && request.cache !== "reload" ? cacheFirst(event) : networkFirst(event),
  );
});

const FIXED = /\/assets\/runtime\/[^/]+\//;
const address = (url) => url.replace(/[?#].*/, "");

/** Is it a file of this site, asked for as this site asks for it: without a query, or with the release that it wants? */
function isOurs(url) {
  const [path, query] = url.replace(/#.*/, "").split(/(?=\?)/);
  const name =
    path.startsWith(registration.scope) && path.slice(registration.scope.length).replace(FOLDER, "$1*/");
  return FILES.has(name) && (!query || /^\?live-\w+$/.test(query));
}

const FOLDER = /^(assets\/(?:live-|runtime\/))[^/]+\//; // each release has two of its own

/** Could anybody have asked for it? An answer to one reader's credentials, or to a part of a file, is not for the store. */
const isPlain = ({ method, headers, mode, credentials, cache }) =>
  method === "GET" &&
  cache !== "no-store" &&
  !headers.has("range") &&
  !headers.has("authorization") &&
  !(mode === "cors" && credentials === "include");

/** May it be given to whoever asks next? The server says so. */
const isForAll = ({ headers }) =>
  !/no-store|private/i.test(headers.get("cache-control") ?? "") &&
  (headers.get("vary") ?? "").split(",").every((name) => /^\s*(accept-encoding|origin)?\s*$/i.test(name));

/** The newest copy, or that of the release that is asked for; none, if the browser's store does not work. */
async function stored({ url }) {
  const { search } = new URL(url);
  try {
    for (const cacheName of (await ours()).reverse()) {
      if (search.startsWith("?live-") && search !== `?${(await listOf(cacheName))?.scripts}`) continue;
      const copy = await caches.match(address(url), { cacheName, ignoreVary: true });
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
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)).then(() =>
    request.cache === "reload" ? undefined : stored(request),
  );
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
  if (response.status !== 200 || response.type !== "basic" || response.redirected || !isForAll(response))
    return;
  if (address(url) === MANIFEST) return begin(response);
  if (!(await ours()).length) return;
  if (response.headers.get("content-type")?.startsWith("text/html")) {
    // A page of a new release may come before that release's list of files: without the latter it could not run.
    const scripts = (await response.clone().text()).match(/assets\/(live-[^/"]+)\//)?.[1];
    const isOurs = async () => scripts === (await listOf((await ours()).at(-1)))?.scripts;
    if (!(await isOurs())) await renew().catch(() => {});
    if (!(await isOurs())) return;
  }
  await (await caches.open((await ours()).at(-1))).put(address(url), response);
}

const ours = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));
// Opening a cache that has just gone would make it anew, empty: so it is only asked.
const listOf = async (cacheName) => (await (await caches.match(MANIFEST, { cacheName }))?.json())?.list;

/** A release has a cache of its own. What an older one holds goes over, and that one goes when all of it has: the network may be lost meanwhile. */
async function begin(response) {
  const { sha256, list } = await response.clone().json();
  const name = PREFIX + sha256;
  const cache = await caches.open(name);
  await cache.put(MANIFEST, response);
  for (const old of await ours()) {
    if (old === name) continue;
    const before = await caches.open(old);
    const past = await listOf(old);
    const move = async (url, copy) => {
      if (copy?.status === 200) await cache.put(url, copy);
      else if (copy?.status !== 404) throw new Error(`${url}: ${copy?.status}`);
    };
    const moved = (await before.keys()).map(async ({ url }) => {
      const now = url.replace(/\/assets\/live-[^/]+\//, `/assets/${list.scripts}/`); // of each release, a folder of its own
      if (url !== MANIFEST && !FIXED.test(url) && !(await cache.match(now)))
        await move(now, await fetch(now, { cache: "no-cache" }));
    });
    // Of Python, only what has changed is fetched.
    const place = ({ folder }, file) =>
      new URL(`assets/runtime/${folder}/${file.name}`, registration.scope).href;
    const python = list.files.map(async (file) => {
      const url = place(list, file);
      if (await cache.match(url)) return;
      const same = past?.files.find((each) => each.sha256 === file.sha256);
      await move(url, (same && (await before.match(place(past, same)))) ?? (await fetch(url)));
    });
    if ((await Promise.allSettled([...moved, ...python])).every(({ status }) => status === "fulfilled"))
      await caches.delete(old);
  }
}

/** Is it still this release? */
const renew = async () => store(MANIFEST, await fetch(MANIFEST, { cache: "no-cache" }));

async function keep(urls) {
  await renew();
  const all = urls.filter(isOurs).map(address);
  await Promise.allSettled(all.map(async (url) => (await stored({ url })) ?? store(url, await fetch(url))));
}
