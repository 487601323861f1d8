// The worker that runs Python. It answers messages in order and sends no others.
// It has no network and no imports: the page sends it verified files, of which this is one.

/**
 * Out of reach for a reader's own code: the caches from which pages are read offline, other scopes that
 * have these caches, and the messages between this worker and the page.
 */
const REMOVED = [
  "caches",
  "indexedDB",
  "Worker",
  "SharedWorker",
  "BroadcastChannel",
  "postMessage",
  "onmessage",
  "close",
];

/** The reason for a crash, from the browser's message. @param {any} error */
function crashReason(error) {
  const text = String(error);
  if (/call stack|recursion/i.test(text)) return "a function called itself too deeply for a browser";
  if (/out of memory|memory limit/i.test(text)) return "there was no memory left";
  return "an error outside its own code";
}

/**
 * @param {typeof import("./protocol.js")} protocol @param {typeof import("./python.js")} starter
 * @param {any} loadPyodide @param {any} createPyodideModule
 */
export function serve(
  { isMessage, message },
  { startPython, addRest, addDigits, StartError },
  loadPyodide,
  createPyodideModule,
) {
  /** @type {any} */ let python = null;
  /** @type {any} */ let browser = null;
  /** @type {Promise<void> | null} */ let restAdded = null;
  /** @type {Promise<void> | null} */ let digitsAdded = null;
  let currentRun = 0;
  let cellRunning = false;

  const send = self.postMessage.bind(self);
  const post = (/** @type {object} */ fields) => send(message(fields));
  for (const name of REMOVED)
    for (let scope = self; scope; scope = Object.getPrototypeOf(scope))
      delete (/** @type {any} */ (scope)[name]);

  /** @type {Record<string, (value: any) => void>} */
  const resolvers = {};
  const part = (/** @type {string} */ name) => new Promise((resolve) => (resolvers[name] = resolve));
  const parts = {
    module: part("module"),
    stdlib: part("stdlib"),
    numpy: part("numpy"),
    convlens: part("convlens"),
    rest: part("rest"),
    digits: part("digits"),
  };

  /** @param {number} run @param {string} json */
  function postFrame(run, json) {
    const { figure, done, error } = JSON.parse(json);
    if (error) post({ type: "error", run, ...error });
    else post({ type: "frame", run, figure, done, heap: heap() });
  }

  /** Write demos to where Python imports them from. @param {Record<string, Uint8Array>} [sources] by name */
  function addDemos(sources) {
    if (!sources) return; // already there
    for (const [name, source] of Object.entries(sources))
      python.FS.writeFile(`/home/pyodide/demos/${name}.py`, source);
    python.runPython("import importlib; importlib.invalidate_caches()");
  }

  /** The memory that Python has allocated, in bytes. */
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
      resolvers[name](value);
    },
    async run(/** @type {any} */ { run, demo, settings, sources }) {
      currentRun = run;
      addDemos(sources);
      if (Object.values(settings).includes("digits")) {
        await (digitsAdded ??= addDigits(python, parts.digits));
        if (run !== currentRun) return; // stopped meanwhile
      }
      postFrame(run, browser.start(demo, JSON.stringify(settings)));
    },
    async next(/** @type {any} */ { run, count }) {
      if (run === currentRun) postFrame(run, browser.advance(count));
    },
    async cell(/** @type {any} */ { run, source, name, sources }) {
      currentRun = run;
      addDemos(sources);
      await (restAdded ??= addRest(python, parts.rest));
      await (digitsAdded ??= addDigits(python, parts.digits));
      if (run !== currentRun) return; // stopped meanwhile
      cellRunning = true;
      const send = (/** @type {string} */ text, /** @type {string} */ figure) =>
        post({ type: "output", run, text, figure: figure ? JSON.parse(figure) : undefined });
      const result = await python.pyimport("convlens_live.notebook").run_cell(source, name, send);
      cellRunning = false;
      post({ type: "result", run, result: JSON.parse(result), heap: heap() });
    },
    async cancel(/** @type {any} */ { run }) {
      if (cellRunning) return; // a cell cannot be interrupted: the page terminates the worker
      if (run === currentRun) currentRun = 0;
      browser?.cancel();
      post({ type: "done", run });
    },
  };

  /** @param {number} run @param {any} error */
  function postCrash(run, error) {
    const text = `Python stopped working: ${crashReason(error)}. It was ended; Run starts it again.`;
    post({ type: "error", run, kind: "fatal", message: text });
  }

  // A cell runs in its own task, so the catch below does not see a crash there.
  const onUncaught = (/** @type {any} */ error) => {
    const isCrash = error?.pyodide_fatal_error || error instanceof WebAssembly.RuntimeError;
    if (cellRunning && isCrash) postCrash(currentRun, error);
  };
  self.addEventListener("error", ({ error }) => onUncaught(error));
  self.addEventListener("unhandledrejection", ({ reason }) => onUncaught(reason));

  self.addEventListener("message", async ({ data, isTrusted }) => {
    if (!isTrusted || !isMessage(data, "toWorker")) return;
    try {
      await handlers[/** @type {keyof typeof handlers} */ (data.type)](data);
    } catch (error) {
      if (data.type === "boot" && error instanceof StartError)
        return post({ type: "error", kind: "load", message: error.message });
      console.error(error);
      postCrash(data.run, error);
    }
  });
}
