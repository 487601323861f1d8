import assert from "node:assert/strict";
import { test } from "node:test";
import { writeTo } from "../../docs/assets/live/terminal.js";

/** Everything on the page after some texts have been written. */
const shown = (...texts) => {
  let [page, last, column] = ["", "", 0];
  for (const text of texts) {
    const line = writeTo(last, column, text);
    [page, last, column] = [page + line.finished, line.last, line.column];
  }
  return page + last;
};

test("plain lines stay as they are, however they are split", () => {
  assert.equal(shown("one\ntwo\n", "thr", "ee"), "one\ntwo\nthree");
  assert.equal(shown(""), "");
});

test("a carriage return overwrites the line, and its longer rest stays", () => {
  assert.equal(shown("10 %\r20 %"), "20 %");
  assert.equal(shown("10 %", "\r", "20"), "20 %");
  assert.equal(shown("abc\rX\r\nd"), "Xbc\nd");
});

test("a backspace goes back and no further than the line", () => {
  assert.equal(shown("ab\bc"), "ac");
  assert.equal(shown("\b\bx"), "x");
});

test("escape sequences and unprintable characters are not shown", () => {
  assert.equal(shown("\x1b[1;31mred\x1b[0m\x07\x00"), "red");
  assert.equal(shown("\x1b]0;title\x07text\x1b(B"), "text");
  assert.equal(shown("a\tb\u00e9"), "a\tb\u00e9");
});
