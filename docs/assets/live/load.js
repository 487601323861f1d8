// In the page, from the reader's first action on: fetch what Python consists of, verify it, and give it to a worker.

import { message } from "./protocol.js";

const TICK_MS = 250;
const NEARLY = 128_000; // bytes: of a file that lacks no more than these, the next one is asked for
const PARTS = {
  module: "pyodide.asm.wasm",
  stdlib: "python_stdlib.zip",
  numpy: "numpy.tar",
  convlens: "convlens.tar",
};
const nothing = () => {};

/** @typedef {{name: string, bytes: number, sha256: string}} File */
/** @typedef {typeof import("./start.js")} Fetching given, since a worker and a measurement have others */

/** @param {Uint8Array<ArrayBuffer>} bytes */
const unpacked = (bytes) =>
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")), {
    headers: { "content-type": "application/wasm" },
  });

/** @param {BlobPart} content */
const address = (content) => URL.createObjectURL(new Blob([content], { type: "text/javascript" }));

/** What must be there before anything is fetched. */
function checkBrowser() {
  if (self.origin === "null")
    // the worker of such a page may not load its own parts
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

const tooOld = () =>
  new Error(
    "This browser is too old to run Python. Chrome or Edge 112, Firefox 114 and Safari 16.4 are new enough.",
  );

/** The files of the site that Python consists of. What was verified once is kept, for the next try and for the next worker. */
export class Files {
  /** @param {URL} base the folder that holds runtime/ and demos/ @param {Fetching} fetching */
  constructor(base, fetching) {
    this.base = base;
    this.fetching = fetching;
    /** Without a network, what may have changed is wanted as it was in this page's release. */
    this.release = fetching.HERE ? `?${fetching.HERE.pathname.split("/").at(-2)}` : "";
    /** @type {any} */ this.manifest = null;
    /** @type {Map<string, Uint8Array<ArrayBuffer>>} by hash */ this.kept = new Map();
    /** @type {Map<string, number>} by name */ this.loaded = new Map();
    /** @type {WebAssembly.Module | null} */ this.compiled = null;
    /** @type {string} */ this.address = "";
    /** Is the rest fetched with it? */ this.whole = false;
    /** @type {Promise<Uint8Array<ArrayBuffer>> | null} */ this.coming = null;
  }

  /**
   * Start a worker and give it all that it needs. It says itself when it is ready.
   * @param {{signal: AbortSignal, demo?: string, onProgress: (loaded: number, total: number) => void, onWorker: (worker: Worker) => void}} options
   */
  async start({ signal, demo, onProgress, onWorker }) {
    checkBrowser();
    const report = () => onProgress(...this.progress());
    const ticker = setInterval(report, TICK_MS);
    try {
      await this.list(signal);
      report();
      [this.whole, this.coming] = [!demo, null];
      if (demo) this.sources(demo, signal).catch(nothing); // if it cannot be had, that is said when it is to run
      const worker = this.worker(signal).then((made) => (onWorker(made), made));
      const send = async (/** @type {object} */ fields) => (await worker).postMessage(message(fields));
      const parts = Object.entries(this.parts(signal)).map(async ([name, value]) =>
        send({ type: "part", name, value: await value }),
      );
      await Promise.all([send({ type: "boot", expected: this.manifest }), ...parts]);
      if (this.whole) await this.rest(signal).catch(nothing); // nor that
      report();
    } catch (error) {
      if (!signal.aborted) this.forget(); // else another start may be under way, with these
      throw error;
    } finally {
      clearInterval(ticker);
    }
  }

  /** The site may have been renewed: the next try begins with the list, and keeps what still fits. */
  forget() {
    this.manifest = this.compiled = null;
    this.address = "";
    if (!globalThis.crypto?.subtle) this.kept.clear(); // nobody knows whether it was what it should be
  }

  /** @param {AbortSignal} signal */
  async list(signal) {
    const { thrice, isWhole } = this.fetching;
    const url = new URL(`runtime/manifest.json${this.release}`, this.base).href;
    this.manifest ??= await thrice(
      "The list of Python's files",
      url,
      "no-cache",
      signal,
      async (response) => {
        const text = await response.text();
        try {
          const { sha256, list } = JSON.parse(text);
          if (await isWhole(new TextEncoder().encode(JSON.stringify(list)), sha256)) return list;
        } catch {} // it is not JSON, or another
        throw new Error("a different file came");
      },
    );
    if (this.release && this.release !== `?${this.manifest.scripts}`)
      throw new Error("The site was renewed since this page was opened. Reload the page, then try again.");
  }

  /** What Python is started with. @param {AbortSignal} signal */
  parts(signal) {
    // In the order in which they are needed: on a slow line, the one is compiled or started while the next one comes.
    let turn = Promise.resolve();
    const { module, ...others } = Object.fromEntries(
      Object.entries(PARTS).map(([name, file]) => {
        const before = turn;
        /** @type {() => void} */ let nearly = nothing;
        turn = new Promise((resolve) => (nearly = resolve));
        return [name, before.then(() => this.bytes("files", `${file}.bin`, signal, nearly))];
      }),
    );
    return /** @type {any} */ ({ module: this.module(module), ...others });
  }

  /** What no demo needs, but a reader's own code may. @param {AbortSignal} signal */
  async rest(signal) {
    this.whole = true;
    try {
      return await (this.coming ??= this.bytes("files", "rest.tar.bin", signal));
    } catch (error) {
      this.coming = null;
      throw error;
    }
  }

  /** Bytes that have come, and bytes in all. @returns {[number, number]} */
  progress() {
    const files = this.manifest?.files.slice(0, this.whole ? undefined : -1) ?? []; // the rest is the last
    const sum = (/** @type {(file: File) => number} */ count) =>
      files.reduce((/** @type {number} */ all, /** @type {File} */ file) => all + count(file), 0);
    return [sum((file) => this.loaded.get(file.name) ?? 0), sum((file) => file.bytes)];
  }

  /** @param {"files" | "live" | "demos"} kind @param {string} name @param {AbortSignal} signal @param {() => void} nearly when almost all of it is there */
  async bytes(kind, name, signal, nearly = nothing) {
    const { folder, [kind]: list } = this.manifest;
    const file = list.find((/** @type {File} */ each) => each.name === name);
    if (!file) throw new Error(`${name} is not one of the site's files. Reload the page.`);
    const known = this.kept.get(file.sha256);
    if (known) return (nearly(), known);
    const place =
      kind === "live"
        ? this.fetching.HERE
        : new URL(kind === "files" ? `runtime/${folder}/` : "demos/", this.base);
    const count = (/** @type {number} */ loaded) => {
      this.loaded.set(name, loaded);
      if (file.bytes - loaded <= NEARLY) nearly();
    };
    // The runtime's folder never changes, so any copy of it will do; the others may have changed.
    const url = new URL(kind === "demos" ? name + this.release : name, place).href;
    const bytes = await this.fetching.thrice(
      `The file ${name.replace(/\.bin$/, "")}`,
      url,
      kind === "files" ? "force-cache" : "no-cache",
      signal,
      (response) => this.fetching.verified(response, file, count),
    );
    this.kept.set(file.sha256, bytes);
    nearly();
    return bytes;
  }

  /** The source of a demo and of the demos that it imports, by their names. @param {string} slug @param {AbortSignal} signal */
  async sources(slug, signal) {
    const own = await this.demo(slug, signal);
    return { ...(await this.imports(slug, signal)), [slug]: own };
  }

  /** The source of the demos that a demo imports, by their names. @param {string} slug @param {AbortSignal} signal */
  async imports(slug, signal) {
    await this.list(signal);
    const { imports } = this.manifest.demos.find(({ name }) => name === `${slug}.py`) ?? { imports: [] };
    const sources = await Promise.all(imports.map((name) => this.demo(name, signal)));
    return Object.fromEntries(imports.map((name, n) => [name, sources[n]]));
  }

  /** @param {string} slug @param {AbortSignal} signal */
  async demo(slug, signal) {
    await this.list(signal);
    return this.bytes("demos", `${slug}.py`, signal);
  }

  /** Compiled once, for all workers. @param {Promise<Uint8Array<ArrayBuffer>>} wasm */
  async module(wasm) {
    this.compiled ??= await WebAssembly.compileStreaming(unpacked(await wasm)).catch((error) => {
      console.error(error);
      throw new Error(
        this.fetching.policy(error) ||
          "This browser could not compile Python. Perhaps it lacks memory: close what else is open, or use another browser.",
      );
    });
    return this.compiled;
  }

  /** The address of a module whose bytes were verified. @param {"files" | "live"} kind @param {string} name @param {AbortSignal} signal */
  async script(kind, name, signal) {
    const bytes = await this.bytes(kind, name, signal);
    return address(kind === "files" ? await unpacked(bytes).blob() : bytes);
  }

  /**
   * A worker whose code is what was verified. The policy of the page lets a blob: worker import blob: modules by name, not on
   * demand; and such a worker inherits the policy, which one loaded by its address would not.
   * @param {AbortSignal} signal
   */
  async worker(signal) {
    if (!this.address) {
      const [api, machine, protocol, starter, worker] = await Promise.all([
        this.script("files", "pyodide.mjs.bin", signal),
        this.script("files", "pyodide.asm.mjs.bin", signal),
        ...["protocol.js", "python.js", "worker.js"].map((name) => this.script("live", name, signal)),
      ]);
      this.address = address(`
        import { loadPyodide } from "${api}";
        import createPyodideModule from "${machine}";
        import * as protocol from "${protocol}";
        import * as starter from "${starter}";
        import { serve } from "${worker}";
        serve(protocol, starter, loadPyodide, createPyodideModule);`);
    }
    signal.throwIfAborted(); // what has failed meanwhile must not leave a worker behind
    let understood = false; // a browser that does not know module workers does not ask for the type
    let made;
    try {
      made = new Worker(this.address, {
        get type() {
          understood = true;
          return /** @type {const} */ ("module");
        },
      });
    } catch (error) {
      console.error(error);
      throw new Error(
        this.fetching.policy() ||
          "This browser, or its settings for this site, did not let Python start. Another browser may.",
      );
    }
    if (understood) return made;
    made.terminate();
    throw tooOld();
  }
}
