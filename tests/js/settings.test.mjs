import assert from "node:assert/strict";
import { test } from "node:test";
import { fromFragment, nearestStop, readValue, toFragment } from "../../docs/assets/live/settings.mjs";

const CONTROLS = [
  { name: "incoming", kind: "choice", default: "same", values: ["same", "different"] },
  { name: "gap", kind: "slider", default: 0, low: 1e-15, high: 0.1, stops: [0, 1e-15, 1e-9, 0.1] },
  { name: "seed", kind: "seed", default: 0, low: 0, high: 9999 },
  { name: "bias", kind: "toggle", default: true },
];

test("settings go into a link and come back", () => {
  const settings = { incoming: "different", gap: 1e-9, seed: 3, bias: false };
  const fragment = toFragment("twins", CONTROLS, settings);
  assert.deepEqual(fromFragment(fragment, "twins", CONTROLS), settings);
});

test("defaults stay out of the link", () => {
  assert.equal(toFragment("twins", CONTROLS, { incoming: "same", gap: 0, seed: 0, bias: true }), "#twins");
});

test("another demo's fragment, and an anchor, are not ours", () => {
  assert.equal(fromFragment("#other?seed=3", "twins", CONTROLS), null);
  assert.equal(fromFragment("#why", "twins", CONTROLS), null);
  assert.equal(fromFragment("", "twins", CONTROLS), null);
});

test("what does not fit is left out, whatever it is", () => {
  const bad = ["seed=-1", "seed=1e9", "seed=NaN", "seed=", "seed=Infinity", "incoming=<script>", "gap=0.5", "bias=maybe",
    "__proto__=1", "constructor=x", "code=import%20os", "seed=3;drop"];
  for (const query of bad) assert.deepEqual(fromFragment(`#twins?${query}`, "twins", CONTROLS), {}, query);
});

test("a thousand random fragments neither throw nor pass anything through", () => {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let i = 0; i < 1000; i++) {
    const text = Array.from({ length: 1 + random() * 40 }, () => String.fromCharCode(32 + random() * 300)).join("");
    const found = fromFragment(`#twins?${text}&seed=${text}`, "twins", CONTROLS);
    for (const [name, value] of Object.entries(found ?? {})) {
      assert.notEqual(readValue(CONTROLS.find((control) => control.name === name), String(value)), undefined);
    }
  }
});

test("an exact zero is a value of a log slider, and its own stop", () => {
  assert.equal(readValue(CONTROLS[1], "0"), 0);
  assert.equal(nearestStop(CONTROLS[1].stops, 0), 0);
  assert.equal(nearestStop(CONTROLS[1].stops, 1e-9), 2);
});
