// In the worker: start Python from files that the page has fetched and verified. It imports nothing: it is one of them itself.

const LIBRARIES = "/lib/python3.14";
const PACKAGES = `${LIBRARIES}/site-packages`;
const DEMOS = "/home/pyodide/demos";
const NOWHERE = "verified:/"; // the address that the runtime believes to be loaded from

/** Python did not start; the message says to a reader what to do. */
export class StartError extends Error {}

/**
 * @typedef {Promise<Uint8Array<ArrayBuffer>>} Packed a gzip
 * @typedef {{module: Promise<WebAssembly.Module>, stdlib: Packed, numpy: Packed, convlens: Packed}} Parts
 * @typedef {{info: object, numpy: string}} Expected what the interpreter calls itself, and the version of NumPy
 */

/** @param {Packed} packed */
const unpacked = async (packed) =>
  new Response(new Response(await packed).body?.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

/**
 * Start Python with NumPy and the library, and check that they are there.
 * @param {(options: object) => Promise<any>} loadPyodide @param {Function} createPyodideModule
 * @param {Expected} expected @param {Parts} parts @param {(phase: string) => void} tell
 */
export async function startPython(loadPyodide, createPyodideModule, expected, parts, tell) {
  try {
    const [numpyTar, convlensTar] = [unpacked(parts.numpy), unpacked(parts.convlens)];
    const python = await boot(loadPyodide, createPyodideModule, expected.info, parts);
    python.FS.mkdirTree(DEMOS);
    untar(python.FS, await numpyTar, PACKAGES);
    tell("packages");
    performance.mark("numpy");
    const numpy = python.runPython("import numpy; numpy.__version__");
    if (numpy !== expected.numpy)
      throw new StartError(`NumPy ${numpy} came instead of ${expected.numpy}. Reload the page.`);
    tell("check");
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

/** The interpreter. Left alone, it would fetch by itself and wait for ever for what does not come. @param {any} loadPyodide @param {any} createPyodideModule @param {object} info @param {Parts} parts */
async function boot(loadPyodide, createPyodideModule, info, parts) {
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
  const stdlib = unpacked(parts.stdlib);
  // From here on there is no network for Python: its two own files are there, and nothing else.
  globalThis.fetch = async (input) => {
    const name = String(input instanceof Request ? input.url : input).replace(NOWHERE, "");
    if (name === "pyodide.asm.wasm") return new Response();
    if (name === "python_stdlib.zip") return /** @type {any} */ ({ ok: true, arrayBuffer: () => stdlib });
    throw new TypeError(`${name} is not one of the site's files`);
  };
  const python = await Promise.race([
    failed,
    loadPyodide({
      indexURL: NOWHERE,
      packageBaseUrl: NOWHERE,
      createPyodideModule,
      lockFileContents: { info, packages: {} },
      stdout: () => {},
      stderr: (/** @type {string} */ line) => console.warn(line),
    }),
  ]);
  WebAssembly.instantiateStreaming = instantiateStreaming;
  return python;
}

/** What no start imports. @param {any} python @param {Packed} rest */
export async function addRest(python, rest) {
  untar(python.FS, await unpacked(rest), LIBRARIES);
  python.runPython("import importlib; importlib.invalidate_caches()");
}

/** Write the files of a tar: 512 bytes of header, name and octal size first in it, then the content. @param {any} FS @param {ArrayBuffer} archive @param {string} folder */
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
