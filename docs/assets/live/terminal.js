// What a terminal makes of a text: pure, tested without a browser.

// Colours and movements that a terminal would obey, and what it would not print at all.
const ESCAPES = /\x1b(?:\[[0-?]*[ -\/]*[@-~]|[()][A-Z0-9]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;
const UNSEEN = /[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]/g;

/** Write a text where a line stands: the lines that are finished by it, the last line, and where it goes on. @param {string} last @param {number} column @param {string} text */
export function overwritten(last, column, text) {
  const finished = [];
  for (const piece of text
    .replace(ESCAPES, "")
    .replace(UNSEEN, "")
    .match(/[\n\r\b]|[^\n\r\b]+/g) ?? []) {
    if (piece === "\n") [last, column] = [(finished.push(last, "\n"), ""), 0];
    else if (piece === "\r") column = 0;
    else if (piece === "\b") column = Math.max(column - 1, 0);
    else
      [last, column] = [
        last.slice(0, column) + piece + last.slice(column + piece.length),
        column + piece.length,
      ];
  }
  return { finished: finished.join(""), last, column };
}
