import assert from "node:assert/strict";
import { test } from "node:test";
import { fragments } from "./fragments.mjs";
import { fromFragment, nearestStop, readValue, toFragment } from "../../docs/assets/live/settings.js";

const CONTROLS = [
  { name: "incoming", kind: "choice", default: "same", values: ["same", "different"] },
  { name: "gap", kind: "slider", default: 0, low: 1e-15, high: 0.1, stops: [0, 1e-15, 1e-9, 0.1] },
  { name: "seed", kind: "seed", default: 0, low: 0, high: 9999 },
  { name: "row", kind: "pointed", default: 0, low: 0, high: 4 },
];
const BUILT = { incoming: "same", gap: 0, seed: 0, row: 0 };

test("settings go into a link and come back", () => {
  const settings = { incoming: "different", gap: 1e-9, seed: 3, row: 2 };
  const fragment = toFragment("twins", CONTROLS, settings, BUILT);
  assert.deepEqual(fromFragment(fragment, "twins", CONTROLS), settings);
});

test("a link leaves out what is as on the page, and names a default that the page has changed", () => {
  assert.equal(toFragment("twins", CONTROLS, BUILT, BUILT), "#twins");
  assert.equal(toFragment("twins", CONTROLS, { ...BUILT, seed: null }, BUILT), "#twins", "an empty field");
  assert.equal(
    toFragment("twins", CONTROLS, BUILT, { ...BUILT, incoming: "different" }),
    "#twins?incoming=same",
  );
});

test("another demo's fragment, and an anchor, are ignored", () => {
  assert.equal(fromFragment("#other?seed=3", "twins", CONTROLS), null);
  assert.equal(fromFragment("#why", "twins", CONTROLS), null);
  assert.equal(fromFragment("", "twins", CONTROLS), null);
});

test("whatever does not fit is left out", () => {
  const bad = [
    "seed=-1",
    "seed=1e9",
    "seed=NaN",
    "seed=",
    "seed=Infinity",
    "incoming=<script>",
    "gap=0.5",
    "seed=1.5",
    "row=0.5",
    "row=9",
    "__proto__=1",
    "constructor=x",
    "code=import%20os",
    "seed=3;drop",
  ];
  for (const query of bad) assert.deepEqual(fromFragment(`#twins?${query}`, "twins", CONTROLS), {}, query);
});

test("a thousand hostile fragments neither throw nor pass anything through", () => {
  let valid = 0;
  for (const fragment of fragments("twins", CONTROLS)) {
    const found = fromFragment(fragment, "twins", CONTROLS);
    assert.ok(found === null || Object.getPrototypeOf(found) === Object.prototype);
    for (const [name, value] of Object.entries(found ?? {})) {
      valid += 1;
      const { kind, values, low, high, stops } = CONTROLS.find((control) => control.name === name);
      if (kind === "choice") assert.ok(values.includes(value));
      else
        assert.ok(
          Number.isFinite(value) && ((value >= low && value <= high) || stops.includes(value)),
          `${fragment}: ${value}`,
        );
      if (kind === "seed" || kind === "pointed") assert.ok(Number.isInteger(value));
    }
  }
  assert.ok(valid > 50); // not all of them are nonsense
});

test("an exact zero is a value of a log slider, and its own stop", () => {
  assert.equal(readValue(CONTROLS[1], "0"), 0);
  assert.equal(nearestStop(CONTROLS[1].stops, 0), 0);
  assert.equal(nearestStop(CONTROLS[1].stops, 1e-9), 2);
});
