// The page's one worker: started by the reader's first action, shared by all demos, terminated when it hangs.

import * as fetching from "./start.js";
import { isMessage, message } from "./protocol.js";

const SOFT_STOP_MS = 250;
const TICK_MS = 250;
const START_SILENCE_MS = 45_000; // enough for a slow device, once everything is downloaded
const RESTART_MS = 30_000; // after a crash Python restarts by itself, at most once in this time
const HIGH_HEAP = 512e6; // bytes: WebAssembly never returns memory, so after such a run Python is restarted
const MAX_HEAP = 1e9; // bytes: a run that needs more is stopped

/** @param {any} error */
const messageOf = (error) => String(error?.message ?? error);

/**
 * A demo or a notebook; one at a time owns the worker.
 * @typedef {{demo?: string, onProgress(progress: any): void, onReady(): void,
 *   onFail(message: string, ended?: boolean): void, onPreempted(): void, onFrame?(frame: any): void,
 *   onOutput?(output: any): void, onResult?(answer: any): void}} Owner
 */

export class Runtime {
  /** @param {URL} base the folder that holds runtime/ and demos/ */
  constructor(base) {
    this.base = base;
    this.files = /** @type {import("./load.js").Files} */ (/** @type {unknown} */ (null));
    /** @type {AbortController | null} from the start of loading to the end of the worker */
    this.loading = null;
    /** @type {Worker | null} */ this.worker = null;
    /** @type {Set<string>} in the worker: demos, their imports, "rest", "digits" */ this.sentFiles =
      new Set();
    this.phase = "start";
    this.bytes = [0, 1];
    this.ready = false;
    /** @type {Owner | null} */ this.owner = null;
    this.run = 0;
    this.timer = 0;
    this.restartedAt = -Infinity;
    /** Is the site still to be cached for offline use? */ this.offlinePending = false;
    /** The worker has been asked to cancel its run and has not answered yet. */ this.stopping = false;
    /** @type {Owner | null} the owner of cells that ran in this worker and may have changed anything in it */
    this.cellOwner = null;
  }

  /**
   * Start the worker if there is none, and report to the owner: progress, then ready.
   * @param {Owner} owner
   */
  load(owner) {
    this.claim(owner);
    if (this.ready) return owner.onReady();
    if (!this.loading) this.boot(owner.demo);
  }

  /**
   * Fetch those of Python's files that are not in memory, and start a worker with them.
   * @param {string} [demo] the first one to run
   */
  async boot(demo) {
    const { signal } = (this.loading = new AbortController());
    [this.phase, this.bytes] = ["list", [0, 1]];
    const ticker = setInterval(() => this.progress(this.phase, ...this.bytes), TICK_MS);
    try {
      if (!this.files) {
        const { Files } = await fetching.importScript("load", signal);
        this.files = new Files(this.base, fetching);
      }
      await this.files.start({
        signal,
        demo,
        onProgress: (loaded, total) => this.progress(this.phase, loaded, total),
        onWorker: (worker) => this.adopt(worker),
      });
      if (!this.ready) this.watch(START_SILENCE_MS);
    } catch (error) {
      if (!signal.aborted) this.fail(messageOf(error));
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
        fetching.policyMessage() ||
          "Python could not be started in this browser. Reload the page; if that does not help, another browser may.",
      );
  }

  /** Cache the site for offline use. Best effort; after the first figure, so as not to delay it. */
  async cacheForOffline() {
    this.offlinePending = false;
    await fetching
      .importScript("offline")
      .then(({ cacheForOffline }) => cacheForOffline(this.base, this.files.manifest))
      .catch(() => {});
  }

  /**
   * Report progress to the owner; while a download is in progress, that is the phase.
   * @param {string} phase @param {number} loaded @param {number} total
   */
  progress(phase, loaded, total) {
    [this.phase, this.bytes] = [phase, [loaded, total]];
    if (loaded < total) phase = "download";
    this.owner?.onProgress({ phase, loaded, total, notice: fetching.stallNotice() });
  }

  /**
   * Start a run and return its number; frames of an older run are dropped.
   * @param {Owner} owner @param {string} demo @param {object} settings @param {number} budgetMs
   */
  start(owner, demo, settings, budgetMs) {
    this.claim(owner);
    const run = (this.run += 1);
    const go = () =>
      this.begin(
        demo,
        (signal) => this.files.sources(demo, signal),
        (sources) => this.send({ type: "run", run, demo, settings, sources }, budgetMs),
      );
    if (Object.values(settings).includes("digits")) this.withDigits(go);
    else go();
    return run;
  }

