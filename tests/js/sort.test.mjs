import assert from "node:assert/strict";
import { test } from "node:test";
import { hasSettings } from "../../docs/assets/live/asking.js";
import { parseOutcome, score, verdict } from "../../docs/assets/live/sort.js";

test("only a run with the settings of the question is compared", () => {
  assert.ok(hasSettings({ task: "one", rate: 1.0 }, { task: "one", rate: 1, seed: 7 }));
  assert.ok(!hasSettings({ task: "one", rate: 1.0 }, { task: "one", rate: 2, seed: 7 }));
  assert.ok(!hasSettings({ task: "one" }, { seed: 7 }));
  assert.ok(hasSettings({}, { seed: 7 }));
});

test("an outcome names what was tried, and what became of it", () => {
  assert.deepEqual(parseOutcome("momentum:kept"), { key: "momentum", box: "kept" });
  assert.deepEqual(parseOutcome("none"), { key: "none", box: "" });
});

test("a verdict says what the run shows, and whether that was the guess, if there was one", () => {
  const said = (guess) => verdict(guess, "parted", "separate");
  assert.deepEqual(said("kept"), { mark: "wrong", text: "✗ Not quite: they separate." });
  assert.deepEqual(said("parted"), { mark: "right", text: "✓ Right: they separate." });
  assert.deepEqual(said(""), { mark: "told", text: "They separate." });
});

test("the count is out of what was guessed, and says how many are left", () => {
  const marks = (right, wrong, told) => [
    ...Array(right).fill("right"),
    ...Array(wrong).fill("wrong"),
    ...Array(told).fill("told"),
  ];
  assert.equal(score(marks(1, 0, 0), 12), "1 of 1 guesses right. 11 to go.");
  assert.equal(score(marks(2, 1, 1), 12), "2 of 3 guesses right. 8 to go.");
  assert.equal(score(marks(0, 0, 1), 12), "11 to go.");
  assert.equal(score(marks(9, 3, 0), 12), "9 of 12 guesses right.");
});
