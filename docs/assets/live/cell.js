// One code cell of a notebook: its buttons, its editor, and the output below it.

import { make, makeButton } from "./dom.js";
import { Editor } from "./editing.js";
import { Terminal, figureBox, traceback, valueBox } from "./output.js";
import { STILL, isBusy, reduce } from "./state.js";

export class Cell {
  /** @param {HTMLElement} element @param {import("./notebook.js").Notebook} notebook */
  constructor(element, notebook) {
    this.element = element;
    this.notebook = notebook;
    this.number = element.dataset.cell ?? "";
    this.highlight = /** @type {HTMLElement} */ (element.querySelector(".highlight"));
    this.original = (this.highlight.querySelector("code")?.textContent ?? "").replace(/\n$/, "");
    this.state = STILL;
    /** Is it queued behind another cell? */ this.waits = false;
    /** @type {Worker | null} the worker in which it last finished */ this.ranIn = null;
    /** @type {string | undefined} what "Undo reset" brings back */ this.undoCode = undefined;
    this.editor = new Editor(this.number, this.original, () => this.save());
    this.status = make("span", { class: "cell-status" });
    this.buttons = {
      run: makeButton("Run", () => notebook.start([this])),
      all: makeButton("Run all to here", () => notebook.start(notebook.upTo(this))),
      edit: makeButton("Edit", () => this.toggleEditor(this.editor.frame.hidden)),
      reset: makeButton("Reset", () => (this.undoCode === undefined ? this.reset() : this.undoReset())),
      stop: makeButton("Stop", () => notebook.stop()),
    };
    const bar = make("div", { class: "cell-bar demo-bar" }, ...Object.values(this.buttons), this.status);
    this.highlight.after(this.editor.frame, bar);
    let output = element.querySelector(".cell-output");
    if (!output) element.append((output = make("div", { class: "cell-output", translate: "no" })));
    this.output = /** @type {HTMLElement} */ (output);
    this.builtOutput = [...output.childNodes];
    this.previous = make("div", { class: "cell-before", translate: "no" }); // the output of the previous run
    output.after(this.previous);
    /** @type {Terminal | null} */ this.terminal = null;
    element.addEventListener("keydown", (event) => this.onKey(event), true); // before the editor sees it
    this.update();
    this.updateButtons(false, false);
    this.restore();
  }

  /** A text box, which the editor may replace. */
  get area() {
    return this.editor.area;
  }

  get isChanged() {
    return this.area.value !== this.original;
  }

  /** Show a status and announce it. @param {string} text */
  say(text) {
    this.status.textContent = text;
    this.notebook.announce(`Cell ${this.number}: ${text}`);
  }

  focus() {
    (this.editor.frame.hidden ? this.buttons.run : this.area).focus();
  }

  /** The output of a cell is all that its run has to show. @param {import("./state.js").Message} message */
  send(message) {
    [this.state] = reduce(this.state, message);
    const { phase } = this.state;
    if (phase === "done") this.ranIn = this.notebook.runtime.worker;
    const isBuiltOutput = this.previous.firstChild === this.builtOutput[0];
    // The output of the build survives a failure.
    if (!isBusy(phase) && (phase === "done" || !isBuiltOutput)) this.previous.replaceChildren();
    this.update();
  }

  update() {
    this.element.dataset.state = this.state.phase;
    this.buttons.run.textContent = "Run";
  }

  /** @param {boolean} isRunning @param {boolean} isQueued to run, now or later */
  updateButtons(isRunning, isQueued) {
    const { run, all, reset, stop } = this.buttons;
    for (const button of [run, all, reset]) button.setAttribute("aria-disabled", String(isQueued));
    stop.setAttribute("aria-disabled", String(!isRunning));
  }

  /** Python has ended, and the definitions of this cell are gone. */
  forgetRun() {
    this.ranIn = null;
    this.state = STILL;
    this.update();
    this.status.textContent = "Not run since Python was restarted.";
  }

  // --- editing ------------------------------------------------------------------------------------------

