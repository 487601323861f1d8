// In the worker: fetch the runtime's files, each verified, then start Python from those bytes alone.

const TRIES = 3;
const STALL_MS = 15_000;

/** A failure to load, said so that a reader knows what to do. */
export class LoadError extends Error {}

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * One try: status, length, stall and hash are all checked.
 * @param {string} url @param {{name: string, bytes: number, sha256: string}} file
 * @param {(loaded: number) => void} onBytes @param {RequestCache} cache @param {typeof fetch} get
 */
async function fetchOnce(url, file, onBytes, cache, get) {
  const control = new AbortController();
  let timer = setTimeout(() => control.abort(), STALL_MS);
  try {
    const response = await get(url, { cache, signal: control.signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const bytes = new Uint8Array(file.bytes);
    let loaded = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), STALL_MS);
      if (loaded + value.length > file.bytes) throw new Error("a different file came");
      bytes.set(value, loaded);
      onBytes((loaded += value.length));
    }
    if (loaded !== file.bytes) throw new Error("it broke off half-way");
    // Without https there is no crypto.subtle; the length is then the only check.
    if (globalThis.crypto?.subtle && (await sha256(bytes)) !== file.sha256) throw new Error("a different file came");
    return bytes;
  } catch (error) {
    if (control.signal.aborted) throw new Error("nothing came for 15 seconds");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Three tries; then a LoadError with what to do. @type {(...args: Parameters<typeof fetchOnce>) => Promise<Uint8Array<ArrayBuffer>>} */
export async function fetchFile(url, file, onBytes, cache, get) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchOnce(url, file, onBytes, attempt === 1 ? cache : "reload", get);
    } catch (error) {
      onBytes(0);
      if (attempt === TRIES) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new LoadError(`The file ${file.name} could not be loaded (${reason}). Check the connection and press Run again.`);
      }
      await wait(200 * 2 ** attempt);
    }
  }
}

/**
 * Load Python, NumPy and the library, and check that they are there.
 * @param {URL} base the folder of the site that holds runtime/ and demos/
 * @param {(progress: {phase: string, loaded: number, total: number}) => void} onProgress
 */
export async function loadPython(base, onProgress) {
  const manifestUrl = new URL("runtime/manifest.json", base);
  const manifest = await fetch(manifestUrl, { cache: "no-cache" }).then((answer) => {
    if (!answer.ok) throw new LoadError("The list of Python's files could not be loaded. Check the connection and press Run again.");
    return answer.json().catch(() => { throw new LoadError("Something other than the list of Python's files came. Check the connection and press Run again."); });
  }, () => { throw new LoadError("The site cannot be reached. Check the connection and press Run again."); });
  const folder = new URL(`runtime/${manifest.version}/`, base).href;
  const total = manifest.files.reduce((/** @type {number} */ sum, /** @type {any} */ file) => sum + file.bytes, 0);
  const loaded = new Map();
  const report = (/** @type {string} */ phase) =>
    onProgress({ phase, loaded: [...loaded.values()].reduce((a, b) => a + b, 0), total });
  report("download");
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const verified = new Map();
  await Promise.all(manifest.files.map(async (/** @type {any} */ file) => {
    const bytes = await fetchFile(folder + file.name, file, (count) => {
      loaded.set(file.name, count);
      report("download");
    }, "default", fetch);
    verified.set(folder + file.name, bytes);
  }));

  report("start");
  const { loadPyodide } = await import(`${folder}pyodide.mjs`);
  const { default: createPyodideModule } = await import(`${folder}pyodide.asm.mjs`);
  // From here on there is no network: fetch knows the verified files and nothing else.
  globalThis.fetch = async (input) => {
    const url = String(input instanceof Request ? input.url : input);
    const bytes = verified.get(url);
    if (!bytes) throw new TypeError(`${url} is not one of the site's files`);
    return new Response(bytes, { headers: { "content-type": url.endsWith(".wasm") ? "application/wasm" : "application/octet-stream" } });
  };
  const lock = new TextDecoder().decode(verified.get(`${folder}pyodide-lock.json`));
  const python = await loadPyodide({
    indexURL: folder, packageBaseUrl: folder, createPyodideModule, lockFileContents: JSON.parse(lock),
    stdout: () => {}, stderr: (/** @type {string} */ line) => console.warn(line),
  });
  report("packages");
  await python.loadPackage(["numpy", "convlens"], { messageCallback() {} });
  report("check");
  const versions = JSON.parse(python.runPython(`
import json, sys, numpy, convlens.browser
sys.path.insert(0, "/home/pyodide/demos")
json.dumps({"python": sys.version.split()[0], "numpy": numpy.__version__, "convlens": convlens.__version__})`));
  verified.clear();
  python.FS.mkdirTree("/home/pyodide/demos");
  return { python, versions, demos: manifest.demos };
}
