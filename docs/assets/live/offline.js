// Fetched once Python is there: from then on the site can be read, and what was visited can be run, without a network.

/** @param {URL} base the folder that holds runtime/ and demos/ @param {{folder: string, files: {name: string}[]}} manifest */
export async function stayOffline(base, { folder, files }) {
  const workers = navigator.serviceWorker;
  if (!workers || self !== top) return; // no https, or a browser that does not know them; without a network, a page around this one is not there
  await workers.register(new URL("../sw.js", base));
  const { active } = await workers.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const { saveData } = /** @type {any} */ (navigator).connection ?? {}; // what no demo needs is not fetched for who wants few data
  const python = files
    .filter(({ name }) => !saveData || !name.startsWith("rest"))
    .map(({ name }) => new URL(`runtime/${folder}/${name}`, base).href);
  active?.postMessage({ keep: [location.href, ...loaded, ...python] });
}