  /**
   * Shift+Enter runs the cell and moves to the next one, Ctrl+Enter only runs it.
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    const { key, shiftKey, ctrlKey, metaKey, altKey, isComposing, repeat, target } = event;
    const isShortcut = key === "Enter" && (shiftKey || ctrlKey || metaKey) && !altKey && !isComposing;
    if (!isShortcut || (target !== this.area && target !== this.buttons.run)) return;
    event.preventDefault();
    event.stopPropagation();
    if (repeat) return;
    this.notebook.start([this]);
    if (shiftKey) this.notebook.after(this)?.focus();
  }

  /** Open or close the editor. @param {boolean} editing @param {boolean} focus */
  toggleEditor(editing, focus = true) {
    this.editor.frame.hidden = !editing;
    this.highlight.hidden = editing;
    this.buttons.edit.textContent = editing ? "Close the editor" : "Edit";
    if (editing) {
      this.notebook.activate();
      this.editor.open(focus);
    } else if (this.isChanged) {
      // The highlighted code is the original. A changed cell stays open, to show the code that runs.
      this.toggleEditor(true, focus);
      this.say("The editor stays open, because the code was changed. Reset brings the original back.");
    }
  }

  /** Store the reader's code for the next visit. */
  save() {
    this.setUndo(undefined);
    if (!this.notebook.edits.save(this.number, this.original, this.area.value))
      this.say("This is too long to be kept when you leave the page.");
  }

  /** Restore the stored code, or offer it if the page's own code has changed since then. */
  restore() {
    const stored = this.notebook.edits.get(this.number);
    if (stored?.original === this.original) {
      this.area.value = stored.value;
      this.toggleEditor(true, false);
      this.say("As you left it. Reset brings the original back.");
    } else if (stored) {
      this.setUndo(stored.value);
      this.say("The page has changed since you edited this cell. “Undo reset” brings your code back.");
    }
  }

  /** @param {string | undefined} code */
  setUndo(code) {
    this.undoCode = code;
    this.buttons.reset.textContent = code === undefined ? "Reset" : "Undo reset";
  }

  reset() {
    const { value } = this.area;
    this.editor.replace(this.original);
    if (value !== this.original) this.setUndo(value);
    this.previous.replaceChildren();
    this.output.replaceChildren(...this.builtOutput);
    this.toggleEditor(false);
    this.say("As it was.");
  }

  undoReset() {
    const code = this.undoCode ?? this.original;
    this.toggleEditor(true, false);
    this.editor.replace(code);
    this.say("Your code is back.");
  }

  /** Open the editor with a line selected; the focus stays where it is. @param {number} line */
  selectLine(line) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.toggleEditor(true, false);
    if (document.activeElement !== this.area)
      this.area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  }

  // --- output -------------------------------------------------------------------------------------------

  /**
   * Make room for a new run. The previous output, unless it is an error, stays below until there is a new one.
   */
  startOutput() {
    const failed = this.output.querySelector(".cell-error, .demo-error");
    if (!this.previous.hasChildNodes() && !failed) this.previous.replaceChildren(...this.output.childNodes);
    this.terminal = null;
    this.output.replaceChildren();
  }

  /** @param {string} text */
  print(text) {
    if (!this.terminal) this.output.append((this.terminal = new Terminal()).element);
    this.terminal.write(text);
  }

  /**
   * Show a figure in the middle of a run: later text goes below it.
   * @param {any} figure
   */
  display(figure) {
    this.terminal?.flush();
    this.terminal = null;
    this.showFigure(figure);
  }

  /** @param {any} figure */
  showFigure(figure) {
    try {
      this.output.append(figureBox(figure));
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      this.output.append(make("p", { class: "demo-error" }, `The figure cannot be shown: ${reason}.`));
    }
  }

  /** @param {{figure?: any, text?: string}} result */
  showResult({ figure, text }) {
    if (figure) this.showFigure(figure);
    else if (text) this.output.append(valueBox(text));
  }

  /** @param {{text: string, hint: string, line?: number}} error */
  showError(error) {
    this.output.append(traceback(error, (number, line) => this.notebook.showLine(number, line)));
    if (error.line) this.selectLine(error.line);
  }
}
