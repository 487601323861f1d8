// A notebook page: each code cell can be run, edited and put back; all cells share one namespace.

import { isBusy, megabytes, nextState } from "./protocol.js";
import { Terminal, picture, traceback, valueBox } from "./output.js";
import { make, makeButton, teller } from "./view.js";

/** @typedef {{element: HTMLElement, original: string, area: HTMLTextAreaElement, output: HTMLElement, built: Node[],
 *   status: HTMLElement, buttons: Record<string, HTMLElement>, state: string, waits?: boolean, terminal?: Terminal | null}} Cell */

const GONE = " It took more than 512 MB, so Python is started again.";
const NOT_RUN = /** @type {Record<string, string>} */ ({ failed: "a cell above failed", stopped: "a cell above was stopped", done: "Python was started anew" });

export class Notebook {
  /** @param {HTMLElement} root @param {import("./runtime.js").Runtime} runtime */
  constructor(root, runtime) {
    this.section = root;
    this.runtime = runtime;
    this.run = 0;
    /** @type {Cell[]} the cells that wait for their turn; the first one is at work */
    this.queue = [];
    /** @type {string[]} what the cells have defined so far */
    this.names = [];
    const heard = make("p", { class: "heard", role: "status" });
    root.append(heard);
    this.tell = teller(heard);
    this.place = `cells ${location.pathname}`;
    /** @type {Record<string, {original: string, value: string}>} the reader's own code, by cell, for as long as the tab is open */
    this.changed = this.kept();
    this.cells = [...root.querySelectorAll(".cell")].map((element) => this.mount(/** @type {HTMLElement} */ (element)));
  }

