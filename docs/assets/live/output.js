// What a cell has printed, shown and raised, below it: as in a terminal, and never as markup.

import { overwritten } from "./terminal.js";
import { make } from "./view.js";

const REACHED = { tabindex: "0", role: "group", translate: "no" }; // what may be wider than the page scrolls by keys
const STEP = /^([ |+]*)(Cell (\d+), line (\d+))/gm;

/** A box with the lines of a terminal: a return starts the line again, a backspace goes back. */
export class Terminal {
  constructor() {
    this.element = make("pre", { class: "cell-print", "aria-label": "printed", ...REACHED });
    this.last = new Text(); // the line that may still change
    this.element.append(this.last);
    this.column = 0;
    this.waiting = "";
    this.drawing = 0;
  }

  /** Drawn once a frame, however much comes. @param {string} text */
  write(text) {
    this.waiting += text;
    this.drawing ||= requestAnimationFrame(() => this.flush());
  }

  flush() {
    cancelAnimationFrame(this.drawing);
    this.drawing = 0;
    const atEnd = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 30;
    const lines = overwritten(this.last.data, this.column, this.waiting);
    this.waiting = "";
    this.column = lines.column;
    if (lines.finished) this.last.before(lines.finished);
    this.last.data = lines.last;
    if (atEnd) this.element.scrollTop = this.element.scrollHeight;
  }
}

/** Python's words about an error, with a link to each cell it came through. @param {{text: string, hint: string}} error @param {(cell: string, line: number) => void} open */
export function traceback({ text: words, hint }, open) {
  const text = String(words);
  const box = make("pre", { class: "cell-traceback", "aria-label": "error", ...REACHED });
  let from = 0;
  for (const { index, 0: whole, 1: indent, 2: place, 3: cell, 4: line } of text.matchAll(STEP)) {
    const link = make("a", { href: `#cell-${cell}` }, place);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation(); // the theme would follow the link too
      open(cell, Number(line));
    });
    box.append(text.slice(from, index), indent, link);
    from = index + whole.length;
  }
  // What went wrong stands in the last lines; a reader looks there first.
  const end = Math.max(text.lastIndexOf("\n", text.length - 1) + 1, from);
  box.append(text.slice(from, end), make("strong", {}, text.slice(end)));
  return make(
    "div",
    { class: "cell-error", role: "alert" },
    box,
    ...(hint ? [make("p", { class: "cell-advice" }, hint)] : []),
  );
}

/** @param {{panels: string[], alt: string}} figure @param {(svg: string) => Node} importSvg */
export const picture = ({ panels, alt }, importSvg) =>
  make(
    "div",
    { class: "demo-panels", role: "img", "aria-label": alt, translate: "no" },
    ...panels.map(importSvg),
  );

/** @param {string} text */
export const valueBox = (text) =>
  make("pre", { class: "cell-value", "aria-label": "result", ...REACHED }, text);
