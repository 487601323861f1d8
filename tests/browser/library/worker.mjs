// A worker with Python, NumPy and the library, started as the site starts them. It unpacks archives, runs a script's main, and
// passes on what that tells.

import { Files } from "./assets/live/load.js";
import { addRest, startPython } from "./assets/live/python.js";

const network = globalThis.fetch.bind(globalThis);

self.onmessage = async ({ data: { folder, archives, script } }) => {
  const tell = (/** @type {string} */ news) => self.postMessage(JSON.parse(news));
  const get = async (/** @type {string} */ name) => {
    const answer = await network(folder + name);
    if (!answer.ok) throw new Error(`${name}: the server answered ${answer.status}`);
    return answer;
  };
  try {
    const { signal } = new AbortController();
    const files = new Files(new URL("assets/", folder), {
      isWhole: () => true,
      thrice: async (
        /** @type {string} */ _,
        /** @type {string} */ url,
        /** @type {any} */ __,
        /** @type {any} */ ___,
        /** @type {any} */ read,
      ) => read(await network(url)),
      verified: async (/** @type {Response} */ response) => new Uint8Array(await response.arrayBuffer()),
    });
    await files.list(signal);
    const [{ loadPyodide }, { default: createPyodideModule }] = await Promise.all(
      ["pyodide.mjs.bin", "pyodide.asm.mjs.bin"].map(
        async (name) => import(await files.script("files", name, signal)),
      ),
    );
    const parts = files.parts(signal);
    const [rest] = await Promise.all([files.rest(signal), ...Object.values(parts)]); // a start takes fetch away
    const { python } = await startPython(loadPyodide, createPyodideModule, files.manifest, parts, () => {});
    await addRest(python, rest);
    const imports = performance.getEntriesByType("measure").map(({ name, duration }) => [name, duration]);
    self.postMessage({ kind: "imports", ...Object.fromEntries(imports) });
    for (const name of archives)
      python.unpackArchive(await (await get(name)).arrayBuffer(), "zip", { extractDir: "/tested" });
    if (!script) return self.postMessage({ kind: "end" });
    python.runPython("import sys; sys.path.append('/tested/tools')");
    const globals = python.toPy({});
    python.runPython(await (await get(script)).text(), { globals });
    globals.get("main")(tell);
    self.postMessage({ kind: "end" });
  } catch (error) {
    self.postMessage({
      kind: "end",
      failure: String(error instanceof Error ? (error.cause ?? error.stack) : error),
    });
  }
};
