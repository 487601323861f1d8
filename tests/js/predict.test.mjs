import assert from "node:assert/strict";
import { test } from "node:test";
import { firstSentence } from "../../docs/assets/live/predict.js";

test("a reply quotes the first sentence of what a figure says", () => {
  assert.equal(
    firstSentence("The number is −0.24: the sums and the bias 0.4. Lit: 27."),
    "The number is −0.24: the sums and the bias 0.4.",
  );
  assert.equal(firstSentence("One alone."), "One alone.");
});
