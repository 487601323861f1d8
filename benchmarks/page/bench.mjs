// The page: one worker for each contender. Python asks them, one at a time, through `ask`.

/** @type {Map<string, Worker>} */
const workers = new Map();

/**
 * Ask a contender to do something, and wait for its answer; the first question starts its worker.
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