  /**
   * Fetch the files of this run, unless the worker has them, and start it.
   * @param {string} name of the files @param {(signal: AbortSignal) => Promise<any>} get
   * @param {(files: any) => void} go
   */
  async begin(name, get, go) {
    const { worker, run } = this;
    const { signal } = /** @type {AbortController} */ (this.loading);
    try {
      const files = this.sentFiles.has(name) ? undefined : await get(signal);
      if (run !== this.run || worker !== this.worker) return; // stopped, or a newer run has started
      this.sentFiles.add(name);
      go(files);
    } catch (error) {
      if (run === this.run && !signal.aborted) this.owner?.onFail(messageOf(error));
    }
  }

  /** Send the handwritten digits first. @param {() => void} go */
  withDigits(go) {
    this.begin(
      "digits",
      (signal) => this.files.digits(signal),
      (value) => {
        if (value) this.send({ type: "part", name: "digits", value }, 0);
        go();
      },
    );
  }

  /**
   * Run a cell of a notebook, without a time limit: the reader can stop it.
   * @param {Owner} owner @param {string} slug of the notebook @param {string} source @param {string} name
   */
  runCell(owner, slug, source, name) {
    this.claim(owner);
    const run = (this.run += 1);
    this.cellOwner = owner;
    const fetchRest = (/** @type {AbortSignal} */ signal) => {
      const report = () => this.progress(this.phase, ...this.files.progress());
      const ticker = setInterval(report, TICK_MS);
      return this.files.rest(signal).finally(() => (clearInterval(ticker), report()));
    };
    this.begin("rest", fetchRest, (value) => {
      if (value) this.send({ type: "part", name: "rest", value }, 0);
      this.withDigits(() =>
        this.begin(
          `imports of ${slug}`,
          (signal) => this.files.imports(slug, signal),
          (sources) => this.send({ type: "cell", run, source, name, sources }, 0),
        ),
      );
    });
    return run;
  }

  /** Request the next figure. @param {Owner} _ @param {number} run @param {number} count @param {number} budgetMs */
  next(_, run, count, budgetMs) {
    if (run === this.run) this.send({ type: "next", run, count }, budgetMs);
  }

  /** Stop a run: ask the worker, then terminate it. Loading is aborted at once. @param {Owner} owner */
  stop(owner) {
    if (owner !== this.owner || !this.loading || this.stopping) return;
    if (!this.ready) return this.terminate();
    this.stopping = true;
    this.ready = false; // until it answers, or a new worker is ready
    this.send({ type: "cancel", run: this.run }, 0);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.renew(), SOFT_STOP_MS);
    this.run += 1;
  }

  /** Terminate the worker, whatever it is doing. */
  terminate() {
    clearTimeout(this.timer);
    this.loading?.abort();
    this.loading = null;
    this.worker?.terminate();
    this.worker = null;
    this.sentFiles.clear();
    this.ready = false;
    this.stopping = false;
    this.cellOwner = null;
  }

  /** Replace the worker, so that the next Run finds Python ready. */
  renew() {
    this.terminate();
    this.boot(this.owner?.demo);
  }

  /** Make this the owner, and stop the run of the previous one. @param {Owner} owner */
  claim(owner) {
    if (this.owner && this.owner !== owner) this.owner.onPreempted();
    this.owner = owner;
  }

  /** The owner has left the page: end its run, but keep the worker. @param {Owner} owner */
  release(owner) {
    if (this.owner === owner && this.ready) this.stop(owner);
    // A reader's own code may have changed anything: no demo of another page may run in that worker.
    if (this.cellOwner === owner) this.terminate();
    if (this.owner === owner) this.owner = null;
  }

  /**
   * @param {object} fields
   * @param {number} silenceMs how long the worker may take to answer; 0: no limit
   */
  send(fields, silenceMs) {
    this.worker?.postMessage(message(fields));
    if (silenceMs) this.watch(silenceMs);
  }

  /**
   * Fail after a silence, counted in ticks: time in which the page is frozen or the device asleep does not count.
   * @param {number} silenceMs
   */
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
    const wasReady = this.ready;
    this.terminate();
    if (!wasReady) this.files?.forget();
    this.owner?.onFail(text, true);
    if (!wasReady || performance.now() - this.restartedAt < RESTART_MS) return;
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
    // A late answer to an older run must not stop the timer of the current one.
    const isAnswer = ["frame", "result", "error"].includes(data.type);
    if (isAnswer && data.run !== undefined && data.run !== this.run) return;
    clearTimeout(this.timer);
    if (data.type === "ready") this.offlinePending = this.files.manifest?.offline;
    else if (this.offlinePending && data.type !== "done") this.cacheForOffline();
    if (data.type === "ready" || data.type === "done") {
      this.ready = true;
      this.stopping = false;
      this.owner?.onReady();
    } else if (data.type === "frame" && data.run === this.run) {
      if (data.heap > MAX_HEAP)
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
