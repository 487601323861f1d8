import assert from "node:assert/strict";
import { test } from "node:test";
import {
  TRANSITIONS,
  VERSION,
  isBusy,
  isMessage,
  message,
  nextState,
  stride,
} from "../../docs/assets/live/protocol.js";

const after = (...events) => events.reduce(nextState, "still");

test("a first run goes from the still figure through loading to done", () => {
  assert.equal(after("load"), "loading");
  assert.equal(after("load", "loaded", "run"), "running");
  assert.equal(after("load", "loaded", "run", "pause", "step", "run", "finish"), "done");
});

test("stop ends a run and ends loading, and a run can follow", () => {
  assert.equal(after("load", "stop"), "stopped");
  assert.equal(after("load", "loaded", "run", "stop"), "stopped");
  assert.equal(after("load", "loaded", "run", "stop", "run"), "running");
});

test("a stop when nothing runs changes nothing", () => {
  for (const state of ["still", "ready", "done", "failed"]) assert.equal(nextState(state, "stop"), state);
});

test("every state can be left by a run or by loading again, except loading itself", () => {
  for (const state of Object.keys(TRANSITIONS)) {
    if (state === "loading") continue;
    assert.equal(nextState(state, "run"), "running", state);
    assert.equal(nextState(state, "load"), "loading", state);
  }
});

test("every transition leads to a known state", () => {
  for (const row of Object.values(TRANSITIONS))
    for (const state of Object.values(row)) assert.ok(state in TRANSITIONS);
});

test("busy is what Stop can stop", () => {
  for (const [state, row] of Object.entries(TRANSITIONS)) assert.equal(isBusy(state), "stop" in row, state);
});

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
