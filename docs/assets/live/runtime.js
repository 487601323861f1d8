// The one worker of the document: started by the reader's first action, kept warm, ended when it does not answer.

import * as fetching from "./start.js";
import { isMessage, message } from "./protocol.js";

const SOFT_STOP_MS = 250;
const TICK_MS = 250;
const START_SILENCE_MS = 45_000; // a slow device, after all bytes have come
const RESTART_MS = 30_000; // after a fault Python is started anew by itself, but not again and again
const HIGH_HEAP = 512e6; // bytes: Python never gives memory back, so after such a run it is started anew
const TOP_HEAP = 1e9; // a run that needs more is ended

/** @param {any} error */
const words = (error) => String(error?.message ?? error);

/**
 * @typedef {{demo?: string, onProgress(progress: any): void, onReady(): void, onFail(message: string, ended?: boolean): void, onTaken(): void,
 *   onFrame?(frame: any): void, onOutput?(output: any): void, onResult?(answer: any): void}} Owner
 */

export class Runtime {
  /** @param {URL} base the folder that holds runtime/ and demos/ */
  constructor(base) {
    this.base = base;
    this.files = /** @type {import("./load.js").Files} */ (/** @type {unknown} */ (null));
    /** @type {typeof import("./svg.js").importSvg | any} */ this.importSvg = null;
    /** @type {AbortController | null} of what loads, or has loaded, the worker */ this.control = null;
    /** @type {Worker | null} */ this.worker = null;
    /** @type {Set<string>} what the worker has been given of demos, and the rest of Python's files */ this.given =
      new Set();
    this.phase = "start";
    this.bytes = [0, 1];
    this.ready = false;
    /** @type {Owner | null} */ this.owner = null;
    this.run = 0;
    this.timer = 0;
    this.restartedAt = -Infinity;
    /** The site is still to be kept for a time without a network. */ this.keeps = false;
    /** A soft stop has been asked for and not been answered yet. */
    this.stopping = false;
    /** @type {Owner | null} whose cells have run in this worker: they may have changed anything in it */
    this.cellOwner = null;
  }

  /** Start the worker if there is none. The owner hears of progress, and then that it is ready. @param {Owner} owner */
  load(owner) {
    this.take(owner);
    if (this.ready) return owner.onReady();
    if (!this.control) this.boot(owner.demo);
  }

  /** Fetch Python's files, or take those that were fetched before, and start a worker with them. @param {string} [demo] that will be run first */
  async boot(demo) {
    const control = (this.control = new AbortController());
    [this.phase, this.bytes] = ["list", [0, 1]];
    const { signal } = control;
    const ticker = setInterval(() => this.progress(this.phase, ...this.bytes), TICK_MS);
    try {
      if (!this.files) {
        const [{ Files }, { importSvg }] = await Promise.all(
          ["load", "svg"].map((name) => fetching.importLate(name, signal)),
        );
        this.files = new Files(this.base, fetching);
        this.importSvg = importSvg;
      }
      await this.files.start({
        signal,
        demo,
        onProgress: (loaded, total) => this.progress(this.phase, loaded, total),
        onWorker: (worker) => this.adopt(worker),
      });
      if (!this.ready) this.watch(START_SILENCE_MS);
    } catch (error) {
      if (!signal.aborted) this.fail(words(error));
    } finally {
      clearInterval(ticker);
    }
  }

  /** @param {Worker} worker */
  adopt(worker) {
    this.worker = worker;
    worker.onmessage = ({ data }) =>
      worker === this.worker && isMessage(data, "fromWorker") && this.receive(data);
    worker.onerror = () =>
      worker === this.worker &&
      this.fail(
        fetching.policy() ||
          "Python could not be started in this browser. Reload the page; if that does not help, another browser may.",
      );
  }

  /** For the next time without a network. If it cannot be, nothing is lost. Not before a first figure: it takes time too. */
  async stayOffline() {
    this.keeps = false;
    const { signal } = new AbortController();
    await fetching
      .importLate("offline", signal)
      .then(({ stayOffline }) => stayOffline(this.base, this.files.manifest))
      .catch(() => {});
  }

  /** While bytes are on their way, they are what is told. @param {string} phase @param {number} loaded @param {number} total */
  progress(phase, loaded, total) {
    [this.phase, this.bytes] = [phase, [loaded, total]];
    this.owner?.onProgress({
      phase: loaded < total ? "download" : phase,
      loaded,
      total,
      late: fetching.late(),
    });
  }

  /**
   * Begin a run and return its number; frames of an older run are dropped.
   * @param {Owner} owner @param {string} demo @param {object} settings @param {number} budgetMs
   */
  start(owner, demo, settings, budgetMs) {
    this.take(owner);
    const run = (this.run += 1);
    this.begin(
      demo,
      (signal) => this.files.sources(demo, signal),
      (sources) => this.send({ type: "run", run, demo, settings, sources }, budgetMs),
    );
    return run;
  }

  /** Fetch what this run needs and the worker has not been given yet. @param {string} name @param {(signal: AbortSignal) => Promise<any>} get @param {(fetched: any) => void} go */
  async begin(name, get, go) {
    const { worker, run } = this;
    const { signal } = /** @type {AbortController} */ (this.control);
    try {
      const fetched = this.given.has(name) ? undefined : await get(signal);
      if (run !== this.run || worker !== this.worker) return; // stopped meanwhile, or something newer has begun
      this.given.add(name);
      go(fetched);
    } catch (error) {
      if (run === this.run && !signal.aborted) this.owner?.onFail(words(error));
    }
  }

