// Fetches and verifies Python's files after the reader's first action, and sends them to a worker.

import { message } from "./protocol.js";

const TICK_MS = 250;
const PREFETCH_BYTES = 128_000; // start the next download when this much of the current one is left
const PARTS = {
  module: "pyodide.asm.wasm",
  stdlib: "python_stdlib.zip",
  numpy: "numpy.tar",
  convlens: "convlens.tar",
};
const [REST, DIGITS] = ["rest.tar.bin", "digits.tar.bin"]; // no start needs these
const noop = () => {};

/** @typedef {{name: string, bytes: number, sha256: string, imports?: string[]}} File imports: of a demo */
/**
 * @typedef {typeof import("./start.js")} Fetching a parameter, because tests and benchmarks pass another one
 */

/** @param {Uint8Array<ArrayBuffer>} bytes */
const gunzip = (bytes) =>
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")), {
    headers: { "content-type": "application/wasm" },
  });

/** @param {BlobPart} content */
const blobUrl = (content) => URL.createObjectURL(new Blob([content], { type: "text/javascript" }));

const tooOld = () =>
  new Error(
    "This browser is too old to run Python. Chrome or Edge 112, Firefox 114 and Safari 16.4 are new enough.",
  );

/** Throw if Python cannot run here, before anything is fetched. */
function checkBrowser() {
  // In a sandboxed frame, the worker may not load its own parts.
  if (self.origin === "null")
    throw new Error(
      "Python cannot run in a frame that is cut off from its own site. Open this page in a tab of its own.",
    );
  if (typeof Worker !== "function") throw tooOld();
  if (typeof WebAssembly !== "object")
    throw new Error(
      "Python needs WebAssembly, and this browser has it switched off. Allow it, or use another browser.",
    );
  if (typeof DecompressionStream !== "function" || !WebAssembly.compileStreaming) throw tooOld();
}

/** Python's files. Once verified, a file is kept in memory for the next attempt and for the next worker. */
export class Files {
  /** @param {URL} base the folder that holds runtime/ and demos/ @param {Fetching} fetching */
  constructor(base, fetching) {
    this.base = base;
    this.fetching = fetching;
    /** A query that makes the service worker answer with files of this page's release. */
    this.releaseQuery = fetching.HERE ? `?${fetching.HERE.pathname.split("/").at(-2)}` : "";
    /** @type {any} */ this.manifest = null;
    /** @type {Map<string, Uint8Array<ArrayBuffer>>} by hash */ this.verified = new Map();
    /** @type {Map<string, number>} bytes received, by name */ this.loaded = new Map();
    /** @type {WebAssembly.Module | null} */ this.compiled = null;
    /** @type {string} of the worker's script */ this.workerUrl = "";
    /** Does progress count the rest too? */ this.withRest = false;
    /** @type {Promise<Uint8Array<ArrayBuffer>> | null} */ this.restRequest = null;
  }

  /**
   * Start a worker and send it its files. The worker itself reports when it is ready.
   * @param {{signal: AbortSignal, demo?: string, onProgress: (loaded: number, total: number) => void,
   *   onWorker: (worker: Worker) => void}} options
   */
  async start({ signal, demo, onProgress, onWorker }) {
    checkBrowser();
    const report = () => onProgress(...this.progress());
    const ticker = setInterval(report, TICK_MS);
    try {
      await this.fetchManifest(signal);
      report();
      [this.withRest, this.restRequest] = [!demo, null];
      if (demo) this.sources(demo, signal).catch(noop); // a failure is reported when the demo runs
      const starting = this.startWorker(signal).then((worker) => (onWorker(worker), worker));
      const send = async (/** @type {object} */ fields) => (await starting).postMessage(message(fields));
      const parts = Object.entries(this.parts(signal)).map(async ([name, value]) =>
        send({ type: "part", name, value: await value }),
      );
      await Promise.all([send({ type: "boot", expected: this.manifest }), ...parts]);
      if (this.withRest) await this.rest(signal).catch(noop); // likewise, when a cell runs
      report();
    } catch (error) {
      if (!signal.aborted) this.forget(); // after an abort, another start may be using these files
      throw error;
    } finally {
      clearInterval(ticker);
    }
  }

