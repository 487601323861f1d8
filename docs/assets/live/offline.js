// Caches the site, once Python runs: from then on, the pages visited can be read and run without a network.

/**
 * @param {URL} base the folder that holds runtime/ and demos/
 * @param {{folder: string, files: {name: string}[]}} manifest
 */
export async function cacheForOffline(base, { folder, files }) {
  const workers = navigator.serviceWorker;
  if (!workers) return; // no https, or an old browser
  if (self !== top) return; // the page around a frame would be missing offline
  await workers.register(new URL("../sw.js", base));
  const { active } = await workers.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const { saveData } = /** @type {any} */ (navigator).connection ?? {};
  // With Save-Data, skip what no demo needs.
  const python = files
    .filter(({ name }) => !saveData || !name.startsWith("rest"))
    .map(({ name }) => new URL(`runtime/${folder}/${name}`, base).href);
  // Until a reader comes to the search, its index has not been fetched.
  const index = saveData ? [] : [new URL("../search/search_index.json", base).href];
  active?.postMessage({ keep: [location.href, ...loaded, ...index, ...python] });
}
