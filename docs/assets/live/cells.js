// A notebook page: each code cell can be run, edited and put back; all cells share one namespace.

import { isBusy, megabytes, nextState } from "./protocol.js";
import * as fetching from "./start.js";
import { Editor, Kept } from "./editing.js";
import { Terminal, picture, traceback, valueBox } from "./output.js";
import { make, makeButton, teller } from "./view.js";

/** @typedef {{element: HTMLElement, number: string, original: string, editor: Editor, area: HTMLTextAreaElement, output: HTMLElement, before: HTMLElement,
 *   built: Node[], status: HTMLElement, buttons: Record<string, HTMLElement>, state: string, waits?: boolean, undone?: string, ranIn?: Worker | null,
 *   terminal?: Terminal | null}} Cell */

const GONE = " It took more than 512 MB, so Python is started again.";
const NOT_RUN = /** @type {Record<string, string>} */ ({
  failed: "a cell above failed",
  stopped: "a cell above was stopped",
  done: "Python was restarted",
});
const FORGOTTEN = "Not run since Python was restarted.";
const BACK = "Your code is as you left it. What the cells had defined is gone: run them again.";

/** @type {Notebook | null} whose cells the reader has opened or run: there, a letter typed beside a text box must not open another page */
let inHand = null;
const THEMES_KEYS = ["n", ".", "p", ",", "f", "s", "/"];
addEventListener(
  "keydown",
  (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (!inHand?.section.isConnected || !THEMES_KEYS.includes(key) || ctrlKey || metaKey || altKey) return;
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
    /** @type {Cell[]} the cells that wait for their turn; the first one is at work */
    this.queue = [];
    /** @type {string[]} what the cells have defined so far */
    this.names = [];
    /** Have several cells been asked for at once? */
    this.many = false;
    const heard = make("p", { class: "heard", role: "status" });
    root.append(heard);
    this.tell = teller(heard);
    this.kept = new Kept(location.pathname);
    this.cells = [...root.querySelectorAll(".cell")].map((element) =>
      this.mount(/** @type {HTMLElement} */ (element)),
    );
    this.bar = this.makeBar();
    if (this.changed().length || sessionStorage.getItem(this.kept.place)) this.note(BACK);
  }

  /** @param {HTMLElement} element @returns {Cell} */
  mount(element) {
    const code = /** @type {HTMLElement} */ (element.querySelector(".highlight code"));
    const number = element.dataset.cell ?? "";
    const original = (code.textContent ?? "").replace(/\n$/, "");
    let output = /** @type {HTMLElement | null} */ (element.querySelector(".cell-output"));
    if (!output) element.append((output = make("div", { class: "cell-output", translate: "no" })));
    const before = make("div", { class: "cell-before", translate: "no" });
    output.after(before);
    const status = make("span", { class: "cell-status" });
    const editor = new Editor(number, original, () => this.keep(cell));
    /** @type {Cell} */
    const cell = {
      element,
      number,
      original,
      editor,
      get area() {
        return editor.area;
      },
      output,
      before,
      built: [...output.childNodes],
      status,
      state: "still",
      buttons: {
        run: makeButton("Run", () => this.start([cell])),
        all: makeButton("Run all to here", () => this.start(this.upTo(cell))),
        edit: makeButton("Edit", () => this.edit(cell, editor.frame.hidden)),
        reset: makeButton("Reset", () =>
          cell.undone === undefined ? this.reset(cell) : this.bringBack(cell),
        ),
        stop: makeButton("Stop", () => this.stop()),
      },
    };
    element.addEventListener("keydown", (event) => this.onKey(cell, event), true); // before the editor takes them for its own
    element
      .querySelector(".highlight")
      ?.after(
        editor.frame,
        make("div", { class: "cell-bar demo-bar" }, ...Object.values(cell.buttons), status),
      );
    this.enter(cell, "");
    const kept = this.kept.of(number);
    if (kept?.original === original) {
      editor.area.value = kept.value;
      this.edit(cell, true, false);
      this.say(cell, "As you left it. Reset brings the original back.");
    } else if (kept) {
      this.offerUndo(cell, kept.value);
      this.say(cell, "The page has changed since you edited this cell. “Undo reset” brings your code back.");
    }
    return cell;
  }

  // --- the notebook as a whole --------------------------------------------------------------------------

  makeBar() {
    const status = make("span", { class: "cell-status" });
    const forget = makeButton("Reset all", () => this.resetAll());
    this.cells[0]?.element.before(
      make(
        "div",
        { class: "notebook-bar cell-bar demo-bar", role: "group", "aria-label": "The whole notebook" },
        makeButton("Run all", () => this.start(this.cells)),
        makeButton("Restart Python", () => this.restart()),
        makeButton("Download .py", () => this.export("py")),
        makeButton("Download .ipynb", () => this.export("ipynb")),
        forget,
        status,
      ),
    );
    return { status, forget };
  }

  /** Say something of the whole notebook. @param {(string | Node)[]} words */
  note(...words) {
    this.bar.status.replaceChildren(...words);
    this.tell(this.bar.status.textContent ?? "");
  }

  /** @param {Cell} cell */
  upTo(cell) {
    return this.cells.slice(0, this.cells.indexOf(cell) + 1);
  }

  changed() {
    return this.cells.filter(({ area, original }) => area.value !== original);
  }

  resetAll() {
    const changed = this.changed();
    for (const cell of changed) this.reset(cell);
    this.kept.forget();
    this.note(
      changed.length
        ? "All cells are as they were, and your changes are forgotten. “Undo reset” below a cell brings yours back."
        : "Nothing was changed.",
    );
  }

  /** End Python and start it again. */
  restart() {
    if (!this.runtime.control) return this.note("Python has not been started yet.");
    const gone = this.cells
      .filter(({ ranIn }) => ranIn)
      .map(({ number }) => number)
      .join(", ");
    if (this.queue.length) this.stop();
    this.runtime.take(this);
    this.runtime.renew();
    this.names = [];
    this.forgetRuns();
    this.note(
      gone ? `Python was restarted. What these cells had defined is gone: ${gone}.` : "Python was restarted.",
    );
  }

  /** What ran in a Python that is no more has left nothing behind. */
  forgetRuns() {
    for (const cell of this.cells) {
      if (!cell.ranIn || cell.ranIn === this.runtime.worker) continue;
      cell.ranIn = null;
      cell.element.dataset.state = cell.state = "still";
      cell.status.textContent = FORGOTTEN;
    }
  }

  /** The name of this notebook's demo. */
  get slug() {
    return (
      location.pathname
        .replace(/\/(index\.html)?$/, "")
        .split("/")
        .at(-1) ?? "notebook"
    );
  }

  /** @param {"py" | "ipynb"} kind */
  async export(kind) {
    const { signal } = new AbortController();
    const { slug } = this;
    try {
      const [{ Files }, { filled, partsOf, toNotebook, toPython, download }] = await Promise.all(
        ["load", "export"].map((name) => fetching.importLate(name, signal)),
      );
      const files = this.runtime.files ?? new Files(this.runtime.base, fetching);
      const source = new TextDecoder().decode(await files.demo(slug, signal));
      const codes = this.cells.map(({ area, original }) => (area.value === original ? null : area.value));
      const parts = filled(partsOf(source), codes, new URL("../demos/", this.runtime.base).href);
      const note = `From ${location.origin}${location.pathname}. It needs NumPy and convlens: ${new URL("../use-it-elsewhere/", this.runtime.base)}`;
      download(`${slug}.${kind}`, (kind === "py" ? toPython : toNotebook)(parts, note));
      this.note(`${slug}.${kind} has the code as it stands here.`);
    } catch (error) {
      this.note(error instanceof Error ? error.message : String(error));
    }
  }

  // --- editing ------------------------------------------------------------------------------------------

  /** Shift+Enter runs and goes on, Ctrl+Enter only runs. @param {Cell} cell @param {KeyboardEvent} event */
  onKey(cell, event) {
    const { key, shiftKey, ctrlKey, metaKey, altKey, isComposing, repeat, target } = event;
    if (
      key !== "Enter" ||
      !(shiftKey || ctrlKey || metaKey) ||
      altKey ||
      isComposing ||
      (target !== cell.area && target !== cell.buttons.run)
    )
      return;
    event.preventDefault();
    event.stopPropagation();
    if (repeat) return;
    this.start([cell]);
    const next = shiftKey && this.cells[this.cells.indexOf(cell) + 1];
    if (next) (next.editor.frame.hidden ? next.buttons.run : next.area).focus();
  }

  /** @param {Cell} cell @param {boolean} editing @param {boolean} focus */
  edit(cell, editing, focus = true) {
    const { editor } = cell;
    editor.frame.hidden = !editing;
    /** @type {HTMLElement} */ (cell.element.querySelector(".highlight")).hidden = editing;
    cell.buttons.edit.textContent = editing ? "Close the editor" : "Edit";
    if (editing) {
      inHand = this;
      editor.open(focus);
    } else if (cell.area.value !== cell.original) {
      // The highlighted code is the original; an edited cell stays open, so that what is seen is what runs.
      this.edit(cell, true, focus);
      this.say(cell, "The editor stays open, because the code was changed. Reset brings the original back.");
    }
  }

  /** A reader who leaves the page finds the code again. @param {Cell} cell */
  keep(cell) {
    this.offerUndo(cell, undefined);
    if (!this.kept.keep(cell.number, cell.original, cell.area.value))
      this.say(cell, "This is too long to be kept when you leave the page.");
  }

  /** @param {Cell} cell @param {string | undefined} code that was there before a reset */
  offerUndo(cell, code) {
    cell.undone = code;
    cell.buttons.reset.textContent = code === undefined ? "Reset" : "Undo reset";
  }

  /** @param {Cell} cell */
  reset(cell) {
    const { value } = cell.area;
    cell.editor.replace(cell.original);
    if (value !== cell.original) this.offerUndo(cell, value);
    cell.before.replaceChildren();
    cell.output.replaceChildren(...cell.built);
    this.edit(cell, false);
    this.say(cell, "As it was.");
  }

  /** @param {Cell} cell */
  bringBack(cell) {
    const code = cell.undone ?? cell.original;
    this.edit(cell, true, false);
    cell.editor.replace(code);
    this.say(cell, "Your code is back.");
  }

  // --- running ------------------------------------------------------------------------------------------

  /** @param {Cell[]} cells */
  start(cells) {
    inHand = this;
    sessionStorage.setItem(this.kept.place, "ran");
    const idle = !this.queue.length;
    const more = cells.filter((cell) => !this.queue.includes(cell));
    this.queue.push(...more);
    this.many = this.queue.length > 1;
    for (const cell of idle ? more.slice(1) : more)
      [cell.waits, cell.status.textContent] = [true, "Waits for the cells above."];
    const [first] = this.queue;
    if (!idle) return this.enter(first, "");
    for (const { status } of this.cells)
      if (status.textContent?.startsWith("Not run:")) status.textContent = "";
    this.bar.status.textContent = "";
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
    this.forgetRuns();
    const [cell] = this.queue;
    if (!cell) return;
    [cell.waits, cell.ranIn] = [false, null];
    if (cell.state === "loading") this.enter(cell, "loaded");
    this.enter(cell, "run");
    this.say(cell, "Running.");
    // What stood there stays, below, until there is something new; an error does not, and the built figure stays below it.
    if (!cell.before.hasChildNodes() && !cell.output.querySelector(".cell-error, .demo-error"))
      cell.before.replaceChildren(...cell.output.childNodes);
    [cell.terminal] = [null, cell.output.replaceChildren()];
    this.run = this.runtime.runCell(this, this.slug, cell.area.value, `cell-${cell.number}.py`);
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
      return make(
        "p",
        { class: "demo-error" },
        `The figure cannot be shown: ${error instanceof Error ? error.message : error}.`,
      );
    }
  }

  /** What to say when Python has ended, and with it what the cells have defined. */
  gone() {
    const { names } = this;
    this.names = [];
    if (!names.length) return "";
    const some =
      names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
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
      this.offerEarlier(cell, result.error.message);
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
    const cell = this.cells.find((each) => each.number === number);
    if (!cell) return;
    this.mark(cell, line);
    cell.element.scrollIntoView({ block: "nearest" });
    cell.area.focus();
  }

  /** A name that a cell above would define, had it run. @param {Cell} cell @param {string} message */
  offerEarlier(cell, message) {
    const name = /\bNameError: name '(\w+)'/.exec(message)?.[1];
    const earlier = this.upTo(cell)
      .slice(0, -1)
      .find(({ ranIn, area }) => !ranIn && name && new RegExp(`\\b${name}\\b`).test(area.value));
    if (!earlier) return;
    const again = makeButton("Run all to here", () => this.start(this.upTo(cell)));
    cell.output.append(
      make(
        "p",
        { class: "cell-missing cell-bar demo-bar" },
        `${name} stands in cell ${earlier.number}, which has not run to its end. `,
        again,
      ),
    );
  }

  /** Open the cell with the line selected. @param {Cell} cell @param {number} line */
  mark(cell, line) {
    const lines = cell.area.value.split("\n");
    const begin = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.edit(cell, true, false); // the focus stays where the reader is
    if (document.activeElement !== cell.area)
      cell.area.setSelectionRange(begin, begin + (lines[line - 1] ?? "").length);
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
    if (event === "finish") cell.ranIn = this.runtime.worker;
    const keeps = isBusy(cell.state) || (event !== "finish" && cell.before.firstChild === cell.built[0]); // the built figure outlives a failure
    if (!keeps) cell.before.replaceChildren();
    if (this.many && (event === "fail" || event === "stop"))
      this.note("Stopped at ", make("a", { href: `#${cell.element.id}` }, `cell ${cell.number}`), ".");
    for (const each of this.cells ?? [cell]) {
      if (each.waits && !this.queue.includes(each))
        [each.waits, each.status.textContent] = [false, `Not run: ${NOT_RUN[cell.state]}.`];
      const busy = this.queue.length > 0 && isBusy(cell.state);
      for (const [name, button] of Object.entries(each.buttons)) {
        button.setAttribute(
          "aria-disabled",
          String(
            name === "stop" ? !busy || each !== cell : busy && name !== "edit" && this.queue.includes(each),
          ),
        );
      }
    }
  }

  /** @param {Cell} cell @param {string} text */
  say(cell, text) {
    cell.status.textContent = text;
    this.tell(`Cell ${cell.number}: ${text}`);
  }
}