  /** @param {HTMLElement} element @returns {Cell} */
  mount(element) {
    const code = /** @type {HTMLElement} */ (element.querySelector(".highlight code"));
    const number = element.dataset.cell ?? "";
    const original = (code.textContent ?? "").replace(/\n$/, "");
    const area = /** @type {HTMLTextAreaElement} */ (make("textarea", { class: "cell-edit", spellcheck: "false", autocomplete: "off",
      autocapitalize: "off", "aria-label": `Code of cell ${number}`, rows: String(original.split("\n").length + 1) }));
    area.value = original;
    area.hidden = true;
    let output = /** @type {HTMLElement | null} */ (element.querySelector(".cell-output"));
    if (!output) element.append((output = make("div", { class: "cell-output" })));
    const status = make("span", { class: "cell-status" });
    /** @type {Cell} */
    const cell = { element, original, area, output, built: [...output.childNodes], status, state: "still", buttons: {
      run: makeButton("Run", () => this.start([cell])),
      all: makeButton("Run all to here", () => this.start(this.cells.slice(0, this.cells.indexOf(cell) + 1))),
      edit: makeButton("Edit", () => this.edit(cell, cell.area.hidden)),
      reset: makeButton("Reset", () => this.reset(cell)),
      stop: makeButton("Stop", () => this.stop()),
    } };
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.start([cell]);
    });
    element.querySelector(".highlight")?.after(area, make("div", { class: "cell-bar demo-bar" }, ...Object.values(cell.buttons), status));
    this.enter(cell, "");
    area.addEventListener("input", () => this.keep(cell));
    if (this.changed[number]?.original === original) {
      area.value = this.changed[number].value;
      this.edit(cell, true, false);
      this.say(cell, "As you left it. Reset brings the original back.");
    }
    return cell;
  }

  /** @param {Cell} cell @param {boolean} editing @param {boolean} focus */
  edit(cell, editing, focus = true) {
    cell.area.hidden = !editing;
    /** @type {HTMLElement} */ (cell.element.querySelector(".highlight")).hidden = editing;
    cell.buttons.edit.textContent = editing ? "Close the editor" : "Edit";
    if (editing && focus) cell.area.focus();
    // The highlighted code is the original; an edited cell stays open, so that what is seen is what runs.
    if (!editing && cell.area.value !== cell.original) {
      this.edit(cell, true, focus);
      this.say(cell, "The editor stays open, because the code was changed. Reset brings the original back.");
    }
  }

  kept() {
    try {
      const all = JSON.parse(sessionStorage.getItem(this.place) ?? "{}");
      return typeof all === "object" && all ? all : {};
    } catch {
      return {};
    }
  }

  /** A reader who leaves the page finds the code again. @param {Cell} cell */
  keep(cell) {
    const { element, area: { value }, original } = cell;
    const number = element.dataset.cell ?? "";
    delete this.changed[number];
    if (value !== original) this.changed[number] = { original, value };
    try {
      sessionStorage.setItem(this.place, JSON.stringify(this.changed));
    } catch {
      sessionStorage.removeItem(this.place);
      this.say(cell, "This is too long to be kept when you leave the page.");
    }
  }

  /** @param {Cell} cell */
  reset(cell) {
    cell.area.value = cell.original;
    this.keep(cell);
    cell.output.replaceChildren(...cell.built);
    this.edit(cell, false);
    this.say(cell, "As it was.");
  }

  /** @param {Cell[]} cells */
  start(cells) {
    if (this.queue.length) return;
    this.queue = [...cells];
    const [first, ...others] = this.queue;
    for (const { status } of this.cells) if (status.textContent?.startsWith("Not run")) status.textContent = "";
    for (const cell of others) [cell.waits, cell.status.textContent] = [true, "Waits for the cells above."];
    if (!this.runtime.ready) {
      this.enter(first, "load");
      this.say(first, "Python is starting.");
    }
    this.runtime.load(this);
  }

  stop() {
    const [cell] = this.queue;
    if (!cell) return;
    this.run = 0;
    this.queue = [];
    this.runtime.stop(this);
    this.enter(cell, "stop");
    cell.terminal?.flush();
    this.say(cell, `Stopped.${this.gone()}`);
  }

  /** @param {{loaded: number, total: number, late: string}} progress */
  onProgress({ loaded, total, late }) {
    const [cell] = this.queue;
    if (!cell) return;
    cell.buttons.run.textContent = loaded < total ? `${megabytes(loaded)} of ${megabytes(total)} MB` : "Run";
    if (cell.state === "loading") cell.status.textContent = `Python is starting. ${late}`.trim();
  }

  onReady() {
    const [cell] = this.queue;
    if (!cell) return;
    cell.waits = false;
    if (cell.state === "loading") this.enter(cell, "loaded");
    this.enter(cell, "run");
    this.say(cell, "Running.");
    [cell.terminal] = [null, cell.output.replaceChildren()];
    this.run = this.runtime.runCell(this, cell.area.value, `cell-${cell.element.dataset.cell}.py`);
  }

  /** @param {{text: string, figure?: any}} output */
  onOutput({ text, figure }) {
    const [cell] = this.queue;
    if (!cell) return;
    if (figure) {
      cell.terminal?.flush();
      cell.terminal = null;
      cell.output.append(this.picture(figure));
      return;
    }
    if (!cell.terminal) cell.output.append((cell.terminal = new Terminal()).element);
    cell.terminal.write(text);
  }

  /** @param {any} figure */
  picture(figure) {
    try {
      return picture(figure, this.runtime.importSvg);
    } catch (error) {
      return make("p", { class: "demo-error" }, `The figure cannot be shown: ${error instanceof Error ? error.message : error}.`);
    }
  }

  /** What to say when Python has ended, and with it what the cells have defined. */
  gone() {
    const { names } = this;
    this.names = [];
    if (!names.length) return "";
    const some = names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
    return ` What the cells had defined is gone (${some}): “Run all to here” defines it again.`;
  }

  /** @param {{run: number, result: any, renewed: boolean}} answer */
  onResult({ run, result, renewed }) {
    const cell = this.queue.shift();
    if (run !== this.run || !cell) return;
    cell.terminal?.flush();
    this.names = [result.names ?? []].flat().map(String);
    if (renewed) this.queue = [];
    const after = renewed ? `${GONE}${this.gone()}` : "";
    if (result.error) {
      this.queue = [];
      this.enter(cell, "fail");
      cell.output.append(traceback(result.error, (number, line) => this.show(number, line)));
      if (result.error.line) this.mark(cell, result.error.line);
      this.say(cell, `The cell stopped with an error.${after}`);
      return;
    }
    if (result.figure) cell.output.append(this.picture(result.figure));
    else if (result.text) cell.output.append(valueBox(result.text));
    this.enter(cell, "finish");
    this.say(cell, `Done.${after}`);
    if (this.queue.length) this.onReady();
  }

  /** @param {string} number of a cell @param {number} line */
  show(number, line) {
    const cell = this.cells.find(({ element }) => element.dataset.cell === number);
    if (!cell) return;
    this.mark(cell, line);
    cell.element.scrollIntoView({ block: "nearest" });
    cell.area.focus();
  }

  /** Open the cell with the line selected. @param {Cell} cell @param {number} line */
  mark(cell, line) {
    const lines = cell.area.value.split("\n");
    const begin = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.edit(cell, true, false); // the focus stays where the reader is
    if (document.activeElement !== cell.area) cell.area.setSelectionRange(begin, begin + (lines[line - 1] ?? "").length);
  }

  /** @param {string} text @param {boolean} ended whether Python has ended */
  onFail(text, ended = false) {
    const [cell] = this.queue;
    const gone = ended ? this.gone() : "";
    this.queue = [];
    if (!cell) return;
    cell.terminal?.flush();
    this.enter(cell, "fail");
    this.say(cell, text + gone);
  }

  onTaken() {
    if (this.queue.length) this.onFail("Stopped, because something else was started.");
  }

  dispose() {
    this.runtime.release(this);
  }

  /** @param {Cell} cell @param {string} event */
  enter(cell, event) {
    cell.state = nextState(cell.state, event);
    cell.element.dataset.state = cell.state;
    cell.buttons.run.textContent = "Run";
    for (const each of this.cells ?? [cell]) {
      if (each.waits && !this.queue.includes(each)) [each.waits, each.status.textContent] = [false, `Not run: ${NOT_RUN[cell.state]}.`];
      const busy = this.queue.length > 0 && isBusy(cell.state);
      for (const [name, button] of Object.entries(each.buttons)) {
        button.setAttribute("aria-disabled", String(name === "stop" ? !busy || each !== cell : busy && name !== "edit"));
      }
    }
  }

  /** @param {Cell} cell @param {string} text */
  say(cell, text) {
    cell.status.textContent = text;
    this.tell(`Cell ${cell.element.dataset.cell}: ${text}`);
  }
}