  /** Run a notebook's cell; it may take as long as it likes, Stop is there. @param {Owner} owner @param {string} slug of the notebook @param {string} source @param {string} name */
  runCell(owner, slug, source, name) {
    this.take(owner);
    const run = (this.run += 1);
    this.cellOwner = owner;
    const get = (/** @type {AbortSignal} */ signal) => {
      const report = () => this.progress(this.phase, ...this.files.progress());
      const ticker = setInterval(report, TICK_MS);
      return this.files.rest(signal).finally(() => (clearInterval(ticker), report()));
    };
    this.begin("rest", get, (value) => {
      if (value) this.send({ type: "part", name: "rest", value }, 0);
      this.begin(
        `imports of ${slug}`,
        (signal) => this.files.imports(slug, signal),
        (sources) => this.send({ type: "cell", run, source, name, sources }, 0),
      );
    });
    return run;
  }

  /** Ask for the next figure. @param {number} run @param {number} count @param {number} budgetMs */
  next(run, count, budgetMs) {
    if (run === this.run) this.send({ type: "next", run, count }, budgetMs);
  }

  /** Stop: asked first, then by force. What loads is ended at once. @param {Owner} owner */
  stop(owner) {
    if (owner !== this.owner || !this.control || this.stopping) return;
    if (!this.ready) return this.terminate();
    this.stopping = true;
    this.ready = false; // until it has answered, or a new worker is there
    this.send({ type: "cancel", run: this.run }, 0);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.renew(), SOFT_STOP_MS);
    this.run += 1;
  }

  /** End the worker: the stop that always works. */
  terminate() {
    clearTimeout(this.timer);
    this.control?.abort();
    this.control = null;
    this.worker?.terminate();
    this.worker = null;
    this.given.clear();
    this.ready = false;
    this.stopping = false;
    this.cellOwner = null;
  }

  /** End the worker and start another, so that the next Run finds Python ready. */
  renew() {
    this.terminate();
    this.boot(this.owner?.demo);
  }

  /** @param {Owner} owner */
  take(owner) {
    if (this.owner && this.owner !== owner) this.owner.onTaken();
    this.owner = owner;
  }

  /** The owner has left the page: end its run and keep the worker. @param {Owner} owner */
  release(owner) {
    if (this.owner === owner && this.ready) this.stop(owner);
    // What a reader's own code has changed must not reach another page's demo.
    if (this.cellOwner === owner) this.terminate();
    if (this.owner === owner) this.owner = null;
  }

  /** @param {object} fields @param {number} silenceMs how long no answer may come; 0: no answer is expected */
  send(fields, silenceMs) {
    this.worker?.postMessage(message(fields));
    if (silenceMs) this.watch(silenceMs);
  }

  /** In ticks: while a page is frozen, or its device asleep, nobody waits. @param {number} silenceMs */
  watch(silenceMs, ticks = silenceMs / TICK_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (ticks > 1) return this.watch(silenceMs, ticks - 1);
      this.fail(
        this.ready
          ? `The run did not answer for ${Math.round(silenceMs / 1000)} seconds and was ended. Choose smaller settings, or press Run to try again.`
          : `Python did not come to life within ${START_SILENCE_MS / 1000} seconds. Close what else is busy on this device, then try again.`,
      );
    }, TICK_MS);
  }

  /** @param {string} text */
  fail(text) {
    const wasThere = this.ready;
    this.terminate();
    if (!wasThere) this.files?.forget();
    this.owner?.onFail(text, true);
    if (!wasThere || performance.now() - this.restartedAt < RESTART_MS) return;
    this.restartedAt = performance.now();
    this.boot(this.owner?.demo);
  }

  /** @param {import("./protocol.js").Message} data */
  receive(data) {
    if (data.type === "progress") {
      const [loaded, total] = this.bytes;
      if (loaded === total) this.watch(START_SILENCE_MS);
      this.progress(data.phase, loaded, total);
      return;
    }
    if (data.type === "output") return data.run === this.run && this.owner?.onOutput?.(data);
    // A late answer to an older run must not quiet the watch over the present one.
    if (["frame", "result", "error"].includes(data.type) && data.run !== undefined && data.run !== this.run)
      return;
    clearTimeout(this.timer);
    if (data.type === "ready") this.keeps = this.files.manifest?.offline;
    else if (this.keeps && data.type !== "done") this.stayOffline();
    if (data.type === "ready" || data.type === "done") {
      this.ready = true;
      this.stopping = false;
      this.owner?.onReady();
    } else if (data.type === "frame" && data.run === this.run) {
      if (data.heap > TOP_HEAP)
        return this.fail("The run needed more than 1 GB of memory and was ended. Choose smaller settings.");
      if (data.done && data.heap > HIGH_HEAP) this.renew();
      this.owner?.onFrame?.(data);
    } else if (data.type === "result" && data.run === this.run) {
      const renewed = data.heap > HIGH_HEAP;
      if (renewed) this.renew();
      this.owner?.onResult?.({ ...data, renewed });
    } else if (data.type === "error" && (data.run === undefined || data.run === this.run)) {
      if (data.kind === "load" || data.kind === "fatal") this.fail(data.message);
      else this.owner?.onFail(data.message);
    }
  }
}
