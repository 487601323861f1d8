import assert from "node:assert/strict";
import { test } from "node:test";
import { VERSION, isMessage, message, stride } from "../../docs/assets/live/protocol.js";

test("messages of another version or type are dropped", () => {
  assert.ok(isMessage(message({ type: "run" }), "toWorker"));
  assert.ok(!isMessage(message({ type: "run" }), "fromWorker"));
  assert.ok(!isMessage({ v: VERSION + 1, type: "run" }, "toWorker"));
  for (const junk of [null, undefined, "run", 3, {}, []]) assert.ok(!isMessage(junk, "toWorker"));
});

test("the first steps are all shown, later ones are not, and motion can be reduced", () => {
  assert.equal(stride(0, false), 1);
  assert.equal(stride(39, false), 1);
  assert.ok(stride(200, false) > stride(50, false));
  assert.equal(stride(0, true), 10);
});
