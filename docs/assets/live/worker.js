// The worker: it owns Python. It answers each message in turn and never speaks without being asked.
// It has no network and imports nothing: the page gives it files that were verified, this one among them.

/**
 * What a reader's own code in a notebook must not have: the store from which pages are read without a network, other scopes in which
 * it would be there again, and the words between this worker and the page.
 */
const WITHHELD = [
  "caches",
  "indexedDB",
  "Worker",
  "SharedWorker",
  "BroadcastChannel",
  "postMessage",
  "onmessage",
  "close",
];

/** What has ended Python, as far as an engine's words tell. @param {any} error */
const why = (error) =>
  /call stack|recursion/i.test(String(error))
    ? "a function called itself too deeply for a browser"
    : /out of memory|memory limit/i.test(String(error))
      ? "there was no memory left"
      : "an error outside its own code";

/**
 * @param {typeof import("./protocol.js")} protocol @param {typeof import("./python.js")} starter
 * @param {any} loadPyodide @param {any} createPyodideModule
 */
export function serve(
  { isMessage, message },
  { startPython, addRest, StartError },
  loadPyodide,
  createPyodideModule,
) {
  /** @type {any} */ let python = null;
  /** @type {any} */ let browser = null;
  /** @type {Promise<void> | null} */ let whole = null;
  let current = 0;
  /** A cell is at its work, or waits within it. */
  let awaits = false;

  const send = self.postMessage.bind(self);
  const post = (/** @type {object} */ fields) => send(message(fields));
  for (const name of WITHHELD)
    for (let scope = self; scope; scope = Object.getPrototypeOf(scope))
      delete (/** @type {any} */ (scope)[name]);

  /** @type {Record<string, (value: any) => void>} */
  const give = {};
  const part = (/** @type {string} */ name) => new Promise((resolve) => (give[name] = resolve));
  const parts = {
    module: part("module"),
    stdlib: part("stdlib"),
    numpy: part("numpy"),
    convlens: part("convlens"),
    rest: part("rest"),
  };

  /** @param {number} run @param {string} json */
  function answer(run, json) {
    const { figure, done, error } = JSON.parse(json);
    if (error) post({ type: "error", run, ...error });
    else post({ type: "frame", run, figure, done, heap: heap() });
  }

  /** Put demos where Python finds them. @param {Record<string, Uint8Array>} [sources] by their names; none, if they are there */
  function write(sources = {}) {
    for (const [name, source] of Object.entries(sources)) 
      python.FS.writeFile(`/home/pyodide/demos/${name}.py`, source);
    python.runPython("import importlib; importlib.invalidate_caches()");
  }

  /** How much memory Python has taken, in bytes. */
  const heap = () => python._module.HEAPU8.length;

  const handlers = {
    async boot(/** @type {any} */ { expected }) {
      post({ type: "progress", phase: "start" });
      const started = await startPython(loadPyodide, createPyodideModule, expected, parts, (phase) =>
        post({ type: "progress", phase }),
      );
      python = started.python;
      browser = python.pyimport("convlens_live.browser");
      post({ type: "ready", versions: started.versions });
    },
    async part(/** @type {any} */ { name, value }) {
      give[name](value);
    },
    async run(/** @type {any} */ { run, demo, settings, sources }) {
      current = run;
      write(sources);
      answer(run, browser.start(demo, JSON.stringify(settings)));
    },
    async next(/** @type {any} */ { run, count }) {
      if (run === current) answer(run, browser.advance(count));
    },
    async cell(/** @type {any} */ { run, source, name, sources }) {
      current = run;
      write(sources);
      await (whole ??= addRest(python, parts.rest));
      if (run !== current) return; // stopped meanwhile
      awaits = true;
      const send = (/** @type {string} */ text, /** @type {string} */ figure) =>
        post({ type: "output", run, text, figure: figure ? JSON.parse(figure) : undefined });
      const result = await python.pyimport("convlens_live.notebook").run_cell(source, name, send);
      awaits = false;
      post({ type: "result", run, result: JSON.parse(result), heap: heap() });
    },
    async cancel(/** @type {any} */ { run }) {
      if (awaits) return; // it may go on for ever: the page does not wait for an answer
      if (run === current) current = 0;
      browser?.cancel();
      post({ type: "done", run });
    },
  };

  /** @param {number} run @param {any} error */
  const ended = (run, error) =>
    post({
      type: "error",
      run,
      kind: "fatal",
      message: `Python stopped working: ${why(error)}. It was ended; Run starts it again.`,
    });

  // A cell runs in a turn of its own: what ends Python there reaches no handler below.
  const inCell = (/** @type {any} */ error) => {
    if (awaits && (error?.pyodide_fatal_error || error instanceof WebAssembly.RuntimeError))
      ended(current, error);
  };
  self.addEventListener("error", ({ error }) => inCell(error));
  self.addEventListener("unhandledrejection", ({ reason }) => inCell(reason));

  self.addEventListener("message", async ({ data, isTrusted }) => {
    if (!isTrusted || !isMessage(data, "toWorker")) return;
    try {
      await handlers[/** @type {keyof typeof handlers} */ (data.type)](data);
    } catch (error) {
      if (data.type === "boot" && error instanceof StartError)
        return post({ type: "error", kind: "load", message: error.message });
      console.error(error);
      ended(data.run, error);
    }
  });
}
