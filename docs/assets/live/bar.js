// The bar below a demo: its buttons, the scrubber over a recorded run, the status, and errors.

import { announcer, make, makeButton } from "./dom.js";
import { copyLink } from "./link.js";
import { isBusy } from "./state.js";
import { importScript } from "./start.js";

/** @typedef {import("./view.js").DemoView} DemoView */

const RUN_LABELS = /** @type {Record<string, string>} */ ({
  running: "Pause",
  paused: "Go on",
  failed: "Try again",
  done: "Run again",
});

export class Bar {
  /** @param {DemoView} view */
  constructor(view) {
    this.view = view;
    this.announce = announcer(view.find(".demo-announcer"));
    this.buttons = {
      run: makeButton("Run", ({ detail }) => detail > 1 || view.toggle()), // a double click must not pause
      step: makeButton("Step", () => view.go("step")),
      stop: makeButton("Stop", () => view.send({ type: "stop" })),
      reset: makeButton("Reset", () => view.reset()),
    };
    for (const [name, button] of Object.entries(this.buttons)) button.classList.add(name);
    this.scrubber = /** @type {HTMLInputElement} */ (
      make("input", {
        type: "range",
        min: "0",
        class: "demo-scrubber",
        "aria-label": "Step of the recorded run",
        hidden: "",
      })
    );
    this.scrubber.addEventListener("input", () => view.seek(Number(this.scrubber.value)));
    /** Says that the figure is of a recorded run, and offers a live one. */
    this.said = make("span", {});
    const here = makeButton("Run it here", () => view.begin("run", true));
    here.classList.add("here");
    this.origin = make("div", { class: "demo-origin", hidden: "" }, this.said, here);
    view.find(".demo-bar").append(...Object.values(this.buttons));
    view.section.querySelector(".demo-run")?.replaceChildren(this.buttons.run);
    view.find(".demo-stage").append(this.scrubber, this.origin);
    const link = makeButton("Link", () => copyLink(view, link));
    const embed = makeButton("Embed", () =>
      importScript("embed")
        .then(({ showEmbed }) => showEmbed(view, embed))
        .catch(({ message }) => this.say(message)),
    );
    const present = makeButton("Present", () =>
      importScript("present")
        .then((script) => script.present(view, present))
        .catch(({ message }) => this.say(message)),
    );
    view.find(".demo-links").append(link, embed, present);
  }

  update() {
    const { phase } = this.view.state;
    const { run, step, stop, reset } = this.buttons;
    this.view.section.dataset.state = phase;
    if (!this.view.spec.run) this.updateWithoutRun();
    const hasRun = this.view.spec.run || phase === "failed";
    const label = RUN_LABELS[phase] ?? "Run";
    run.textContent = hasRun ? label : "Make it live";
    if (this.view.spec.sentence && this.view.spec.run) this.updateSentence(label);
    const disable = (/** @type {HTMLElement} */ button, /** @type {boolean} */ disabled) =>
      button.setAttribute("aria-disabled", String(disabled));
    disable(run, phase === "loading");
    disable(step, phase === "loading");
    disable(stop, !isBusy(phase));
    disable(reset, phase === "still" || phase === "loading");
    this.view.find(".demo-load").hidden = phase !== "loading" || this.view.source !== this.view.runtime;
    this.view.find(".demo-figure").setAttribute("aria-busy", String(phase === "running"));
  }

  /** A sentence has one button; there is another only while Python is on its way, or at work. @param {string} label */
  updateSentence(label) {
    const { run, step, stop, reset } = this.buttons;
    const { state, source, runtime } = this.view;
    run.textContent = label.replace("Run", "Train");
    for (const button of [step, reset]) button.hidden = true;
    stop.hidden = state.phase !== "loading" && !(isBusy(state.phase) && source === runtime);
  }

  /** Without steps there is nothing to run: one button fetches Python, and then disappears. */
  updateWithoutRun() {
    const { phase } = this.view.state;
    const { run, step, stop, reset } = this.buttons;
    const focused = Object.values(this.buttons).find((button) => button === document.activeElement);
    for (const button of [step, reset]) button.hidden = true;
    const needsPython = !this.view.recording || phase === "failed";
    run.hidden = !needsPython || (phase !== "still" && phase !== "failed" && phase !== "stopped");
    stop.hidden = phase !== "loading";
    if (!focused?.hidden) return;
    const next =
      [run, stop].find((button) => !button.hidden) ?? this.view.find(".demo-panels [tabindex='0']");
    next?.focus({ preventScroll: true });
  }

  /** @param {number} share @param {string} text */
  showProgress(share, text) {
    /** @type {HTMLProgressElement} */ (this.view.find(".demo-load progress")).value = share;
    this.view.find(".demo-bytes").textContent = text;
  }

  /** Show the scrubber where the run with the current settings is recorded, at the figure that is shown. */
  showPosition() {
    const { recording, figure, source, controls, spec } = this.view;
    const settings = controls.values();
    const run = recording?.find(settings);
    this.scrubber.hidden = !run || run.frames.length < 2;
    if (!recording || !run) return;
    const last = run.frames.length - 1;
    this.scrubber.max = String(last);
    const built = spec.opens === "start" ? 0 : last;
    this.scrubber.value = String(!figure.current ? built : source === recording ? recording.position : last);
    this.scrubber.setAttribute("aria-valuetext", figure.find(".demo-caption").textContent ?? "");
  }

  /** Say where the figure that is shown comes from, if from a recording; the built figure is the last one of its own. */
  showOrigin() {
    const { source, recording, figure, figureSettings } = this.view;
    const { seed } = figureSettings;
    this.origin.hidden =
      !recording?.find(figureSettings) || (source !== recording && Boolean(figure.current));
    const which = seed === undefined ? "" : `, seed ${seed}`;
    const said = `Recorded when the site was built${which}.`;
    if (this.said.textContent !== said) this.said.textContent = said;
  }

  /** @param {string} text */
  showError(text) {
    const error = this.view.find(".demo-error");
    error.textContent = text;
    error.hidden = false;
    this.say("");
  }

  hideError() {
    this.view.find(".demo-error").hidden = true;
  }

  /**
   * Show a status and announce it: on changes of phase, never for each frame.
   * @param {string} text @param {string} more text below the figure, announced with the status
   */
  say(text, more = "") {
    this.view.find(".demo-status").textContent = text;
    this.announce(`${text} ${more}`.trim());
  }
}
