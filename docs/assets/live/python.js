// In the worker: starts Python from files that the page has verified. It has no imports, being one of these files.

const LIBRARIES = "/lib/python3.14";
const PACKAGES = `${LIBRARIES}/site-packages`;
const DEMOS = "/home/pyodide/demos";
const INDEX_URL = "verified:/"; // not a real address: Pyodide requests its two files from it, see bootPyodide

/** Python did not start; the message gives the reader a remedy. */
export class StartError extends Error {}

/**
 * @typedef {Promise<Uint8Array<ArrayBuffer>>} Gzip
 * @typedef {{module: Promise<WebAssembly.Module>, stdlib: Gzip, numpy: Gzip, convlens: Gzip}} Parts
 * @typedef {{info: object, numpy: string}} Expected the interpreter's description of itself, and NumPy's version
 */

/** @param {Gzip} bytes */
const gunzip = async (bytes) =>
  new Response(new Response(await bytes).body?.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

/**
 * Start Python with NumPy and the library, and check their versions.
 * @param {(options: object) => Promise<any>} loadPyodide @param {Function} createPyodideModule
 * @param {Expected} expected @param {Parts} parts @param {(phase: string) => void} onPhase
 */
export async function startPython(loadPyodide, createPyodideModule, expected, parts, onPhase) {
  try {
    const [numpyTar, convlensTar] = [gunzip(parts.numpy), gunzip(parts.convlens)];
    const python = await bootPyodide(loadPyodide, createPyodideModule, expected.info, parts);
    python.FS.mkdirTree(DEMOS);
    untar(python.FS, await numpyTar, PACKAGES);
    onPhase("packages");
    performance.mark("numpy");
    const numpy = python.runPython("import numpy; numpy.__version__");
    if (numpy !== expected.numpy)
      throw new StartError(`NumPy ${numpy} came instead of ${expected.numpy}. Reload the page.`);
    onPhase("check");
    untar(python.FS, await convlensTar, PACKAGES);
    performance.mark("convlens");
    const versions = JSON.parse(
      python.runPython(`
import json, sys, convlens, convlens_live.browser
sys.path.insert(0, "${DEMOS}")
json.dumps({"python": sys.version.split()[0], "numpy": numpy.__version__, "convlens": convlens.__version__})`),
    );
    performance.measure("import numpy", "numpy", "convlens");
    performance.measure("import convlens", "convlens");
    return { python, versions };
  } catch (error) {
    if (error instanceof StartError) throw error;
    console.error(error);
    const memory = error instanceof RangeError || /memory/i.test(String(error));
    throw new StartError(
      memory
        ? "There is too little memory for Python here. Close other tabs or programs, then try again."
        : "Python could not be started in this browser. Reload the page; if that does not help, another browser may.",
      { cause: error },
    );
  }
}

/**
 * Start Pyodide without letting it fetch: it would neither verify its files nor give up on a missing one.
 * @param {any} loadPyodide @param {any} createPyodideModule @param {object} info @param {Parts} parts
 */
async function bootPyodide(loadPyodide, createPyodideModule, info, parts) {
  /** @type {(reason: unknown) => void} */ let fail = () => {};
  const failed = new Promise((_, reject) => (fail = reject));
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const module = await parts.module;
    const instance = await WebAssembly.instantiate(module, imports).catch((error) => {
      fail(error);
      throw error;
    });
    return { module, instance };
  };
  const stdlib = gunzip(parts.stdlib);
  // From here on, Python has no network: fetch answers with Pyodide's own two files and nothing else.
  globalThis.fetch = async (input) => {
    const name = String(input instanceof Request ? input.url : input).replace(INDEX_URL, "");
    if (name === "pyodide.asm.wasm") return new Response();
    if (name === "python_stdlib.zip") return /** @type {any} */ ({ ok: true, arrayBuffer: () => stdlib });
    throw new TypeError(`${name} is not one of the site's files`);
  };
  const python = await Promise.race([
    failed,
    loadPyodide({
      indexURL: INDEX_URL,
      packageBaseUrl: INDEX_URL,
      createPyodideModule,
      lockFileContents: { info, packages: {} },
      stdout: () => {},
      stderr: (/** @type {string} */ line) => console.warn(line),
    }),
  ]);
  WebAssembly.instantiateStreaming = instantiateStreaming;
  return python;
}

/** Add the part of the standard library that no start needs. @param {any} python @param {Gzip} rest */
export async function addRest(python, rest) {
  untar(python.FS, await gunzip(rest), LIBRARIES);
  python.runPython("import importlib; importlib.invalidate_caches()");
}

/** Add the handwritten digits to the library. @param {any} python @param {Gzip} digits */
export const addDigits = async (python, digits) => untar(python.FS, await gunzip(digits), PACKAGES);

/**
 * Write the files of a tar: for each, a header of 512 bytes with name and size (octal), then the content.
 * @param {any} FS @param {ArrayBuffer} archive @param {string} folder
 */
function untar(FS, archive, folder) {
  const tar = new Uint8Array(archive);
  const text = (/** @type {number} */ from, /** @type {number} */ length) =>
    new TextDecoder().decode(tar.subarray(from, from + length)).replace(/\0.*/s, "");
  for (let at = 0; tar[at];) {
    const path = `${folder}/${text(at, 100)}`;
    const size = parseInt(text(at + 124, 12), 8);
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, tar.subarray(at + 512, at + 512 + size), { canOwn: true });
    at += 512 * (1 + Math.ceil(size / 512));
  }
}
