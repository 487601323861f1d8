import assert from "node:assert/strict";
import { test } from "node:test";
import { answerAt, blank, complete, curveOf, extend } from "../../docs/assets/live/guess.js";

const ENDS = [0.03, 0.11, 1]; // of the question about the twins, as shares of its axis

test("a curve goes through the points that were drawn, and straight between them", () => {
  let curve = extend(blank(), null, [0, 0]);
  curve = extend(curve, [0, 0], [0.5, 1]);
  assert.equal(curve[0], 0);
  assert.equal(curve[15], 0.5);
  assert.equal(curve[30], 1);
  assert.equal(curve[31], null);
});

test("drawing back over a curve corrects it, and beyond the axes it stays at their ends", () => {
  const wrong = extend(extend(blank(), null, [0, 0]), [0, 0], [1, 1]);
  const right = extend(wrong, [1, 1], [0.5, -3]);
  assert.equal(right[30], 0);
  assert.equal(right[15], 0.25, "what was not drawn over is as it was");
  assert.equal(extend(blank(), null, [7, 7])[60], 1);
});

test("a curve counts when it comes near the right edge; the rest of it is level", () => {
  const short = extend(extend(blank(), null, [0, 0]), [0, 0], [0.8, 0.5]);
  assert.equal(complete(short), null);
  assert.equal(complete(blank()), null);
  const long = complete(extend(extend(blank(), null, [0.2, 0.4]), [0.2, 0.4], [0.9, 0.5]));
  assert.equal(long.length, 61);
  assert.equal(long[60], 0.5);
  assert.equal(long[0], 0, "it begins at the axis");
  assert.ok(long.every((share) => share !== null));
});

test("where a curve ends chooses the answer", () => {
  assert.deepEqual(
    [0, 0.03, 0.031, 0.11, 0.12, 1].map((end) => answerAt(ENDS, end)),
    [0, 0, 1, 1, 2, 2],
  );
  assert.equal(answerAt([0.1, 0.5], 0.9), 1, "the last answer has what lies beyond");
});

test("the curve that an answer draws would choose this answer", () => {
  for (const answer of ENDS.keys()) {
    const curve = curveOf(ENDS, answer);
    assert.equal(answerAt(ENDS, curve[60]), answer);
    assert.equal(curve[0], 0);
  }
  assert.ok(
    curveOf(ENDS, 0).every((share) => share === 0),
    "exactly equal is exactly 0",
  );
});
