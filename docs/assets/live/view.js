// One demo on the page: its controls, buttons, figure and words. What it shows follows from its state.

import { isBusy, megabytes, nextState, stride } from "./protocol.js";
import { Controls } from "./controls.js";
import { Pointing } from "./pointing.js";
import { fromFragment, toFragment } from "./settings.js";
import { importLate } from "./start.js";

const CHANGE_MS = 150;
const hovers = matchMedia("(hover: hover)");
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {string} name @param {Record<string, string>} attributes @param {(string | Node)[]} children */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A button that keeps the focus also while it is off. @param {string} text @param {(event: MouseEvent) => void} action */
export function makeButton(text, action) {
  const button = make("button", { type: "button" }, text);
  button.addEventListener(
    "click",
    (event) => button.getAttribute("aria-disabled") !== "true" && action(event),
  );
  return button;
}

const HEARD_MS = 5000;

/** Tell who listens: at most once in so long, and then the latest. @param {HTMLElement} region @returns {(text: string) => void} */
export function teller(region) {
  let [latest, timer, due] = ["", 0, 0];
  return (text) => {
    latest = text;
    timer ||= setTimeout(() => {
      [timer, due] = [0, performance.now() + HEARD_MS];
      if (region.textContent !== latest) region.textContent = latest;
    }, due - performance.now());
  };
}

