// convlens on Pyodide, started as the site starts it; the training is in convlens_step.py.

/** @type {any} */ let step;
/** @type {any} */ let json;

/** @param {any} answer */
const fromPython = (answer) => JSON.parse(json.dumps(answer));

/** What a page uses, without retries and verification. */
const fetching = () => ({
  hashMatches: () => true,
  fetchWithRetries: async (
    /** @type {string} */ _,
    /** @type {string} */ url,
    /** @type {RequestCache} */ cache,
    /** @type {AbortSignal} */ signal,
    /** @type {any} */ read,
  ) => read(await fetch(url, { cache, signal })),
  readVerified: async (/** @type {Response} */ response) => new Uint8Array(await response.arrayBuffer()),
});

/** @param {URL} base the folder that holds live/ and runtime/ */
export async function boot(base) {
  const source = await (await fetch("/convlens_step.py")).text(); // before the site's loader, which removes fetch
  const { Files } = await import(new URL("live/load.js", base).href);
  const { startPython, addDigits } = await import(new URL("live/python.js", base).href);
  const { signal } = new AbortController();
  const files = new Files(base, fetching());
  await files.fetchManifest(signal);
  const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(
    ["pyodide.mjs.bin", "pyodide.asm.mjs.bin"].map(
      async (name) => import(await files.script("files", name, signal)),
    ),
  );
  const parts = files.parts(signal);
  const digits = await files.digits?.(signal); // an older library has none
  await Promise.all(Object.values(parts)); // starting Python removes fetch
  const { python } = await startPython(loadPyodide, createPyodideModule, files.manifest, parts, () => {});
  if (digits) await addDigits(python, digits);
  python.FS.writeFile("/home/pyodide/convlens_step.py", source);
  python.runPython("import sys; sys.path.append('/home/pyodide')");
  step = python.pyimport("convlens_step");
  json = python.pyimport("json");
  return fromPython(step.versions());
}

/** @param {import("./network.mjs").Network} network */
export const make = (network) => fromPython(step.make(json.loads(JSON.stringify(network))));

/** @param {number} seconds */
export const run = (seconds) => fromPython(step.run(seconds));

/** @param {number} seed */
export const digits = (seed) => fromPython(step.digits(seed));