  /** The site may have been updated: fetch the manifest again next time, but keep the files that still match. */
  forget() {
    this.manifest = this.compiled = null;
    this.workerUrl = "";
    if (!globalThis.crypto?.subtle) this.verified.clear(); // without https, nothing was really verified
  }

  /** @param {AbortSignal} signal */
  async fetchManifest(signal) {
    const { fetchWithRetries, hashMatches } = this.fetching;
    const url = new URL(`runtime/manifest.json${this.releaseQuery}`, this.base).href;
    const read = async (/** @type {Response} */ response) => {
      const text = await response.text();
      try {
        const { sha256, list } = JSON.parse(text);
        if (await hashMatches(new TextEncoder().encode(JSON.stringify(list)), sha256)) return list;
      } catch {} // not JSON, or other JSON
      throw new Error("a different file came");
    };
    this.manifest ??= await fetchWithRetries("The list of Python’s files", url, "no-cache", signal, read);
    if (this.releaseQuery && this.releaseQuery !== `?${this.manifest.scripts}`)
      throw new Error("The site was renewed since this page was opened. Reload the page, then try again.");
  }

  /** The files that Python needs to start. @param {AbortSignal} signal */
  parts(signal) {
    // One by one, in order of need: on a slow line, one is compiled while the next one downloads.
    let previous = Promise.resolve();
    const { module, ...others } = Object.fromEntries(
      Object.entries(PARTS).map(([name, file]) => {
        const turn = previous;
        /** @type {() => void} */ let onNearlyDone = noop;
        previous = new Promise((resolve) => (onNearlyDone = resolve));
        return [name, turn.then(() => this.bytes("files", `${file}.bin`, signal, onNearlyDone))];
      }),
    );
    return /** @type {any} */ ({ module: this.compile(module), ...others });
  }

  /**
   * The rest of the standard library: no demo needs it, but a reader's own code may.
   * @param {AbortSignal} signal
   */
  async rest(signal) {
    this.withRest = true;
    try {
      return await (this.restRequest ??= this.bytes("files", REST, signal));
    } catch (error) {
      this.restRequest = null;
      throw error;
    }
  }

  /** The handwritten digits. @param {AbortSignal} signal */
  async digits(signal) {
    await this.fetchManifest(signal);
    return this.bytes("files", DIGITS, signal);
  }

  /** Bytes received, and bytes in total. @returns {[number, number]} */
  progress() {
    /** @type {File[]} */ const all = this.manifest?.files ?? [];
    const files = all.filter(({ name }) => name !== DIGITS && (this.withRest || name !== REST));
    const sum = (/** @type {(file: File) => number} */ count) =>
      files.reduce((total, file) => total + count(file), 0);
    return [sum((file) => this.loaded.get(file.name) ?? 0), sum((file) => file.bytes)];
  }

  /**
   * One file of the manifest, verified.
   * @param {"files" | "live" | "demos"} kind @param {string} name @param {AbortSignal} signal
   * @param {() => void} onNearlyDone
   */
  async bytes(kind, name, signal, onNearlyDone = noop) {
    const { folder, [kind]: list } = this.manifest;
    const file = list.find((/** @type {File} */ each) => each.name === name);
    if (!file) throw new Error(`${name} is not one of the site's files. Reload the page.`);
    const known = this.verified.get(file.sha256);
    if (known) return (onNearlyDone(), known);
    const onBytes = (/** @type {number} */ loaded) => {
      this.loaded.set(name, loaded);
      if (file.bytes - loaded <= PREFETCH_BYTES) onNearlyDone();
    };
    const { HERE, fetchWithRetries, readVerified } = this.fetching;
    const place =
      kind === "live" ? HERE : new URL(kind === "files" ? `runtime/${folder}/` : "demos/", this.base);
    const url = new URL(kind === "demos" ? name + this.releaseQuery : name, place).href;
    // The runtime's folder is immutable, so any cached copy will do; other files may have changed.
    const cache = kind === "files" ? "force-cache" : "no-cache";
    const read = (/** @type {Response} */ response) => readVerified(response, file, onBytes);
    const bytes = await fetchWithRetries(`The file ${name.replace(/\.bin$/, "")}`, url, cache, signal, read);
    this.verified.set(file.sha256, bytes);
    onNearlyDone();
    return bytes;
  }

