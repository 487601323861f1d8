// A notebook page: its queue of cells, and the actions on all of them. They share one Python namespace.

import { Cell } from "./cell.js";
import { announcer, make, makeButton } from "./dom.js";
import { SavedEdits } from "./editing.js";
import { megabytes } from "./protocol.js";
import { isBusy } from "./state.js";
import * as fetching from "./start.js";

const RENEWED = " It took more than 512 MB, so Python is started again.";
const NOT_RUN = /** @type {Record<string, string>} */ ({
  failed: "a cell above failed",
  stopped: "a cell above was stopped",
  done: "Python was restarted",
});
const RETURN = "Your code is as you left it. What the cells had defined is gone: run them again.";

// Once a notebook is in use, the theme's keys are off: a letter that misses a text box must not leave the page.
const THEME_KEYS = ["n", ".", "p", ",", "f", "s", "/"];
/** @type {Notebook | null} the one whose cells the reader has opened or run */
let activeNotebook = null;
addEventListener(
  "keydown",
  (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (!activeNotebook?.section.isConnected || !THEME_KEYS.includes(key) || ctrlKey || metaKey || altKey)
      return;
    if (!(target instanceof Element && target.closest("input, textarea, select, [contenteditable]")))
      event.stopImmediatePropagation();
  },
  true,
);

export class Notebook {
  /** @param {HTMLElement} root @param {import("./runtime.js").Runtime} runtime */
  constructor(root, runtime) {
    this.section = root;
    this.runtime = runtime;
    this.run = 0;
    /** @type {Cell[]} the cells to run; the first one is running */ this.queue = [];
    /** @type {string[]} the names that the cells have defined */ this.names = [];
    /** Did one request put several cells into the queue? */ this.runsSeveral = false;
    const region = make("p", { class: "visually-hidden", role: "status" });
    root.append(region);
    this.announce = announcer(region);
    this.edits = new SavedEdits(location.pathname);
    this.cells = [...root.querySelectorAll(".cell")].map(
      (element) => new Cell(/** @type {HTMLElement} */ (element), this),
    );
    this.status = this.makeBar();
    if (this.changedCells().length || sessionStorage.getItem(this.edits.key)) this.note(RETURN);
  }

  // --- the notebook as a whole --------------------------------------------------------------------------

  /** Put the bar above the first cell, and return its status. */
  makeBar() {
    const status = make("span", { class: "cell-status" });
    const attributes = {
      class: "notebook-bar cell-bar demo-bar",
      role: "group",
      "aria-label": "The whole notebook",
    };
    const bar = make(
      "div",
      attributes,
      makeButton("Run all", () => this.start(this.cells)),
      makeButton("Restart Python", () => this.restart()),
      makeButton("Download .py", () => this.export("py")),
      makeButton("Download .ipynb", () => this.export("ipynb")),
      makeButton("Reset all", () => this.resetAll()),
      status,
    );
    this.cells[0]?.element.before(bar);
    return status;
  }

  /** Show a status of the whole notebook and announce it. @param {(string | Node)[]} content */
  note(...content) {
    this.status.replaceChildren(...content);
    this.announce(this.status.textContent ?? "");
  }

  activate() {
    activeNotebook = this;
  }

  /** @param {Cell} cell */
  upTo(cell) {
    return this.cells.slice(0, this.cells.indexOf(cell) + 1);
  }

  /** @param {Cell} cell @returns {Cell | undefined} */
  after(cell) {
    return this.cells[this.cells.indexOf(cell) + 1];
  }

  /** The name of this notebook's demo. */
  get slug() {
    const path = location.pathname.replace(/\/(index\.html)?$/, "");
    return path.split("/").at(-1) ?? "notebook";
  }

  changedCells() {
    return this.cells.filter((cell) => cell.isChanged);
  }

  resetAll() {
    const changed = this.changedCells();
    for (const cell of changed) cell.reset();
    this.edits.clear();
    this.note(
      changed.length
        ? "All cells are as they were, and your changes are forgotten. “Undo reset” below a cell brings yours back."
        : "Nothing was changed.",
    );
  }

  /** End Python and start it again. */
  restart() {
    if (!this.runtime.loading) return this.note("Python has not been started yet.");
    const numbers = this.cells.filter(({ ranIn }) => ranIn).map(({ number }) => number);
    if (this.queue.length) this.stop();
    this.runtime.claim(this);
    this.runtime.renew();
    this.names = [];
    this.forgetRuns();
    const lost = numbers.length ? ` What these cells had defined is gone: ${numbers.join(", ")}.` : "";
    this.note(`Python was restarted.${lost}`);
  }

  /** Mark the cells that ran in a worker that has ended. */
  forgetRuns() {
    for (const cell of this.cells) if (cell.ranIn && cell.ranIn !== this.runtime.worker) cell.forgetRun();
  }

  /** Download the notebook. @param {"py" | "ipynb"} kind */
  async export(kind) {
    try {
      const { exportNotebook } = await fetching.importScript("export");
      const codes = this.cells.map((cell) => (cell.isChanged ? cell.area.value : null));
      const name = await exportNotebook(this.slug, kind, codes, this.runtime, fetching);
      this.note(`${name} has the code as it stands here.`);
    } catch (error) {
      this.note(error instanceof Error ? error.message : String(error));
    }
  }

  // --- running ------------------------------------------------------------------------------------------