export class DemoView {
  /** @param {HTMLElement} section @param {import("./runtime.js").Runtime} runtime */
  constructor(section, runtime) {
    this.section = section;
    this.runtime = runtime;
    this.demo = section.dataset.demo ?? "";
    const data = JSON.parse(section.dataset.declared ?? "{}");
    this.spec = data.spec;
    this.state = "still";
    this.run = 0;
    this.frames = 0;
    this.pending = "";
    this.awaiting = false;
    this.changeTimer = 0;
    this.resultTimer = 0;
    this.changedAt = -Infinity;
    /** @type {any} */ this.figure = null;
    /** @type {Record<string, any>} the page's own settings */ this.built = data.settings;
    this.shown = this.built;
    this.again = false;
    /** The first figure of this run is the start, and a step is wanted. */ this.stepWanted = false;
    /** Another look at a run that was seen to its end: only its end is shown. */ this.onlyEnd = false;
    this.tell = teller(this.find(".demo-heard"));
    this.controls = new Controls(section, this.spec.controls, data.settings);
    this.pointing = new Pointing(
      this.find(".demo-panels"),
      (set, meant) => this.onPoint(set, meant),
      (set) => Object.keys(this.controls.read(set)).every((name) => name in this.controls.pointed),
    );
    this.buttons = this.makeButtons();
    this.pointing.keepFocus(() => {});
    this.find(".demo-table").addEventListener(
      "toggle",
      () => this.figure && this.showTable(this.figure.table),
    );
    /** @type {HTMLFieldSetElement} */ (this.find(".demo-settings")).disabled = false;
    this.find(".demo-controls").addEventListener("input", (event) => this.onInput(event));
    this.find(".demo-controls").addEventListener("submit", (event) => event.preventDefault());
    this.readLink();
    this.update();
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.section.querySelector(selector));
  }

  makeButtons() {
    const buttons = {
      run: makeButton("Run", ({ detail }) => detail > 1 || this.toggle()), // a double click means: run
      step: makeButton("Step", () => this.go("step")),
      stop: makeButton("Stop", () => this.stop()),
      reset: makeButton("Reset", () => this.reset()),
    };
    for (const [name, button] of Object.entries(buttons)) button.classList.add(name);
    this.find(".demo-bar").append(...Object.values(buttons));
    const link = makeButton("Link", () => this.copyLink(link));
    const embed = makeButton("Embed", () =>
      importLate("embed", new AbortController().signal)
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
    this.controls.agree(input);
    this.markStale();
    if (!this.spec.run) return this.redraw();
    if (this.state === "still") {
      this.say("The settings have changed. Press Run.");
      return;
    }
    this.changedAt = performance.now();
    clearTimeout(this.changeTimer);
    this.changeTimer = setTimeout(
      () => this.restart("run"),
      input.type === "number" ? 4 * CHANGE_MS : CHANGE_MS,
    );
  }

  /** A part of the figure was pointed at; in passing, it starts nothing that takes time. @param {string} set @param {boolean} meant */
  onPoint(set, meant) {
    const wanted = this.controls.read(set);
    const now = this.controls.values();
    // A new drawing below a resting pointer is pointed at anew: without a change, nothing is to be drawn again.
    const same = Object.entries(wanted).every(([name, value]) => now[name] === value);
    if (!meant && this.state === "still" && !this.spec.run) this.say("Click it, and the figure comes alive.");
    if (!meant && (same || this.spec.run || !this.runtime.ready)) return;
    const seen = this.state === "done";
    this.controls.fill(wanted);
    this.markStale();
    if (!this.spec.run) return this.redraw();
    this.restart("run");
    this.onlyEnd = seen;
  }

  /** Show the settings as they are now; while a figure is on its way, the latest wins. */
  redraw() {
    this.again = this.awaiting;
    if (!this.again && this.state !== "loading") this.restart("run");
  }

  /** A link that is about this demo fills the controls. It starts nothing, and what runs is ended: the demo is still again. */
  readLink() {
    const linked = fromFragment(location.hash, this.demo, this.spec.controls);
    if (!linked) return;
    if (isBusy(this.state)) this.stop();
    else this.settle(); // a change of a moment ago begins no run either
    this.find(".demo-error").hidden = true;
    this.state = "still";
    this.update();
    this.controls.fill({ ...this.built, ...linked });
    const fits = this.fits();
    this.section.toggleAttribute("data-stale", !fits);
    if (!fits) this.say(`The settings are those of the link. Press ${this.buttons.run.textContent}.`);
    const more = this.find(".more-settings");
    if (more && Object.keys(linked).some((name) => more.contains(this.find(`[data-control="${name}"]`))))
      more.setAttribute("open", "");
    if (self === top) this.section.scrollIntoView(); // the page around a frame stays where its reader is
  }

  /** Does the figure belong to the settings? */
  fits() {
    const now = this.controls.values();
    return this.spec.controls.every((/** @type {any} */ { name }) => now[name] === this.shown[name]);
  }

  /** Dim the figure when it does not. */
  markStale() {
    // A figure that follows in a few hundredths of a second is not dimmed in between: that would be a flicker.
    const follows = !this.spec.run && this.runtime.ready;
    this.section.toggleAttribute("data-stale", !this.fits() && !follows);
  }

  /** @param {HTMLElement} link the button, which says what came of it */
  async copyLink(link) {
    const url = new URL(location.href);
    url.hash = toFragment(this.demo, this.spec.controls, this.controls.values(), this.built);
    history.replaceState(history.state, "", url);
    const copied = await navigator.clipboard?.writeText(url.href).then(
      () => true,
      () => false,
    );
    link.textContent = copied ? "Copied" : "In the address bar";
    this.say(`${link.textContent}: a link to these settings.`);
    setTimeout(() => (link.textContent = "Link"), 3000);
  }

  // --- what the reader does ---------------------------------------------------------------------------

  /** Run or pause. Who has just changed a setting and then presses Run wants the run that has begun, not a pause. */
  toggle() {
    if (this.state !== "running") return this.go("run");
    if (performance.now() - this.changedAt > 6 * CHANGE_MS) {
      this.enter("pause");
      this.say("Paused.");
    }
  }

  /** Run on, or take one step; begin a run if none is under way. @param {"run" | "step"} event */
  go(event) {
    if (this.state === "loading") return;
    const underWay = (this.state === "paused" || this.state === "running") && this.run;
    if (!underWay) {
      this.restart(event);
      this.stepWanted = event === "step";
      return;
    }
    this.enter(event);
    if (event === "step") this.say("Paused after a step.");
    if (!this.awaiting) this.pull();
  }

  /** Begin a run with the settings as they are now. @param {"run" | "step"} event */
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
    this.section.dispatchEvent(new CustomEvent("demo-broken-off"));
  }

  /** The run is over, however it ended: nothing waits, and the table says what the figure says. */
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

  // --- what the worker says ---------------------------------------------------------------------------

  /** @param {{phase: string, loaded: number, total: number, late: string}} progress */
  onProgress({ phase, loaded, total, late }) {
    const bar = /** @type {HTMLProgressElement} */ (this.find(".demo-load progress"));
    bar.value = loaded / (total || 1); // of how much is not known before the list of files is there
    const words = {
      list: "Python is on its way",
      download: "Python is on its way",
      start: "Python is starting",
      packages: "NumPy is starting",
      check: "The library is starting",
    };
    const bytes =
      phase === "download"
        ? `: ${megabytes(loaded)} of ${megabytes(total)} MB`
        : phase === "list"
          ? ""
          : ", a few seconds more";
    this.find(".demo-bytes").textContent =
      words[/** @type {keyof typeof words} */ (phase)] + bytes + (late && `. ${late}`);
  }

  onReady() {
    if (this.state === "loading") this.enter("loaded");
    if (!this.pending) return;
    const event = this.pending;
    this.pending = "";
    this.shown = this.controls.values();
    this.section.dataset.shown = JSON.stringify(this.shown);
    this.enter(event);
    this.say(!this.spec.run ? "" : event === "run" ? "Running." : "Before the first step.");
    this.awaiting = true;
    this.run = this.runtime.start(this, this.demo, this.shown, 1000 * this.spec.budget);
  }

  /** @param {{run: number, figure: any, done: boolean}} frame */
  onFrame({ run, figure, done }) {
    this.awaiting = false;
    if (run !== this.run) return;
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
      // Before the next figure is asked for: what is told belongs to the settings of this one.
      this.section.dispatchEvent(
        new CustomEvent("demo-done", {
          bubbles: true,
          detail: { figure: this.figure, settings: this.shown },
        }),
      );
      if (this.again) this.redraw();
      else this.sayResult();
    } else if (this.state === "running") {
      requestAnimationFrame(() => this.pull());
    } else if (this.stepWanted) {
      this.stepWanted = false;
      this.say("Paused after a step.");
      this.pull();
    } else {
      this.showTable(this.figure.table);
    }
  }

  pull() {
    if (this.awaiting || !this.run || !isBusy(this.state)) return;
    this.awaiting = true;
    const count = this.state === "running" ? stride(this.frames, reducedMotion.matches) : 1;
    if (this.onlyEnd) this.runtime.next(this.run, 1e6, 4000 * this.spec.budget);
    else this.runtime.next(this.run, count, 1000 * this.spec.budget);
  }

  /** @param {string} text */
  onFail(text) {
    if (!isBusy(this.state)) return; // Python was started beforehand, and that failed: the next Run tries again
    if (this.run) this.section.setAttribute("data-stale", ""); // the figure is that of the settings before
    this.settle();
    this.enter("fail");
    if (this.again) return this.redraw(); // the settings have changed meanwhile: these may be right
    const error = this.find(".demo-error");
    error.textContent = text;
    error.hidden = false;
    this.say("");
    this.section.dispatchEvent(new CustomEvent("demo-broken-off"));
  }

  onTaken() {
    if (!isBusy(this.state)) return;
    this.settle();
    this.enter("stop");
    this.say("Stopped, because another demo was started.");
  }

  dispose() {
    this.settle();
    this.runtime.release(this);
  }

  // --- what is shown ----------------------------------------------------------------------------------

  /** @param {string} event */
  enter(event) {
    this.state = nextState(this.state, event);
    this.update();
  }

  update() {
    const { state, buttons } = this;
    this.section.dataset.state = state;
    if (!this.spec.run) this.updateBar();
    const label =
      !this.spec.run && state !== "failed"
        ? "Make it live"
        : ({ running: "Pause", paused: "Go on", failed: "Try again", done: "Run again", stopped: "Run" }[
            state
          ] ?? "Run");
    buttons.run.textContent = label;
    const disable = (/** @type {HTMLElement} */ button, /** @type {boolean} */ off) =>
      button.setAttribute("aria-disabled", String(off));
    disable(buttons.run, state === "loading");
    disable(buttons.step, state === "loading");
    disable(buttons.stop, !isBusy(state));
    disable(buttons.reset, state === "still" || state === "loading");
    this.find(".demo-load").hidden = state !== "loading";
    this.find(".demo-figure").setAttribute("aria-busy", String(state === "running"));
  }

  /** Nothing to run or to stop: one button that fetches Python, gone when it is there. */
  updateBar() {
    const { run, step, stop, reset } = this.buttons;
    const focused = Object.values(this.buttons).find((button) => button === document.activeElement);
    for (const button of [step, reset]) button.hidden = true;
    run.hidden = this.state !== "still" && this.state !== "failed" && this.state !== "stopped";
    stop.hidden = this.state !== "loading";
    if (focused?.hidden)
      ([run, stop].find((button) => !button.hidden) ?? this.find(".demo-panels [tabindex='0']"))?.focus({
        preventScroll: true,
      });
  }

  /** Called for changes of phase, never for frames. More: what stands below the figure, and is to be heard. @param {string} text @param {string} more */
  say(text, more = "") {
    this.find(".demo-status").textContent = text;
    this.tell(`${text} ${more}`.trim());
  }

  /** A run says how it ended; a figure that follows each touch only once the reader pauses. */
  sayResult() {
    if (this.spec.run) return this.say("Done.", this.figure?.alt);
    const pinned =
      this.pointing.pinned && hovers.matches ? "Held. Click it again, or press Escape, to let go." : "";
    this.resultTimer = setTimeout(() => this.say(pinned, this.figure?.alt), 1000);
  }

  /** @param {any} figure */
  show(figure) {
    this.figure = figure;
    const panels = this.find(".demo-panels");
    this.pointing.keepFocus(() => panels.replaceChildren(...figure.panels.map(this.runtime.importSvg)));
    panels.setAttribute("aria-label", figure.alt);
    this.find(".demo-result").textContent = figure.alt;
    this.find(".demo-caption").textContent = figure.caption;
    this.section.removeAttribute("data-stale");
    if (/** @type {HTMLDetailsElement} */ (this.find(".demo-table")).open) this.showTable(figure.table);
  }

  /** Headings too: what the columns are may follow from a setting. @param {{columns: string[], rows: {text: string, value: string}[][]}} table */
  showTable({ columns, rows }) {
    const isWords = (/** @type {{text: string, value: string}} */ { text, value }) =>
      /[a-z]/i.test(text) && value !== "nan";
    const cell = (
      /** @type {string} */ name,
      /** @type {Record<string, string>} */ attributes,
      /** @type {string} */ text,
      /** @type {number} */ column,
    ) =>
      make(
        name,
        { ...attributes, ...(rows.length && isWords(rows[0][column]) ? { class: "words" } : {}) },
        text,
      );
    this.find(".demo-table thead tr").replaceChildren(
      ...columns.map((name, column) => cell("th", { scope: "col" }, name, column)),
    );
    const body = rows.map((row) =>
      make(
        "tr",
        {},
        ...row.map(({ text, value }, column) =>
          cell(
            "td",
            { ...(isWords({ text, value }) ? {} : { translate: "no" }), "data-value": value },
            text,
            column,
          ),
        ),
      ),
    );
    this.find(".demo-table tbody").replaceChildren(...body);
  }
}