  /**
   * The source of a demo and of the demos that it imports, by name.
   * @param {string} slug @param {AbortSignal} signal
   */
  async sources(slug, signal) {
    const own = await this.demo(slug, signal);
    return { ...(await this.imports(slug, signal)), [slug]: own };
  }

  /** The source of the demos that a demo imports, by name. @param {string} slug @param {AbortSignal} signal */
  async imports(slug, signal) {
    await this.fetchManifest(signal);
    /** @type {File | undefined} */
    const file = this.manifest.demos.find((/** @type {File} */ { name }) => name === `${slug}.py`);
    const names = file?.imports ?? [];
    const sources = await Promise.all(names.map((name) => this.demo(name, signal)));
    return Object.fromEntries(names.map((name, index) => [name, sources[index]]));
  }

  /** The source of one demo. @param {string} slug @param {AbortSignal} signal */
  async demo(slug, signal) {
    await this.fetchManifest(signal);
    return this.bytes("demos", `${slug}.py`, signal);
  }

  /** Compile Python once, for all workers. @param {Promise<Uint8Array<ArrayBuffer>>} wasm */
  async compile(wasm) {
    this.compiled ??= await WebAssembly.compileStreaming(gunzip(await wasm)).catch((error) => {
      console.error(error);
      throw new Error(
        this.fetching.policyMessage(error) ||
          "This browser could not compile Python. Perhaps it lacks memory: close what else is open, or use another browser.",
      );
    });
    return this.compiled;
  }

  /**
   * A blob: URL of a verified script.
   * @param {"files" | "live"} kind @param {string} name @param {AbortSignal} signal
   */
  async script(kind, name, signal) {
    const bytes = await this.bytes(kind, name, signal);
    return blobUrl(kind === "files" ? await gunzip(bytes).blob() : bytes);
  }

  /**
   * A worker that runs only verified code. It has a blob: URL, because such a worker inherits the page's
   * security policy, which lets it import blob: modules, though only statically.
   * @param {AbortSignal} signal
   */
  async startWorker(signal) {
    if (!this.workerUrl) {
      const [pyodide, machine, protocol, starter, worker] = await Promise.all([
        this.script("files", "pyodide.mjs.bin", signal),
        this.script("files", "pyodide.asm.mjs.bin", signal),
        ...["protocol.js", "python.js", "worker.js"].map((name) => this.script("live", name, signal)),
      ]);
      this.workerUrl = blobUrl(`
        import { loadPyodide } from "${pyodide}";
        import createPyodideModule from "${machine}";
        import * as protocol from "${protocol}";
        import * as starter from "${starter}";
        import { serve } from "${worker}";
        serve(protocol, starter, loadPyodide, createPyodideModule);`);
    }
    signal.throwIfAborted(); // an aborted start must not leave a worker behind
    let supportsModules = false; // a browser that does not support module workers never reads the type
    let worker;
    try {
      worker = new Worker(this.workerUrl, {
        get type() {
          supportsModules = true;
          return /** @type {const} */ ("module");
        },
      });
    } catch (error) {
      console.error(error);
      throw new Error(
        this.fetching.policyMessage() ||
          "This browser, or its settings for this site, did not let Python start. Another browser may.",
      );
    }
    if (supportsModules) return worker;
    worker.terminate();
    throw tooOld();
  }
}