  /** Put cells into the queue, and run the first one if none is running. @param {Cell[]} cells */
  start(cells) {
    this.activate();
    sessionStorage.setItem(this.edits.key, "ran");
    const isIdle = !this.queue.length;
    const added = cells.filter((cell) => !this.queue.includes(cell));
    this.queue.push(...added);
    this.runsSeveral = this.queue.length > 1;
    for (const cell of isIdle ? added.slice(1) : added) {
      cell.waits = true;
      cell.status.textContent = "Waits for the cells above.";
    }
    const [first] = this.queue;
    if (!isIdle) return this.update(first);
    for (const { status } of this.cells)
      if (status.textContent?.startsWith("Not run:")) status.textContent = "";
    this.status.textContent = "";
    if (!this.runtime.ready) {
      this.send(first, { type: "begin", wish: "last", ready: false });
      first.say("Python is starting.");
    }
    this.runtime.load(this);
  }

  stop() {
    const [cell] = this.queue;
    if (!cell) return;
    this.run = 0;
    this.queue = [];
    this.runtime.stop(this);
    this.send(cell, { type: "stop" });
    cell.terminal?.flush();
    cell.say(`Stopped.${this.forgetNames()}`);
  }

  /** @param {Cell} cell the running one, or the one whose run ends @param {import("./state.js").Message} message */
  send(cell, message) {
    cell.send(message);
    const { phase } = cell.state;
    if (this.runsSeveral && (phase === "failed" || phase === "stopped"))
      this.note("Stopped at ", make("a", { href: `#${cell.element.id}` }, `cell ${cell.number}`), ".");
    this.update(cell);
  }

  /** Make the buttons of all cells agree with the queue. @param {Cell} cell the running one, or the one that ended */
  update(cell) {
    const { phase } = cell.state;
    const busy = this.queue.length > 0 && isBusy(phase);
    for (const each of this.cells) {
      const isQueued = this.queue.includes(each);
      each.updateButtons(busy && each === cell, busy && isQueued);
      if (!each.waits || isQueued) continue;
      each.waits = false;
      each.status.textContent = `Not run: ${NOT_RUN[phase]}.`;
    }
  }

  /** Python has ended: forget what the cells had defined, and return a sentence about it. */
  forgetNames() {
    const { names } = this;
    this.names = [];
    if (!names.length) return "";
    const list =
      names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
    return ` What the cells had defined is gone (${list}): “Run all to here” defines it again.`;
  }

  /** Go to a line, from a link in a traceback. @param {string} number of the cell @param {number} line */
  showLine(number, line) {
    const cell = this.cells.find((each) => each.number === number);
    if (!cell) return;
    cell.selectLine(line);
    cell.element.scrollIntoView({ block: "nearest" });
    cell.area.focus();
  }

  /**
   * After a NameError, offer to run the cells above if one of them contains the name.
   * @param {Cell} cell @param {string} message
   */
  offerCellsAbove(cell, message) {
    const name = /\bNameError: name '(\w+)'/.exec(message)?.[1];
    if (!name) return;
    const pattern = new RegExp(`\\b${name}\\b`);
    const above = this.upTo(cell).slice(0, -1);
    const source = above.find(({ ranIn, area }) => !ranIn && pattern.test(area.value));
    if (!source) return;
    const text = `${name} is in cell ${source.number}, which has not finished. `;
    const button = makeButton("Run all to here", () => this.start(this.upTo(cell)));
    cell.output.append(make("p", { class: "cell-missing cell-bar demo-bar" }, text, button));
  }

  // --- the worker's messages ----------------------------------------------------------------------------

  /** @param {{loaded: number, total: number, notice: string}} progress */
  onProgress({ loaded, total, notice }) {
    const [cell] = this.queue;
    if (!cell) return;
    cell.buttons.run.textContent = loaded < total ? `${megabytes(loaded)} of ${megabytes(total)} MB` : "Run";
    if (cell.state.phase === "loading") cell.status.textContent = `Python is starting. ${notice}`.trim();
  }

  onReady() {
    this.forgetRuns();
    const [cell] = this.queue;
    if (!cell) return;
    cell.waits = false;
    cell.ranIn = null;
    const isLoading = cell.state.phase === "loading";
    this.send(cell, isLoading ? { type: "ready" } : { type: "begin", wish: "last", ready: true });
    cell.say("Running.");
    cell.startOutput();
    this.run = this.runtime.runCell(this, this.slug, cell.area.value, `cell-${cell.number}.py`);
  }

  /** @param {{text: string, figure?: any}} output */
  onOutput({ text, figure }) {
    const [cell] = this.queue;
    if (figure) cell?.display(figure);
    else cell?.print(text);
  }

  /**
   * @param {{run: number, result: any, renewed: boolean}} answer renewed: whether the worker was
   *   replaced after the run
   */
  onResult({ run, result, renewed }) {
    const cell = this.queue.shift();
    if (run !== this.run || !cell) return;
    cell.terminal?.flush();
    this.names = [result.names ?? []].flat().map(String);
    if (renewed || result.error) this.queue = [];
    const after = renewed ? `${RENEWED}${this.forgetNames()}` : "";
    if (result.error) {
      this.send(cell, { type: "fail", text: result.error.message });
      cell.showError(result.error);
      cell.say(`The cell stopped with an error.${after}`);
      this.offerCellsAbove(cell, result.error.message);
      return;
    }
    cell.showResult(result);
    this.send(cell, { type: "frame", done: true });
    cell.say(`Done.${after}`);
    if (this.queue.length) this.onReady();
  }

  /** @param {string} text @param {boolean} ended whether Python has ended */
  onFail(text, ended = false) {
    const [cell] = this.queue;
    const lost = ended ? this.forgetNames() : "";
    this.queue = [];
    if (!cell) return;
    cell.terminal?.flush();
    this.send(cell, { type: "fail", text });
    cell.say(text + lost);
  }

  onPreempted() {
    if (this.queue.length) this.onFail("Stopped, because something else was started.");
  }

  dispose() {
    this.runtime.release(this);
  }
}
