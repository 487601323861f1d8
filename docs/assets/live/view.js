// One demo on the page: the reader's actions and the source's figures become messages to its state, and the
// effects that follow from them are carried out here.

import { stride, megabytes } from "./protocol.js";
import { STILL, isBusy, reduce } from "./state.js";
import { Bar } from "./bar.js";
import { Controls } from "./controls.js";
import { mountDials } from "./dial.js";
import { FigureView } from "./figure.js";
import { followLink } from "./link.js";
import { Pointing } from "./pointing.js";
import { Recording, agree } from "./recording.js";

const CHANGE_MS = 150; // a run starts this long after the last change of a setting
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const PHASES = /** @type {Record<string, string>} */ ({
  list: "Python is on its way",
  download: "Python is on its way",
  start: "Python is starting",
  packages: "NumPy is starting",
  check: "The library is starting",
});

export class DemoView {
  /** @param {HTMLElement} section @param {import("./runtime.js").Runtime} runtime */
  constructor(section, runtime) {
    this.section = section;
    this.runtime = runtime;
    this.demo = section.dataset.demo ?? "";
    const { spec, settings, imports, recordings } = JSON.parse(section.dataset.declared ?? "{}");
    /** @type {string[]} the files of Python that it needs, by name */ this.files = [this.demo, ...imports];
    this.spec = spec; // without spec.run, the demo has no steps: each change of a setting redraws the figure
    this.state = STILL;
    /** The source's number of the current run; 0 without one. */ this.run = 0;
    /** @type {Promise<unknown>} the last figure is in view */ this.painted = Promise.resolve();
    this.changeTimer = 0;
    this.resultTimer = 0;
    this.changedAt = -Infinity;
    /** @type {Record<string, any>} of the page as built */ this.pageSettings = settings;
    /** @type {Record<string, any>} of the current figure */ this.figureSettings = settings;
    /** @type {Recording | null} */ this.recording = recordings.length
      ? new Recording(recordings, settings, spec.recorded, !spec.run)
      : null;
    /** @type {Recording | import("./runtime.js").Runtime} of the figures */ this.source = runtime;
    /** @type {any} the frame that has just arrived */ this.frame = null;
    this.controls = new Controls(section, spec.controls, settings);
    this.pointing = new Pointing(
      this.find(".demo-panels"),
      (set, deliberate) => this.onPoint(set, deliberate),
      (set) => Object.keys(this.controls.parse(set)).every((name) => name in this.controls.pointed),
    );
    this.figure = new FigureView(section, (replace) => this.pointing.keepFocus(replace));
    this.bar = new Bar(this);
    this.pointing.keepFocus(() => {});
    mountDials(this.find(".demo-panels"));
    for (const part of section.querySelectorAll("fieldset[disabled]")) part.removeAttribute("disabled");
    section.addEventListener("input", (event) => this.onInput(event));
    this.find(".demo-controls").addEventListener("submit", (event) => event.preventDefault());
    followLink(this);
    this.bar.update();
    if (this.recording) this.prefetch();
  }

