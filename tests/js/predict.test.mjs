import assert from "node:assert/strict";
import { test } from "node:test";
import { firstSentence, hasSettings, parseOutcome, score, verdict } from "../../docs/assets/live/predict.js";

test("only a run with the settings of the question is compared", () => {
  assert.ok(hasSettings({ task: "one", rate: 1.0 }, { task: "one", rate: 1, seed: 7 }));
  assert.ok(!hasSettings({ task: "one", rate: 1.0 }, { task: "one", rate: 2, seed: 7 }));
  assert.ok(!hasSettings({ task: "one" }, { seed: 7 }));
  assert.ok(hasSettings({}, { seed: 7 }));
});

test("a reply quotes the first sentence of what a figure says", () => {
  assert.equal(
    firstSentence("The number is −0.24: the sums and the bias 0.4. Lit: 27."),
    "The number is −0.24: the sums and the bias 0.4.",
  );
  assert.equal(firstSentence("One alone."), "One alone.");
});

test("an outcome names what was tried, and what became of it", () => {
  assert.deepEqual(parseOutcome("momentum:kept"), { key: "momentum", box: "kept" });
  assert.deepEqual(parseOutcome("none"), { key: "none", box: "" });
});

test("a verdict says what the run shows, and whether that was the guess", () => {
  assert.deepEqual(verdict("kept", "parted", "drift apart"), {
    mark: "wrong",
    text: "✗ Not as you expected: they drift apart.",
  });
  assert.deepEqual(verdict("parted", "parted", "drift apart"), {
    mark: "right",
    text: "✓ As you expected, they drift apart.",
  });
});

test("right and wrong differ without colour", () => {
  const glyphs = ["kept", "parted"].map((expected) => verdict(expected, "parted", "part").text[0]);
  assert.equal(new Set(glyphs).size, 2);
});

test("the count is out of what was tried, and says how many are left", () => {
  const marks = (right, wrong) => [...Array(right).fill("right"), ...Array(wrong).fill("wrong")];
  assert.equal(score(marks(1, 0), 12), "1 of 1 as you expected; 11 to go.");
  assert.equal(score(marks(9, 3), 12), "9 of 12 as you expected.");
});
