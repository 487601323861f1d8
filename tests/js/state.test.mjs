import assert from "node:assert/strict";
import { test } from "node:test";
import { STILL, isBusy, reduce } from "../../docs/assets/live/state.js";

/** The state after some messages, and the types of the effects of the last one. */
const after = (...messages) =>
  messages.reduce(
    ([state], message) => {
      const [next, effects] = reduce(state, typeof message === "string" ? { type: message } : message);
      return [next, effects.map(({ type }) => type)];
    },
    [STILL, []],
  );
const begin = (wish, ready = true) => ({ type: "begin", wish, ready });
const frame = { type: "frame", done: false };
const last = { type: "frame", done: true };
const fail = { type: "fail", text: "It failed." };

test("a first run waits for Python, then plays to its end", () => {
  assert.deepEqual(after(begin("run", false))[1], ["load"]);
  assert.equal(after(begin("run", false))[0].phase, "loading");
  assert.deepEqual(after(begin("run", false), "ready")[1], ["say", "start"]);
  assert.deepEqual(after(begin("run", false), "ready", frame)[1], ["next", "show"]);
  const [state, effects] = after(begin("run", false), "ready", frame, last);
  assert.equal(state.phase, "done");
  assert.deepEqual(effects, ["show", "end", "finish", "result"]);
});

test("a source that is ready starts at once", () => {
  assert.deepEqual(after(begin("run"))[1], ["say", "start"]);
});

test("the first press of Step shows the state after one step", () => {
  assert.deepEqual(after(begin("step"), frame)[1], ["show", "say", "next"]);
  const [state, effects] = after(begin("step"), frame, frame);
  assert.deepEqual(effects, ["show", "table"]);
  assert.equal(state.phase, "paused");
  assert.deepEqual(after(begin("step"), frame, frame, "step", frame)[1], ["show", "table"]);
});

test("Reset shows the first figure and waits", () => {
  const [state, effects] = after(begin("run"), frame, begin("first"), frame);
  assert.deepEqual([state.phase, effects], ["paused", ["show", "table"]]);
});

test("a reader who has seen a run is shown its end only", () => {
  assert.deepEqual(after(begin("last"), frame)[1], ["next"]);
  assert.deepEqual(after(begin("last"), frame, last)[1], ["show", "end", "finish", "result"]);
});

test("pause lets the figure on its way arrive, and go on asks for the next one", () => {
  assert.deepEqual(after(begin("run"), frame, "run", frame)[1], ["show", "table"]);
  assert.deepEqual(after(begin("run"), frame, "run", "run")[1], [], "one is on its way");
  assert.deepEqual(after(begin("run"), frame, "run", frame, "run")[1], ["next"]);
});

test("a change while a figure is drawn is drawn after it, even if that one fails", () => {
  const redraw = { type: "redraw", ready: true };
  assert.deepEqual(after(redraw)[1], ["say", "start"]);
  assert.deepEqual(after(redraw, redraw)[1], []);
  assert.deepEqual(after(redraw, redraw, last)[1], ["show", "end", "finish", "again"]);
  assert.deepEqual(after(redraw, redraw, fail)[1], ["end", "again"]);
  assert.deepEqual(after(redraw, last)[1], ["show", "end", "finish", "result"]);
});

test("a figure that the reader chooses pauses the run", () => {
  const [state, effects] = after(begin("run"), frame, "seek", frame);
  assert.deepEqual([state.phase, effects], ["paused", ["show", "table"]]);
});

test("what happens when nothing runs changes nothing", () => {
  for (const before of [[], [begin("run"), last], [begin("run"), fail], [begin("run"), "stop"]])
    for (const message of ["stop", "ready", "preempt", "run", "step", fail]) {
      const [state] = after(...before);
      assert.deepEqual(after(...before, message), [state, []], `${JSON.stringify(before)} ${message}`);
    }
});

test("whatever happens, one figure at most is on its way, and a run that is over waits for none", () => {
  const messages = [begin("run"), begin("step", false), begin("last"), { type: "redraw", ready: true }];
  messages.push(
    ...["ready", "run", "step", "stop", "seek", "reset", "preempt"].map((type) => ({ type })),
    fail,
  );
  /** @param {any} state @param {number} requested figures @param {number} depth */
  const explore = (state, requested, depth) => {
    assert.ok(isBusy(state.phase) || !state.awaiting, JSON.stringify(state));
    assert.equal(requested, Number(state.awaiting), JSON.stringify(state));
    if (!depth) return;
    for (const message of [...messages, ...(requested ? [frame, last] : [])]) {
      if (message.type === "seek" && state.phase !== "running" && state.phase !== "paused") continue;
      const [next, effects] = reduce(state, message);
      const types = effects.map(({ type }) => type);
      let count = ["frame", "fail", "stop", "preempt", "reset", "begin"].includes(message.type)
        ? 0
        : requested;
      if (types.includes("start")) count = 0; // frames of an older run are dropped
      if (message.type === "begin" && !types.includes("start")) count = 0;
      count += types.filter((type) => type === "start" || type === "next").length;
      if (message.type === "seek") count = 1; // the recording shows it by itself
      if (["stop", "preempt", "fail"].includes(message.type) && !isBusy(state.phase)) count = requested;
      explore(next, count, depth - 1);
    }
  };
  explore(STILL, 0, 5);
});
