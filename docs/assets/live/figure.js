// The figure of a demo: its panels, its sentences and its table.

import { keepDials } from "./dial.js";
import { make } from "./dom.js";
import { importSvg } from "./svg.js";

/** @typedef {import("./protocol.js").Figure} Figure */

const IDEA = /\[([^\]]+)\]\(([a-z\d -]+)\)/; // words of a caption that light up with an idea: "the [error](error)"

/** @param {string} caption @returns {(string | Node)[]} */
function marked(caption) {
  const [text, word, idea, rest] = caption.split(new RegExp(`${IDEA.source}([^]*)`));
  return word === undefined
    ? [text]
    : [text, make("em", { "data-idea": idea, tabindex: "0" }, word), ...marked(rest)];
}

export class FigureView {
  /** @param {HTMLElement} section @param {(replace: () => void) => void} keepFocus while panels are replaced */
  constructor(section, keepFocus) {
    this.section = section;
    this.keepFocus = keepFocus;
    /** @type {Figure | null} none while the built one stands there */ this.current = null;
    this.panels = this.find(".demo-panels");
    this.table = /** @type {HTMLDetailsElement} */ (this.find(".demo-table"));
    this.table.addEventListener("toggle", () => this.showTable());
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.section.querySelector(selector));
  }

  /**
   * @param {Figure} figure
   * @param {boolean} all whether to draw all panels, or only those that changed
   */
  show(figure, all) {
    const before = all ? [] : (this.current?.panels ?? []);
    this.current = figure;
    this.keepFocus(() => keepDials(this.panels, () => this.draw(before, figure.panels)));
    this.panels.setAttribute("aria-label", figure.alt);
    this.find(".demo-result").textContent = figure.alt;
    this.find(".demo-caption").replaceChildren(...marked(String(figure.caption)));
    const heading = this.section.querySelector(".demo-heading");
    if (heading) heading.textContent = figure.heading ?? "";
    this.section.removeAttribute("data-stale");
    if (this.table.open) this.showTable();
  }

  /** @param {string[]} before @param {string[]} panels */
  draw(before, panels) {
    const { children } = this.panels;
    if (before.length !== panels.length) this.panels.replaceChildren(...panels.map(importSvg));
    else panels.forEach((svg, n) => svg !== before[n] && children[n].replaceWith(importSvg(svg)));
  }

  /** Fill the table with the numbers of the figure. With headings, since the columns may depend on a setting. */
  showTable() {
    if (!this.current) return;
    const { columns, rows } = this.current.table;
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
