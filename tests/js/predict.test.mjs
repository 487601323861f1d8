import assert from "node:assert/strict";
import { test } from "node:test";
import { firstSentence, verdict } from "../../docs/assets/live/predict.js";

test("a reply quotes the first sentence of what a figure says", () => {
  assert.equal(
    firstSentence("The number is −0.24: the sums and the bias 0.4. Lit: 27."),
    "The number is −0.24: the sums and the bias 0.4.",
  );
  assert.equal(firstSentence("One alone."), "One alone.");
});

test("a guess is right, close or wrong; only numbers can be close", () => {
  assert.equal(verdict("2", "2"), "✓ As you expected.");
  for (const guess of ["1", "3"]) assert.equal(verdict(guess, "2"), "≈ Close.");
  for (const guess of ["0", "4"]) assert.equal(verdict(guess, "2"), "✗ Not quite.");
  assert.equal(verdict("same", "same"), "✓ As you expected.");
  assert.equal(verdict("near", "same"), "✗ Not quite.");
});
