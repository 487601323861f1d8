import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, stroke } from "../../docs/assets/live/points.js";

const XS = [0.1, 0.5, 0.9];
const LEVEL = [0.5, 0.5, 0.5];

test("a press moves the nearest point, and no other", () => {
  assert.deepEqual(stroke(LEVEL, XS, null, [0.2, 0.9]), [0.9, 0.5, 0.5]);
  assert.deepEqual(stroke(LEVEL, XS, null, [0.75, 0.1]), [0.5, 0.5, 0.1]);
});

test("a fast stroke moves the points between, along a straight line", () => {
  assert.deepEqual(stroke(LEVEL, XS, [0.1, 0], [0.9, 1]), [0.5, 0.5, 1]);
  assert.deepEqual(
    stroke(LEVEL, XS, [0, 0], [0.9, 0.9]).map((each) => Math.round(10 * each)),
    [1, 5, 9],
  );
  assert.deepEqual(
    stroke(LEVEL, XS, [1, 1], [0, 0]).map((each) => Math.round(10 * each)),
    [0, 5, 9],
  );
});

test("beyond the axes a point stays at their ends", () => {
  assert.deepEqual(stroke(LEVEL, XS, null, [-3, 7]), [1, 0.5, 0.5]);
  assert.deepEqual(stroke(LEVEL, XS, null, [3, -7]), [0.5, 0.5, 0]);
});

test("a guess is compared point by point, and its worst point is named", () => {
  const names = ["1 filter", "2 filters"];
  assert.equal(
    compare([70, 60], [28, 56], names),
    "Your guess is off by 23 points on average, most for 1 filter: you drew 70\u202f%, and it is 28\u202f%.",
  );
  assert.match(compare([28, 57], [28, 56], names), /^✓ Close\. Your guess is off by 1 point on average/);
});
