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

test("an outcome names the box of each item", () => {
  assert.deepEqual(
    [...parseOutcome("momentum:kept dropout:parted")],
    [
      ["momentum", "kept"],
      ["dropout", "parted"],
    ],
  );
  assert.equal(parseOutcome("momentum:kept").get("dropout"), undefined);
});

test("a wrongly sorted item gets what the run shows, and the reason", () => {
  assert.deepEqual(verdict("kept", "parted", "parts them", "Because."), {
    mark: "wrong",
    text: "✗ In the run it parts them.",
    reason: "Because.",
  });
});

test("a rightly sorted item, or one that was not sorted, gets no reason", () => {
  assert.deepEqual(verdict("parted", "parted", "parts them", "Because."), {
    mark: "right",
    text: "✓ As you expected, it parts them.",
    reason: "",
  });
  assert.deepEqual(verdict(undefined, "parted", "parts them", "Because."), {
    mark: "none",
    text: "– Not sorted. In the run it parts them.",
    reason: "",
  });
});

test("right, wrong and not sorted differ without colour", () => {
  const glyphs = ["kept", "parted", undefined].map(
    (expected) => verdict(expected, "parted", "parts them", "").text[0],
  );
  assert.equal(new Set(glyphs).size, 3);
});

test("the count is out of the items that were sorted", () => {
  const marks = (right, wrong, none) =>
    ["right", "wrong", "none"].flatMap((mark, i) => Array([right, wrong, none][i]).fill(mark));
  assert.equal(score(marks(12, 0, 0)), "12 of 12 as you expected.");
  assert.equal(score(marks(9, 3, 0)), "9 of 12 as you expected. The reason is below each of the other 3.");
  assert.equal(
    score(marks(0, 1, 11)),
    "0 of 1 as you expected. The reason is below the other one. Not sorted: 11.",
  );
});