  /** Load the recording of the page's settings when the demo comes near, and all others when the reader comes to it. */
  prefetch() {
    const near = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (!isIntersecting) return;
        near.disconnect();
        this.loadRecorded(this.pageSettings).then(() => this.playsItself() && this.playOnce());
      },
      { rootMargin: "300px" },
    );
    near.observe(this.section);
    for (const event of ["pointerenter", "focusin"])
      this.section.addEventListener(event, () => this.loadRecorded(), { once: true });
  }

  /** Does its run play once by itself? On the start page only. */
  playsItself() {
    return this.spec.run && location.pathname === new URL("../", this.runtime.base).pathname;
  }

  /** Load the recording of a run, or of all. @param {Record<string, any>} [settings] */
  async loadRecorded(settings) {
    try {
      await this.recording?.load(settings);
      this.bar.showPosition();
      this.bar.showOrigin();
    } catch {
      this.recording = null; // a fault costs the recording and nothing else
      this.bar.showPosition();
      this.bar.update();
    }
  }

  /** Play the recorded run once, when its figure is in view, unless the reader acts before. */
  playOnce() {
    const isUntouched = () =>
      this.state.phase === "still" && this.isRecorded() && this.controls.match(this.pageSettings);
    const seen = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (!isIntersecting) return;
        seen.disconnect();
        setTimeout(() => isUntouched() && !reducedMotion.matches && this.begin("run"), 1500);
      },
      { threshold: 0.6 },
    );
    for (const part of this.find(".demo-panels").children) seen.observe(part);
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.section.querySelector(selector));
  }

  // --- the state --------------------------------------------------------------------------------------

  /** @param {import("./state.js").Message} message */
  send(message) {
    const [state, effects] = reduce(this.state, message);
    this.state = state;
    this.bar.update();
    for (const effect of effects) if (this.perform(effect) === false) return;
  }

  /** @param {import("./state.js").Effect} effect @returns {boolean | void} false: the following do not apply */
  perform(effect) {
    switch (effect.type) {
      case "load":
        return void this.load();
      case "start":
        return this.start();
      case "next":
        return this.requestFigure(this.run);
      case "stop":
        return this.source.stop(this);
      case "show":
        return this.show();
      case "table":
        return this.figure.showTable();
      case "end":
        return this.end();
      case "finish": {
        // Before the next figure is requested: listeners compare this figure with these settings.
        const detail = { figure: this.figure.current, settings: this.figureSettings };
        return void this.section.dispatchEvent(new CustomEvent("demo-done", { bubbles: true, detail }));
      }
      case "abort":
        return void this.section.dispatchEvent(new CustomEvent("demo-aborted"));
      case "again":
        return this.redraw();
      case "result":
        return this.sayResult();
      case "say":
        return this.bar.say(effect.text);
      case "error":
        if (this.run) this.section.setAttribute("data-stale", ""); // the figure still shows the previous settings
        return this.bar.showError(effect.text);
    }
  }

  // --- the reader's actions ---------------------------------------------------------------------------

  /** @param {Event} event */
  onInput(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (!input.closest("[data-control]")) return; // the scrubber, or a field of another script
    this.controls.sync(input);
    if (this.spec.sentence) this.controls.fill(this.controls.home); // it says all; what was pointed at before is over
    this.markStale();
    if (!this.spec.run) return this.redraw();
    if (this.state.phase === "still" && !this.isRecorded())
      return this.bar.say(`The settings have changed. Press ${this.bar.buttons.run.textContent}.`);
    this.changedAt = performance.now();
    clearTimeout(this.changeTimer);
    if (this.recording?.find(this.controls.values())) return this.begin("run");
    const delay = input.type === "number" ? 4 * CHANGE_MS : CHANGE_MS; // more digits may follow
    this.changeTimer = setTimeout(() => this.begin("run"), delay);
  }

  /**
   * A part of the figure was pointed at. Merely hovering starts nothing that takes time.
   * @param {string} set @param {boolean} deliberate by a tap or a key
   */
  onPoint(set, deliberate) {
    const wanted = this.controls.parse(set);
    // A redraw puts a new part under a resting pointer, which fires again: without a change, draw nothing.
    const unchanged = this.controls.match(wanted);
    const recorded = this.recording?.find({ ...this.controls.values(), ...wanted });
    const quick = !this.spec.run && (this.runtime.ready || recorded);
    if (!deliberate && !quick && this.state.phase === "still" && !this.spec.run)
      this.bar.say(this.recording ? "" : "Click it, and the figure comes alive.");
    if (!deliberate && (unchanged || !quick)) return;
    const wasDone = this.state.phase === "done";
    this.controls.fill(wanted);
    this.markStale();
    if (!this.spec.run) return this.redraw();
    this.begin(wasDone ? "last" : "run"); // a reader who has seen this run sees its end at once
  }

  /** Draw the figure for the current settings; while one is in progress, the latest settings win. */
  redraw() {
    this.chooseSource(false);
    this.send({ type: "redraw", ready: this.source.ready });
  }

  /** Run or pause. Right after a setting has changed, Run refers to the run that this has started. */
  toggle() {
    if (this.state.phase !== "running") return this.go("run");
    if (performance.now() - this.changedAt > 6 * CHANGE_MS) this.send({ type: "run" });
  }

  /** Continue the run, or take one step of it; without a run, start one. @param {"run" | "step"} type */
  go(type) {
    if (this.state.phase === "running" || this.state.phase === "paused") this.send({ type });
    else if (this.state.phase !== "loading") this.begin(type);
  }

  /**
   * Start a run with the current settings.
   * @param {import("./state.js").Wish} wish @param {boolean} [live] by Python, even if the run is recorded
   */
  begin(wish, live = false) {
    clearTimeout(this.changeTimer);
    this.bar.hideError();
    this.markStale();
    this.chooseSource(live);
    this.send({ type: "begin", wish: this.spec.run ? wish : "last", ready: this.source.ready });
  }

  /** Show the figure of a recorded run at a position. @param {number} position */
  seek(position) {
    const recording = /** @type {Recording} */ (this.recording);
    if (!this.run || this.source !== recording) this.begin("first");
    if (!this.run) return; // it is still being loaded
    this.send({ type: "seek" });
    recording.seek(this, position);
  }

  reset() {
    if (this.state.phase !== "still") this.begin("first");
  }

  /** Stop any current or pending run, and return to the state of the built page. */
  makeStill() {
    this.bar.hideError();
    this.send({ type: "reset" });
  }

  // --- the source of the figures ----------------------------------------------------------------------

  /** Is the run with the current settings recorded? */
  isRecorded() {
    return Boolean(this.recording?.has(this.controls.values()));
  }

  /** @param {boolean} live by Python, even if the run is recorded */
  chooseSource(live) {
    const source = this.recording && !live && this.isRecorded() ? this.recording : this.runtime;
    if (source !== this.source && isBusy(this.state.phase)) this.source.stop(this);
    this.source = source;
    if (source === this.recording)
      this.recording.ready = Boolean(this.recording.find(this.controls.values()));
    this.bar.showPosition();
  }

  async load() {
    if (this.source === this.runtime) {
      this.bar.say("Python is starting.");
      return this.runtime.load(this);
    }
    await this.loadRecorded(this.spec.run ? this.controls.values() : undefined);
    if (this.recording?.find(this.controls.values())) this.send({ type: "ready" });
    else if (this.state.phase === "loading" && !this.isRecorded()) this.begin(this.state.wish);
  }

  start() {
    this.figureSettings = this.controls.values();
    this.section.dataset.shown = JSON.stringify(this.figureSettings);
    this.run = this.source.start(this, this.demo, this.figureSettings, 1000 * this.spec.budget);
  }

  /** Ask for the next figure: Python computes it while the page paints the last one. @param {number} run */
  requestFigure(run) {
    const budget = 1000 * this.spec.budget;
    if (this.state.wish === "last") return this.source.next(this, run, 1e6, 4 * budget);
    this.painted = new Promise(requestAnimationFrame);
    const count = this.state.wish === "run" ? stride(this.state.frames, reducedMotion.matches) : 1;
    this.source.next(this, run, count, budget);
  }

  /** @param {{phase: string, loaded: number, total: number, notice: string}} progress */
  onProgress({ phase, loaded, total, notice }) {
    let text = PHASES[phase];
    if (phase === "download") text += `: ${megabytes(loaded)} of ${megabytes(total)} MB`;
    else if (phase !== "list") text += ", a few seconds more";
    this.bar.showProgress(loaded / (total || 1), notice ? `${text}. ${notice}` : text); // the total comes with the list of files
  }

  onReady() {
    if (this.source === this.runtime) this.send({ type: "ready" });
  }

  /**
   * At most one figure for each frame of the display.
   * @param {{run: number, figure: any, done: boolean}} frame
   */
  async onFrame(frame) {
    await this.painted;
    if (frame.run !== this.run) return; // another run has begun meanwhile, and awaits a figure of its own
    this.frame = frame;
    this.send({ type: "frame", done: frame.done });
  }

  /** @param {string} text */
  onFail(text) {
    if (this.source === this.runtime) this.send({ type: "fail", text });
  }

  onPreempted() {
    if (this.source === this.runtime) this.send({ type: "preempt" });
  }

  dispose() {
    this.end();
    this.runtime.release(this);
  }

  // --- the figure -------------------------------------------------------------------------------------

  /** @returns {boolean} false if it cannot be shown */
  show() {
    const { figure } = this.frame;
    if (!figure) return true; // the run ended with the figure before
    try {
      // All of the first figure of a run, since somebody may wait for it.
      this.figure.show(figure, this.spec.run && this.state.frames <= 1);
      this.bar.showPosition();
      this.bar.showOrigin();
      return true;
    } catch (error) {
      this.source.stop(this);
      const reason = error instanceof Error ? error.message : error;
      this.state = { ...this.state, phase: "running" };
      this.send({ type: "fail", text: `The figure cannot be shown: ${reason}.` });
      return false;
    }
  }

  /** Dim the figure when it does not show the current settings. */
  markStale() {
    // A redraw takes a few hundredths of a second: dimming the figure for so short a time would flicker.
    const redraws = !this.spec.run && (this.runtime.ready || this.isRecorded());
    this.section.toggleAttribute("data-stale", !this.controls.match(this.figureSettings) && !redraws);
  }

  /** A run is over: cancel timers, and make the table match the figure. */
  end() {
    clearTimeout(this.changeTimer);
    clearTimeout(this.resultTimer);
    this.run = 0;
    this.figure.showTable();
  }

  /** Does the run of this browser agree with the recording? Nothing if it is not recorded. */
  compare() {
    const frame = this.recording?.find(this.figureSettings)?.frames.at(-1);
    if (!frame || !this.figure.current) return "";
    return agree(frame.table, this.figure.current.table)
      ? " Your browser’s numbers agree with the recording."
      : " Your browser’s numbers differ from the recording by more than a millionth: rounding has grown.";
  }

  /** Announce the result: at once after a run, but only after a pause where the figure follows every touch. */
  sayResult() {
    const alt = this.figure.current?.alt;
    if (this.spec.run) {
      const compared = this.source === this.runtime ? this.compare() : "";
      this.section.toggleAttribute("data-compared", Boolean(compared)); // which stays in sight
      return this.bar.say(`Done.${compared}`, alt);
    }
    this.resultTimer = setTimeout(() => this.bar.say("", alt), 1000);
  }
}
