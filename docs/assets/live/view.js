// One demo on the page: its controls, buttons, figure and sentences, all shown according to its state.

import { isBusy, megabytes, nextState, stride } from "./protocol.js";
import { Controls } from "./controls.js";
import { announcer, make, makeButton } from "./dom.js";
import { copyLink, followLink } from "./link.js";
import { Pointing } from "./pointing.js";
import { importScript } from "./start.js";

const CHANGE_MS = 150; // a run starts this long after the last change of a setting
const canHover = matchMedia("(hover: hover)");
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const PHASES = /** @type {Record<string, string>} */ ({
  list: "Python is on its way",
  download: "Python is on its way",
  start: "Python is starting",
  packages: "NumPy is starting",
  check: "The library is starting",
});
const RUN_LABELS = /** @type {Record<string, string>} */ ({
  running: "Pause",
  paused: "Go on",
  failed: "Try again",
  done: "Run again",
});

export class DemoView {
  /** @param {HTMLElement} section @param {import("./runtime.js").Runtime} runtime */
  constructor(section, runtime) {
    this.section = section;
    this.runtime = runtime;
    this.demo = section.dataset.demo ?? "";
    const { spec, settings, imports } = JSON.parse(section.dataset.declared ?? "{}");
    /** @type {string[]} the files of Python that it needs, by name */ this.files = [this.demo, ...imports];
    this.spec = spec; // without spec.run, the demo has no steps: each change of a setting redraws the figure
    this.state = "still";
    this.run = 0;
    this.frames = 0;
    /** The event to process as soon as Python is ready. */ this.pending = "";
    /** A figure has been requested and has not arrived yet. */ this.awaiting = false;
    /** @type {Promise<unknown>} */ this.painted = Promise.resolve();
    this.changeTimer = 0;
    this.resultTimer = 0;
    this.changedAt = -Infinity;
    /** @type {any} */ this.figure = null;
    /** @type {{run: number, panels: string[]}} the panels in the page, and their run */ this.drawn = {
      run: 0,
      panels: [],
    };
    /** @type {Record<string, any>} of the page as built */ this.pageSettings = settings;
    /** @type {Record<string, any>} of the current figure */ this.figureSettings = settings;
    /** Draw again when the figure in progress has arrived. */ this.redrawQueued = false;
    /** Take one step after the first figure of this run. */ this.stepWanted = false;
    /** Show only the end of this run. */ this.onlyEnd = false;
    this.announce = announcer(this.find(".demo-announcer"));
    this.controls = new Controls(section, spec.controls, settings);
    this.pointing = new Pointing(
      this.find(".demo-panels"),
      (set, deliberate) => this.onPoint(set, deliberate),
      (set) => Object.keys(this.controls.parse(set)).every((name) => name in this.controls.pointed),
    );
    this.buttons = this.makeButtons();
    this.pointing.keepFocus(() => {});
    const table = this.find(".demo-table");
    table.addEventListener("toggle", () => this.figure && this.showTable(this.figure.table));
    /** @type {HTMLFieldSetElement} */ (this.find(".demo-settings")).disabled = false;
    this.find(".demo-controls").addEventListener("input", (event) => this.onInput(event));
    this.find(".demo-controls").addEventListener("submit", (event) => event.preventDefault());
    followLink(this);
    this.update();
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.section.querySelector(selector));
  }

  makeButtons() {
    const buttons = {
      run: makeButton("Run", ({ detail }) => detail > 1 || this.toggle()), // a double click must not pause
      step: makeButton("Step", () => this.go("step")),
      stop: makeButton("Stop", () => this.stop()),
      reset: makeButton("Reset", () => this.reset()),
    };
    for (const [name, button] of Object.entries(buttons)) button.classList.add(name);
    this.find(".demo-bar").append(...Object.values(buttons));
    const link = makeButton("Link", () => copyLink(this, link));
    const embed = makeButton("Embed", () =>
      importScript("embed")
        .then(({ showEmbed }) => showEmbed(this, embed))
        .catch(({ message }) => this.say(message)),
    );
    this.find(".demo-links").append(link, embed);
    return buttons;
  }

  // --- settings ---------------------------------------------------------------------------------------

  /** @param {Event} event */
  onInput(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    this.controls.sync(input);
    this.markStale();
    if (!this.spec.run) return this.redraw();
    if (this.state === "still") return this.say("The settings have changed. Press Run.");
    this.changedAt = performance.now();
    clearTimeout(this.changeTimer);
    const delay = input.type === "number" ? 4 * CHANGE_MS : CHANGE_MS; // more digits may follow
    this.changeTimer = setTimeout(() => this.restart("run"), delay);
  }

  /**
   * A part of the figure was pointed at. Merely hovering starts nothing that takes time.
   * @param {string} set @param {boolean} deliberate by a tap or a key
   */
  onPoint(set, deliberate) {
    const wanted = this.controls.parse(set);
    // A redraw puts a new part under a resting pointer, which fires again: without a change, draw nothing.
    const unchanged = this.controls.match(wanted);
    if (!deliberate && this.state === "still" && !this.spec.run)
      this.say("Click it, and the figure comes alive.");
    if (!deliberate && (unchanged || this.spec.run || !this.runtime.ready)) return;
    const wasDone = this.state === "done";
    this.controls.fill(wanted);
    this.markStale();
    if (!this.spec.run) return this.redraw();
    this.restart("run");
    this.onlyEnd = wasDone; // the reader has seen this run: show its end at once
  }

  /** Draw the figure for the current settings; while one is in progress, the latest settings win. */
  redraw() {
    this.redrawQueued = this.awaiting;
    if (!this.redrawQueued && this.state !== "loading") this.restart("run");
  }

  /** Dim the figure when it does not show the current settings. */
  markStale() {
    // A redraw takes a few hundredths of a second: dimming the figure for so short a time would flicker.
    const redraws = !this.spec.run && this.runtime.ready;
    this.section.toggleAttribute("data-stale", !this.controls.match(this.figureSettings) && !redraws);
  }

  // --- the reader's actions ---------------------------------------------------------------------------

  /**
   * Run or pause. Right after a setting has changed, Run refers to the run that this has started.
   */
  toggle() {
    if (this.state !== "running") return this.go("run");
    if (performance.now() - this.changedAt <= 6 * CHANGE_MS) return;
    this.enter("pause");
    this.say("Paused.");
  }

  /** Continue the run, or take one step of it; without a run, start one. @param {"run" | "step"} event */
  go(event) {
    if (this.state === "loading") return;
    const inProgress = (this.state === "paused" || this.state === "running") && this.run;
    if (!inProgress) {
      this.restart(event);
      this.stepWanted = event === "step";
      return;
    }
    this.enter(event);
    if (event === "step") this.say("Paused after a step.");
    if (!this.awaiting) this.requestFigure();
  }

  /** Start a run with the current settings. @param {"run" | "step"} event */
  restart(event) {
    clearTimeout(this.changeTimer);
    this.find(".demo-error").hidden = true;
    this.pending = event;
    this.stepWanted = false;
    this.onlyEnd = false;
    this.run = 0;
    this.frames = 0;
    this.markStale();
    if (!this.runtime.ready) {
      this.enter("load");
      this.say("Python is starting.");
    }
    this.runtime.load(this);
  }

  stop() {
    this.settle();
    this.runtime.stop(this);
    this.enter("stop");
    this.say("Stopped.");
    this.section.dispatchEvent(new CustomEvent("demo-aborted"));
  }

  /** The run has ended in some way: cancel timers, and update the table to match the figure. */
  settle() {
    clearTimeout(this.changeTimer);
    clearTimeout(this.resultTimer);
    this.run = 0;
    this.awaiting = false;
    this.pending = "";
    if (this.figure) this.showTable(this.figure.table);
  }

  reset() {
    if (this.state !== "still") this.restart("step");
  }

  /** Stop any current or pending run, and return to the initial state. */
  makeStill() {
    if (isBusy(this.state)) this.stop();
    else this.settle();
    this.find(".demo-error").hidden = true;
    this.state = "still";
    this.update();
  }

  // --- the worker's messages --------------------------------------------------------------------------

  /** @param {{phase: string, loaded: number, total: number, notice: string}} progress */
  onProgress({ phase, loaded, total, notice }) {
    const bar = /** @type {HTMLProgressElement} */ (this.find(".demo-load progress"));
    bar.value = loaded / (total || 1); // the total is unknown until the list of files arrives
    let text = PHASES[phase];
    if (phase === "download") text += `: ${megabytes(loaded)} of ${megabytes(total)} MB`;
    else if (phase !== "list") text += ", a few seconds more";
    this.find(".demo-bytes").textContent = notice ? `${text}. ${notice}` : text;
  }

  onReady() {
    if (this.state === "loading") this.enter("loaded");
    if (!this.pending) return;
    const event = this.pending;
    this.pending = "";
    this.figureSettings = this.controls.values();
    this.section.dataset.shown = JSON.stringify(this.figureSettings);
    this.enter(event);
    this.say(!this.spec.run ? "" : event === "run" ? "Running." : "Before the first step.");
    this.awaiting = true;
    this.run = this.runtime.start(this, this.demo, this.figureSettings, 1000 * this.spec.budget);
  }

  /**
   * At most one figure for each frame of the display.
   * @param {{run: number, figure: any, done: boolean}} frame
   */
  async onFrame({ run, figure, done }) {
    await this.painted;
    if (run !== this.run) return; // another run has begun meanwhile, and awaits a figure of its own
    this.awaiting = false;
    if (figure && (done || !this.onlyEnd)) {
      this.frames += 1;
      try {
        this.show(figure);
      } catch (error) {
        this.runtime.stop(this);
        return this.onFail(`The figure cannot be shown: ${error instanceof Error ? error.message : error}.`);
      }
    }
    if (done) {
      this.settle();
      this.enter("finish");
      // Before the next figure is requested: listeners compare this figure with these settings.
      const detail = { figure: this.figure, settings: this.figureSettings };
      this.section.dispatchEvent(new CustomEvent("demo-done", { bubbles: true, detail }));
      if (this.redrawQueued) this.redraw();
      else this.sayResult();
    } else if (this.state === "running") {
      this.painted = new Promise(requestAnimationFrame);
      this.requestFigure(); // the worker computes it while the page paints this one
    } else if (this.stepWanted) {
      this.stepWanted = false;
      this.say("Paused after a step.");
      this.requestFigure();
    } else {
      this.showTable(this.figure.table);
    }
  }

  /** Ask the worker for the next figure, unless one is on its way. */
  requestFigure() {
    if (this.awaiting || !this.run || !isBusy(this.state)) return;
    this.awaiting = true;
    const count = this.state === "running" ? stride(this.frames, reducedMotion.matches) : 1;
    if (this.onlyEnd) this.runtime.next(this.run, 1e6, 4000 * this.spec.budget);
    else this.runtime.next(this.run, count, 1000 * this.spec.budget);
  }

  /** @param {string} text */
  onFail(text) {
    if (!isBusy(this.state)) return; // Python was started in advance and failed: the next Run tries again
    if (this.run) this.section.setAttribute("data-stale", ""); // the figure still shows the previous settings
    this.settle();
    this.enter("fail");
    if (this.redrawQueued) return this.redraw(); // the settings have changed meanwhile and may be valid
    const error = this.find(".demo-error");
    error.textContent = text;
    error.hidden = false;
    this.say("");
    this.section.dispatchEvent(new CustomEvent("demo-aborted"));
  }

  onPreempted() {
    if (!isBusy(this.state)) return;
    this.settle();
    this.enter("stop");
    this.say("Stopped, because another demo was started.");
  }

  dispose() {
    this.settle();
    this.runtime.release(this);
  }

  // --- output -----------------------------------------------------------------------------------------

  /** @param {string} event */
  enter(event) {
    this.state = nextState(this.state, event);
    this.update();
  }

  update() {
    const { state, buttons } = this;
    this.section.dataset.state = state;
    if (!this.spec.run) this.updateBar();
    const needsRun = this.spec.run || state === "failed";
    buttons.run.textContent = needsRun ? (RUN_LABELS[state] ?? "Run") : "Make it live";
    const disable = (/** @type {HTMLElement} */ button, /** @type {boolean} */ disabled) =>
      button.setAttribute("aria-disabled", String(disabled));
    disable(buttons.run, state === "loading");
    disable(buttons.step, state === "loading");
    disable(buttons.stop, !isBusy(state));
    disable(buttons.reset, state === "still" || state === "loading");
    this.find(".demo-load").hidden = state !== "loading";
    this.find(".demo-figure").setAttribute("aria-busy", String(state === "running"));
  }

  /**
   * Without steps there is nothing to run: one button fetches Python, and then disappears.
   */
  updateBar() {
    const { run, step, stop, reset } = this.buttons;
    const focused = Object.values(this.buttons).find((button) => button === document.activeElement);
    for (const button of [step, reset]) button.hidden = true;
    run.hidden = this.state !== "still" && this.state !== "failed" && this.state !== "stopped";
    stop.hidden = this.state !== "loading";
    if (!focused?.hidden) return;
    const next = [run, stop].find((button) => !button.hidden) ?? this.find(".demo-panels [tabindex='0']");
    next?.focus({ preventScroll: true });
  }

  /**
   * Show a status and announce it: on changes of phase, never for each frame.
   * @param {string} text @param {string} more text below the figure, announced with the status
   */
  say(text, more = "") {
    this.find(".demo-status").textContent = text;
    this.announce(`${text} ${more}`.trim());
  }

  /**
   * Announce the result: at once after a run, but only after a pause where the figure follows every touch.
   */
  sayResult() {
    if (this.spec.run) return this.say("Done.", this.figure?.alt);
    const isHeld = this.pointing.pinned && canHover.matches;
    const text = isHeld ? "Held. Click it again, or press Escape, to let go." : "";
    this.resultTimer = setTimeout(() => this.say(text, this.figure?.alt), 1000);
  }

  /** @param {any} figure */
  show(figure) {
    this.figure = figure;
    const panels = this.find(".demo-panels");
    this.pointing.keepFocus(() => this.draw(panels, figure.panels));
    panels.setAttribute("aria-label", figure.alt);
    this.find(".demo-result").textContent = figure.alt;
    this.find(".demo-caption").textContent = figure.caption;
    this.section.removeAttribute("data-stale");
    if (/** @type {HTMLDetailsElement} */ (this.find(".demo-table")).open) this.showTable(figure.table);
  }

  /**
   * Draw the panels that changed; all of them for the first figure of a run, since somebody may wait for it.
   * @param {HTMLElement} box @param {string[]} panels
   */
  draw(box, panels) {
    const { importSvg } = this.runtime;
    const isFirst = this.spec.run && this.drawn.run !== this.run;
    const before = isFirst ? [] : this.drawn.panels;
    if (before.length !== panels.length) box.replaceChildren(...panels.map(importSvg));
    else panels.forEach((svg, n) => svg !== before[n] && box.children[n].replaceWith(importSvg(svg)));
    this.drawn = { run: this.run, panels };
  }

  /**
   * With headings, since the columns may depend on a setting.
   * @param {import("./protocol.js").Figure["table"]} table
   */
  showTable({ columns, rows }) {
    const isText = (/** @type {{text: string, value: string}} */ { text, value }) =>
      /[a-z]/i.test(text) && value !== "nan";
    const align = columns.map((_, index) =>
      rows.length && isText(rows[0][index]) ? { class: "words" } : {},
    );
    const headings = columns.map((name, index) => make("th", { scope: "col", ...align[index] }, name));
    const body = rows.map((row) => {
      const cells = row.map((cell, index) => {
        const translate = isText(cell) ? {} : { translate: "no" };
        return make("td", { ...translate, "data-value": cell.value, ...align[index] }, cell.text);
      });
      return make("tr", {}, ...cells);
    });
    this.find(".demo-table thead tr").replaceChildren(...headings);
    this.find(".demo-table tbody").replaceChildren(...body);
  }
}
