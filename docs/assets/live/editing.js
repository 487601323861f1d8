// The editor of one cell: a text box, replaced by an editor with colours when its script has loaded. Also the
// storage of changed cells.

import { importScript } from "./start.js";
import { make } from "./dom.js";

const RUN_KEYS = "Shift+Enter runs the cell and goes on, Ctrl+Enter only runs it.";
/** @type {Promise<any> | null} the editor's script, once for all cells */
let editorScript = null;

/** The changed cells of one page, in local storage until they are reset. */
export class SavedEdits {
  /** @param {string} path of the page */
  constructor(path) {
    this.key = `cells ${path}`;
  }

  /** @returns {Record<string, {original: string, value: string}>} by the number of the cell */
  all() {
    try {
      const all = JSON.parse(localStorage.getItem(this.key) ?? "{}");
      return typeof all === "object" && all ? all : {};
    } catch {
      return {};
    }
  }

  /** @param {string} number of the cell */
  get(number) {
    const entry = this.all()[number];
    return typeof entry?.value === "string" ? entry : undefined;
  }

  clear() {
    localStorage.removeItem(this.key);
  }

  /**
   * Save a cell, and return whether there was room. Cells that other tabs have saved are kept.
   * @param {string} number @param {string} original @param {string} value
   */
  save(number, original, value) {
    const all = this.all();
    delete all[number];
    if (value !== original) all[number] = { original, value };
    try {
      if (Object.keys(all).length) localStorage.setItem(this.key, JSON.stringify(all));
      else this.clear();
      return true;
    } catch {
      return false; // the previous version is still there
    }
  }
}

/** A text box that becomes an editor. */
export class Editor {
  /** @param {string} number of the cell @param {string} original @param {() => void} onInput */
  constructor(number, original, onInput) {
    this.hint = make("p", { class: "cell-hint", id: `keys-of-cell-${number}` }, RUN_KEYS);
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

  /** Make the text box as high as its text. An editor grows by itself. */
  grow() {
    if (this.plain) this.area.rows = this.area.value.split("\n").length + 1;
  }

  /** @param {boolean} focus */
  open(focus) {
    this.frame.hidden = false;
    this.grow();
    if (focus) this.area.focus();
    if (this.plain) this.upgrade();
  }

  /** Replace the text box by the editor. If its script cannot be loaded, the text box stays. */
  async upgrade() {
    try {
      const { replaceBox, KEYS } = await (editorScript ??= importScript("editor"));
      while (this.composing)
        await new Promise((resolve) => this.area.addEventListener("compositionend", resolve, { once: true }));
      if (!this.plain || !replaceBox) return;
      this.plain = false;
      this.area = replaceBox(this.area);
      this.hint.textContent = KEYS + RUN_KEYS;
    } catch {
      editorScript = null; // opening the next cell tries again
    }
  }

  /** Replace the text in a way that Ctrl+Z undoes. @param {string} text */
  replace(text) {
    const { area } = this;
    if (area.value === text) return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    area.focus({ preventScroll: true });
    area.select();
    if (document.activeElement !== area || !document.execCommand("insertText", false, text))
      area.value = text;
    if (area.value !== text) area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    focused?.focus({ preventScroll: true });
  }
}
