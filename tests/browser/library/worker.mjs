// A worker with Python, NumPy and the library, started as the site starts them. It unpacks archives, runs a
// script's main function, and forwards what that reports.

import { Files } from "./assets/live/load.js";
import { addDigits, addRest, startPython } from "./assets/live/python.js";

const network = globalThis.fetch.bind(globalThis);

self.onmessage = async ({ data: { folder, archives, script } }) => {
  const report = (/** @type {string} */ item) => self.postMessage(JSON.parse(item));
  const get = async (/** @type {string} */ name) => {
    const response = await network(folder + name);
    if (!response.ok) throw new Error(`${name}: the server answered ${response.status}`);
    return response;
  };
  try {
    const { signal } = new AbortController();
    const files = new Files(new URL("assets/", folder), {
      hashMatches: () => true,
      fetchWithRetries: async (
        /** @type {string} */ _,
        /** @type {string} */ url,
        /** @type {any} */ __,
        /** @type {any} */ ___,
        /** @type {any} */ read,
      ) => read(await network(url)),
      readVerified: async (/** @type {Response} */ response) => new Uint8Array(await response.arrayBuffer()),
    });
    await files.fetchManifest(signal);
    const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(
      ["pyodide.mjs.bin", "pyodide.asm.mjs.bin"].map(
        async (name) => import(await files.script("files", name, signal)),
      ),
    );
    const parts = files.parts(signal);
    // Starting Python removes fetch.
    const [rest, digits] = await Promise.all([
      files.rest(signal),
      files.digits(signal),
      ...Object.values(parts),
    ]);
    const { python } = await startPython(loadPyodide, createPyodideModule, files.manifest, parts, () => {});
    await addRest(python, rest);
    await addDigits(python, digits);
    const imports = performance.getEntriesByType("measure").map(({ name, duration }) => [name, duration]);
    self.postMessage({ kind: "imports", ...Object.fromEntries(imports) });
    for (const name of archives)
      python.unpackArchive(await (await get(name)).arrayBuffer(), "zip", { extractDir: "/tested" });
    if (!script) return self.postMessage({ kind: "end" });
    python.runPython("import sys; sys.path.append('/tested/tools')");
    const globals = python.toPy({});
    python.runPython(await (await get(script)).text(), { globals });
    globals.get("main")(report);
    self.postMessage({ kind: "end" });
  } catch (error) {
    self.postMessage({
      kind: "end",
      failure: String(error instanceof Error ? (error.cause ?? error.stack) : error),
    });
  }
};
