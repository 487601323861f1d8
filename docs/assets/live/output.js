// The output of a cell: printed text, values, figures and tracebacks. Text is never treated as markup.

import { make } from "./dom.js";
import { importSvg } from "./svg.js";
import { writeTo } from "./terminal.js";

const SCROLLABLE = { tabindex: "0", role: "group", translate: "no" }; // by keyboard, because it may be wide
const FRAME_LINE = /^([ |+]*)(Cell (\d+), line (\d+))/gm;

/** Printed text as in a terminal: a carriage return overwrites the line, a backspace moves back. */
export class Terminal {
  constructor() {
    this.element = make("pre", { class: "cell-print", "aria-label": "printed", ...SCROLLABLE });
    this.last = new Text(); // the last line, which may still change
    this.element.append(this.last);
    this.column = 0;
    this.pending = "";
    this.request = 0;
  }

  /** Add text. It is drawn once per frame, however often this is called. @param {string} text */
  write(text) {
    this.pending += text;
    this.request ||= requestAnimationFrame(() => this.flush());
  }

  flush() {
    cancelAnimationFrame(this.request);
    this.request = 0;
    const atEnd = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 30;
    const { finished, last, column } = writeTo(this.last.data, this.column, this.pending);
    this.pending = "";
    this.column = column;
    if (finished) this.last.before(finished);
    this.last.data = last;
    if (atEnd) this.element.scrollTop = this.element.scrollHeight;
  }
}

/**
 * A traceback, with a link to the line of each cell in it.
 * @param {{text: string, hint: string}} error @param {(cell: string, line: number) => void} openLine
 */
export function traceback(error, openLine) {
  const text = String(error.text);
  const box = make("pre", { class: "cell-traceback", "aria-label": "error", ...SCROLLABLE });
  let from = 0;
  for (const { index, 0: whole, 1: indent, 2: label, 3: cell, 4: line } of text.matchAll(FRAME_LINE)) {
    const link = make("a", { href: `#cell-${cell}` }, label);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation(); // the theme would follow the link too
      openLine(cell, Number(line));
    });
    box.append(text.slice(from, index), indent, link);
    from = index + whole.length;
  }
  // The last line says what went wrong: make it stand out.
  const end = Math.max(text.lastIndexOf("\n", text.length - 1) + 1, from);
  box.append(text.slice(from, end), make("strong", {}, text.slice(end)));
  return make(
    "div",
    { class: "cell-error", role: "alert" },
    box,
    ...(error.hint ? [make("p", { class: "cell-advice" }, error.hint)] : []),
  );
}

/** @param {{panels: string[], alt: string}} figure */
export const figureBox = ({ panels, alt }) =>
  make(
    "div",
    { class: "demo-panels", role: "img", "aria-label": alt, translate: "no" },
    ...panels.map(importSvg),
  );

/** @param {string} text */
export const valueBox = (text) =>
  make("pre", { class: "cell-value", "aria-label": "result", ...SCROLLABLE }, text);
