// A guess of several numbers: points over a plot, dragged in one stroke, or sliders; compared with what a run comes to.

import { asks, tell } from "./asking.js";
import { makeButton } from "./dom.js";
import { inside, layOver, pointsOf } from "./guess.js";

/** @typedef {import("./view.js").DemoView} DemoView */
/** @typedef {[number, number]} Place shares of both axes */

// --- strokes and replies, without a page
// --------------------------------------------------------------------

/**
 * The points after a stroke: those that it passes, and the nearest to its end.
 * @param {number[]} values shares of the vertical axis @param {number[]} xs of the other
 * @param {Place | null} from @param {Place} to
 */
export function stroke(values, xs, from, to) {
  const [[x0, y0], [x1, y1]] = [from ?? to, to];
  const away = xs.map((x) => Math.abs(x - x1));
  const nearest = away.indexOf(Math.min(...away));
  return values.map((value, n) => {
    if (n === nearest) return inside(y1);
    const passed = (xs[n] - x0) * (xs[n] - x1) < 0;
    return passed ? inside(y0 + ((y1 - y0) * (xs[n] - x0)) / (x1 - x0)) : value;
  });
}

/**
 * How far a guess is off, in percentage points.
 * @param {number[]} guess in per cent @param {number[]} actual @param {string[]} names of the points
 */
export function compare(guess, actual, names) {
  const off = guess.map((value, n) => Math.abs(value - actual[n]));
  const mean = Math.round(off.reduce((sum, each) => sum + each, 0) / off.length);
  const n = off.indexOf(Math.max(...off));
  const close = mean <= 5 ? "✓ Close. " : "";
  const worst = `most for ${names[n]}: you drew ${guess[n]}\u202f%, and it is ${actual[n]}\u202f%`;
  return `${close}Your guess is off by ${mean} point${mean === 1 ? "" : "s"} on average, ${worst}.`;
}

// --- on the page
// --------------------------------------------------------------------------------------------

/** @param {HTMLFormElement} form @param {DemoView} view */
export function mountPoints(form, view) {
  const legend = /** @type {HTMLElement} */ (form.querySelector("legend"));
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[type=range]")]);
  const names = inputs.map((input) => input.parentElement?.querySelector("span")?.textContent ?? "");
  const questions = JSON.parse(form.dataset.questions ?? "[]");
  let [asked, isDrawn] = [0, false];
  /** @type {Place | null} */ let last = null;
  const shares = () => inputs.map(({ value }) => Number(value) / 100);
  const show = () => {
    for (const input of inputs) {
      const output = /** @type {HTMLOutputElement} */ (input.nextElementSibling);
      output.value = isDrawn ? `${input.value}\u202f%` : "?";
    }
    if (!made) return;
    const places = /** @type {Place[]} */ (shares().map((share, n) => [xs[n], share]));
    made.line.setAttribute("points", pointsOf(places, made.size));
    discs.forEach((disc, n) => {
      disc.setAttribute("cx", String(made.size.width * xs[n]));
      disc.setAttribute("cy", String(made.size.height * (1 - places[n][1])));
    });
    made.layer.toggleAttribute("data-drawn", isDrawn);
  };
  const drawn = () => {
    isDrawn = true;
    made?.layer.removeAttribute("data-answered");
    show();
  };
  const made = layOver(view, show, {
    begin: () => (last = null),
    draw: (to) => {
      stroke(shares(), xs, last, to).forEach(
        (share, n) => (inputs[n].value = String(Math.round(100 * share))),
      );
      last = to;
      drawn();
    },
    end: () => form.dispatchEvent(new Event("change")),
  });
  const [low, high] = made?.ends ?? [0, 1];
  const xs = inputs.map((_, n) => (n - low) / (high - low)); // the n-th point is at n on the axis
  const discs = inputs.map(() => made?.add("circle")).filter((disc) => disc !== undefined);
  for (const disc of discs) disc.setAttribute("r", "8");
  for (const input of inputs) input.addEventListener("input", drawn);

  const next = makeButton("Guess again", () => {
    asked += 1;
    isDrawn = false;
    legend.textContent = questions[asked].question;
    for (const input of inputs) input.value = "50";
    next.parentElement?.replaceChildren();
    made?.layer.removeAttribute("data-answered");
    show();
    inputs[0].focus();
  });
  asks(form, view, {
    settings: () => questions[asked].settings,
    isGuessed: () => isDrawn,
    first: "Draw your guess first: drag the points, or set the sliders.",
    answer: (figure) => {
      const guess = inputs.map(({ value }) => Number(value));
      const said = compare(guess, figure.outcome.split(" ").map(Number), names);
      const isLast = asked + 1 === questions.length;
      if (isLast) tell(form);
      made?.layer.setAttribute("data-answered", "");
      return [`${said} ${questions[asked].reply} `, ...(isLast ? [] : [next])];
    },
  });
  show();
}
