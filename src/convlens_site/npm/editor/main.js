// The editor of a notebook's cell: prism-code-editor, with the keys and colours of this site. It is bundled
// into editor.js, which a page fetches when a reader first edits a cell. The editor is a real textarea, laid
// over the coloured text.

import { createEditor } from "prism-code-editor";
import { defaultKeymap, editorCommands, indentSelectedLines, insertTab } from "prism-code-editor/commands";
import { languages } from "prism-code-editor/prism";
import "prism-code-editor/prism/languages/python";
import "prism-code-editor/languages/python";
import layout from "prism-code-editor/layout.css";
import colours from "./colours.css";

const DEFAULT_KEYS = ["Enter", "1+ArrowDown", "1+ArrowUp", "Mod+]", "Mod+[", "Mod+/"];
/** The keys, described for the reader. */
export const KEYS = "Tab and Shift+Tab indent; Esc, then Tab, leaves. ";

// Pygments colours the page's own code; it also marks the names of modules, and self. The class "number" has
// another meaning on our pages.
const { python } = languages;
const changes = {
  function: (pattern) => ({
    module: { pattern: /(^[ \t]*(?:from|import)[ \t]+)[\w.]+/m, lookbehind: true, alias: "function" },
    function: pattern,
  }),
  builtin: (pattern) => ({ builtin: [pattern, /\b(?:self|cls)\b/] }),
  number: (pattern) => ({ numeral: pattern }),
};
for (const [name, pattern] of Object.entries(python)) {
  delete python[name]; // and add it again at the end: the order of a grammar is its precedence
  Object.assign(python, changes[name]?.(pattern) ?? { [name]: pattern });
}

/** All editors share one sheet: the page's security policy forbids style elements. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(layout + colours);
document.adoptedStyleSheets.push(sheet);

/** Tab indents; but after Escape, the next Tab leaves the editor. */
function keysOf(editor) {
  let leaving = false;
  const stay = () => {
    leaving = false;
  };
  editor.keyCommandMap.Escape = () => {
    leaving = true; // and keep the focus, so that Tab moves on from here
  };
  editor.textarea.addEventListener("keydown", ({ key }) => {
    if (!["Escape", "Tab", "Shift"].includes(key)) stay();
  });
  editor.textarea.addEventListener("blur", stay);
  return {
    Tab: () => {
      if (leaving) return false;
      const [start, end] = editor.getSelection();
      return start === end ? insertTab(editor, start) : indentSelectedLines(editor);
    },
    "8+Tab": () => !leaving && indentSelectedLines(editor, true),
    ...Object.fromEntries(DEFAULT_KEYS.map((name) => [name, defaultKeymap[name]])),
  };
}

/**
 * Replace a text box by an editor with the same text, name, selection and focus. Returns the new text box.
 */
export function replaceBox(box) {
  const { value, selectionStart, selectionEnd } = box;
  const focused = document.activeElement === box;
  const editor = createEditor(null, { language: "python", value, tabSize: 4, lineNumbers: false });
  const pairs = []; // close no bracket or quote automatically
  editorCommands(keysOf(editor), pairs)(editor, editor.options);
  for (const name of ["aria-label", "aria-describedby"])
    editor.textarea.setAttribute(name, box.getAttribute(name));
  box.replaceWith(editor.container);
  editor.textarea.setSelectionRange(selectionStart, selectionEnd);
  if (focused) editor.textarea.focus({ preventScroll: true });
  return editor.textarea;
}
