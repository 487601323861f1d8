// The page: a worker for each contender. Python calls them, one at a time, through `ask`.

/** @type {Map<string, Worker>} */
const workers = new Map();

/**
 * Call a function of a contender and wait for its answer; the first call starts its worker.
 * @param {{module: string, base: string}} contender @param {string} action @param {any[]} values
 */
globalThis.ask = (contender, action, values) => {
  const query = new URLSearchParams(contender).toString();
  const worker = workers.get(query) ?? new Worker(`worker.mjs?${query}`, { type: "module" });
  workers.set(query, worker);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.answer));
    worker.onerror = (event) => reject(new Error(event.message ?? "the worker could not be started"));
    worker.postMessage({ action, values });
  });
};
