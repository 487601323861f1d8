// The editor of one cell: a text box at once and, when its script has come, one that colours; and what was changed in it, kept.

import { importLate } from "./start.js";
import { make } from "./view.js";

const RUNS = "Shift+Enter runs the cell and goes on, Ctrl+Enter only runs it.";
/** @type {Promise<any> | null} the script that colours, once for all cells */
let script = null;

/** What was changed in the cells of one page, by their numbers: kept by the browser until it is put back. */
export class Kept {
  /** @param {string} path of the page */
  constructor(path) {
    this.place = `cells ${path}`;
  }

  /** @returns {Record<string, {original: string, value: string}>} */
  all() {
    try {
      const all = JSON.parse(localStorage.getItem(this.place) ?? "{}");
      return typeof all === "object" && all ? all : {};
    } catch {
      return {};
    }
  }

  /** @param {string} number of the cell */
  of(number) {
    const entry = this.all()[number];
    return typeof entry?.value === "string" ? entry : undefined;
  }

  forget() {
    localStorage.removeItem(this.place);
  }

  /** What other tabs have kept of other cells stays. Was there room? @param {string} number @param {string} original @param {string} value */
  keep(number, original, value) {
    const all = this.all();
    delete all[number];
    if (value !== original) all[number] = { original, value };
    try {
      if (Object.keys(all).length) localStorage.setItem(this.place, JSON.stringify(all));
      else this.forget();
      return true;
    } catch {
      return false; // what was kept before is still there
    }
  }
}

/** A text box that becomes an editor. */
export class Editor {
  /** @param {string} number of the cell @param {string} original @param {() => void} onInput */
  constructor(number, original, onInput) {
    this.hint = make("p", { class: "cell-hint", id: `keys-of-cell-${number}` }, RUNS);
    this.area = /** @type {HTMLTextAreaElement} */ (
      make("textarea", {
        class: "cell-edit",
        spellcheck: "false",
        autocomplete: "off",
        autocapitalize: "off",
        "aria-label": `Code of cell ${number}`,
        "aria-describedby": this.hint.id,
      })
    );
    this.area.value = original;
    this.frame = make("div", { class: "cell-editor" }, this.area, this.hint);
    this.frame.hidden = true;
    this.frame.addEventListener("input", () => (this.grow(), onInput()));
    this.frame.addEventListener("compositionstart", () => (this.composing = true));
    this.frame.addEventListener("compositionend", () => (this.composing = false));
    this.composing = false;
    this.plain = true;
  }

  /** A text box is as high as its text, as an editor is by itself. */
  grow() {
    if (this.plain) this.area.rows = this.area.value.split("\n").length + 1;
  }

  /** @param {boolean} focus */
  open(focus) {
    this.frame.hidden = false;
    this.grow();
    if (focus) this.area.focus();
    if (this.plain) this.colour();
  }

  /** Without its script, which may not have come, one edits in the text box. */
  async colour() {
    try {
      const { replaceBox, KEYS } = await (script ??= importLate("editor", new AbortController().signal));
      while (this.composing)
        await new Promise((resolve) => this.area.addEventListener("compositionend", resolve, { once: true }));
      if (!this.plain || !replaceBox) return;
      this.plain = false;
      this.area = replaceBox(this.area);
      this.hint.textContent = KEYS + RUNS;
    } catch {
      script = null; // the next cell that is opened tries again
    }
  }

  /** Put another text in, so that the reader can undo it by keys. @param {string} text */
  replace(text) {
    const { area } = this;
    if (area.value === text) return;
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    area.focus({ preventScroll: true });
    area.select();
    if (document.activeElement !== area || !document.execCommand("insertText", false, text))
      area.value = text;
    if (area.value !== text) area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    before?.focus({ preventScroll: true });
  }
}
