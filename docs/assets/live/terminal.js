// Text as a terminal displays it. Pure, tested without a browser.

// Colours and cursor movements, which are ignored, and characters that a terminal does not print.
const ESCAPES = /\x1b(?:\[[0-?]*[ -\/]*[@-~]|[()][A-Z0-9]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;
const UNPRINTABLE = /[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]/g;

/**
 * Write a text into a line, from a column on.
 * @param {string} last the line @param {number} column @param {string} text
 * @returns the finished lines, the last line, and the column in it where writing continues
 */
export function writeTo(last, column, text) {
  let finished = "";
  const printable = text.replace(ESCAPES, "").replace(UNPRINTABLE, "");
  for (const piece of printable.match(/[\n\r\b]|[^\n\r\b]+/g) ?? []) {
    if (piece === "\n") {
      finished += `${last}\n`;
      [last, column] = ["", 0];
    } else if (piece === "\r") column = 0;
    else if (piece === "\b") column = Math.max(column - 1, 0);
    else {
      const end = column + piece.length;
      [last, column] = [last.slice(0, column) + piece + last.slice(end), end];
    }
  }
  return { finished, last, column };
}
