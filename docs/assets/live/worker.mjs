// The worker: it owns Python. It answers each message in turn and never speaks without being asked.

import { isMessage, message } from "./protocol.mjs";
import { LoadError, fetchFile, loadPython } from "./load.mjs";

const networkFetch = globalThis.fetch.bind(globalThis);
/** @type {any} */ let python = null;
/** @type {any} */ let browser = null;
/** @type {URL} */ let base;
let current = 0;
/** @type {any[]} */ let demos = [];
const fetched = new Set();

/** @param {object} fields */
const post = (fields) => self.postMessage(message(fields));

/** @param {string} demo */
async function fetchDemo(demo) {
  if (fetched.has(demo)) return;
  const file = demos.find((/** @type {any} */ each) => each.name === `${demo}.py`);
  if (!file) throw new LoadError("This demo is not one of the site's files. Reload the page.");
  const bytes = await fetchFile(new URL(`demos/${file.name}`, base).href, file, () => {}, "no-cache", networkFetch);
  python.FS.writeFile(`/home/pyodide/demos/${file.name}`, bytes);
  python.runPython("import importlib; importlib.invalidate_caches()");
  fetched.add(demo);
}

/** @param {number} run @param {string} json */
function answer(run, json) {
  const { figure, done, error } = JSON.parse(json);
  if (error) post({ type: "error", run, ...error });
  else post({ type: "frame", run, figure, done, heap: python._module?.HEAPU8?.length ?? 0 });
}

const handlers = {
  async boot(/** @type {any} */ data) {
    base = new URL(data.base);
    const loaded = await loadPython(base, (progress) => post({ type: "progress", ...progress }));
    python = loaded.python;
    demos = loaded.demos;
    browser = python.pyimport("convlens.browser");
    post({ type: "ready", versions: loaded.versions });
  },
  async run(/** @type {any} */ data) {
    current = data.run;
    await fetchDemo(data.demo);
    if (data.run !== current) return; // a newer run has begun meanwhile, or this one was stopped
    answer(data.run, browser.start(data.demo, JSON.stringify(data.settings)));
  },
  async next(/** @type {any} */ data) {
    if (data.run === current) answer(data.run, browser.advance(data.count));
  },
  async cell(/** @type {any} */ data) {
    current = data.run;
    const send = (/** @type {string} */ text) => post({ type: "output", run: data.run, text });
    const cells = python.pyimport("convlens.cells");
    post({ type: "result", run: data.run, result: JSON.parse(cells.run_cell(data.source, data.name, send)) });
  },
  async cancel(/** @type {any} */ data) {
    if (data.run === current) current = 0;
    browser?.cancel();
    post({ type: "done", run: data.run });
  },
  async ping(/** @type {any} */ data) {
    post({ type: "pong", id: data.id });
  },
};

self.onmessage = async ({ data }) => {
  if (!isMessage(data, "toWorker")) return;
  try {
    await handlers[/** @type {keyof typeof handlers} */ (data.type)](data);
  } catch (error) {
    const own = error instanceof LoadError;
    if (!own) console.error(error);
    post({ type: "error", run: data.run, kind: data.type === "boot" ? "load" : own ? "demo" : "fatal",
      message: own ? error.message : data.type === "boot"
        ? "Python could not be started in this browser. Reload the page; if that does not help, another browser may."
        : "Python stopped working and was ended. Press Run to start it anew." });
  }
};
