// The editor of a notebook's cell, where it is more than a text box: prism-code-editor, with the keys and the colours of this site.
// Bundled into editor.js, which a page fetches when a reader first edits. Below it is a real textarea, laid over the coloured text.

import { createEditor } from "prism-code-editor";
import { defaultKeymap, editorCommands, indentSelectedLines, insertTab } from "prism-code-editor/commands";
import { languages } from "prism-code-editor/prism";
import "prism-code-editor/prism/languages/python";
import "prism-code-editor/languages/python";
import layout from "prism-code-editor/layout.css";
import colours from "./colours.css";

/** What the reader is told of its keys. */
export const KEYS = "Tab and Shift+Tab indent; Esc, then Tab, leaves. ";

// What the page's own code, coloured by Pygments, shows besides: names of modules, self. And "number" is a class of this site's pages.
const { python } = languages;
const ours = {
  function: (pattern) => ({
    module: { pattern: /(^[ \t]*(?:from|import)[ \t]+)[\w.]+/m, lookbehind: true, alias: "function" },
    function: pattern,
  }),
  builtin: (pattern) => ({ builtin: [pattern, /\b(?:self|cls)\b/] }),
  number: (pattern) => ({ numeral: pattern }),
};
for (const [name, pattern] of Object.entries(python)) {
  // what comes first in a grammar is found first
  delete python[name];
  Object.assign(python, ours[name]?.(pattern) ?? { [name]: pattern });
}

/** Every editor shares one sheet; the policy of the page allows no style element. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(layout + colours);
document.adoptedStyleSheets.push(sheet);

/** Let the reader out of the editor: after Escape, the next Tab is the browser's. */
function keysOf(editor) {
  let free = false;
  const unless =
    (command) =>
    (...given) =>
      !free && command(...given);
  editor.keyCommandMap.Escape = () => {
    free = true;
  }; // the focus stays: where it is, is where Tab goes on from
  editor.textarea.addEventListener("keydown", ({ key }) => {
    if (!["Escape", "Tab", "Shift"].includes(key)) free = false;
  });
  editor.textarea.addEventListener("blur", () => {
    free = false;
  });
  return {
    Tab: unless(() => {
      const [start, end] = editor.getSelection();
      return start === end ? insertTab(editor, start) : indentSelectedLines(editor);
    }),
    "8+Tab": unless(() => indentSelectedLines(editor, true)),
    ...Object.fromEntries(
      ["Enter", "1+ArrowDown", "1+ArrowUp", "Mod+]", "Mod+[", "Mod+/"].map((name) => [
        name,
        defaultKeymap[name],
      ]),
    ),
  };
}

/** Put the editor in the place of a text box, with its text, its name, its selection and the focus. Returns the new text box. */
export function replaceBox(box) {
  const { value, selectionStart, selectionEnd } = box;
  const focused = document.activeElement === box;
  const editor = createEditor(null, { language: "python", value, tabSize: 4, lineNumbers: false });
  editorCommands(keysOf(editor), [])(editor, editor.options); // brackets and quotes are closed by who opens them
  for (const name of ["aria-label", "aria-describedby"])
    editor.textarea.setAttribute(name, box.getAttribute(name));
  box.replaceWith(editor.container);
  editor.textarea.setSelectionRange(selectionStart, selectionEnd);
  if (focused) editor.textarea.focus({ preventScroll: true });
  return editor.textarea;
}
