// A guess that is drawn between the axes of a plot, with mouse, finger or pen; where the curve ends chooses an answer.

import { make, makeButton } from "./dom.js";

/** @typedef {import("./view.js").DemoView} DemoView */

const COLUMNS = 60;
const AROUND = 12; // pixels around the plot that belong to it
const ENOUGH = 0.85; // of the way to the right: the rest is drawn level
const NAMESPACE = "http://www.w3.org/2000/svg";

// --- curves, without a page: shares of the axis at COLUMNS + 1 places, null where nothing is drawn
// ----------------------------------------------------------

/** @typedef {(number | null)[]} Curve */

/** @returns {Curve} */
export const blank = () => Array(COLUMNS + 1).fill(null);

/** What lies beyond the end of an axis is at its end. @param {number} share of the axis */
export const inside = (share) => Math.min(Math.max(share, 0), 1);

/**
 * Draw on to a point; what lies between it and the last one is a straight line.
 * @param {Curve} curve @param {[number, number] | null} from shares of both axes @param {[number, number]} to
 * @returns {Curve}
 */
export function extend(curve, from, to) {
  const [[x0, y0], [x1, y1]] = [from ?? to, to].map(([x, y]) => [Math.round(COLUMNS * inside(x)), inside(y)]);
  const next = [...curve];
  for (let at = Math.min(x0, x1); at <= Math.max(x0, x1); at++)
    next[at] = x0 === x1 ? y1 : y0 + ((y1 - y0) * (at - x0)) / (x1 - x0);
  return next;
}

/**
 * The whole of a curve that was drawn far enough: it begins at the axis, and its end is level. Otherwise null.
 * @param {Curve} curve @returns {number[] | null}
 */
export function complete(curve) {
  const first = curve.findIndex((share) => share !== null);
  const last = curve.findLastIndex((share) => share !== null);
  if (last < ENOUGH * COLUMNS) return null;
  const whole = /** @type {number[]} */ ([...curve]);
  for (let at = 0; at < first; at++) whole[at] = (whole[first] * at) / first;
  whole.fill(whole[last], last);
  return whole;
}

/**
 * The answer whose curves end at this value: the first that reaches as far, or the last.
 * @param {number[]} ends the greatest value of each answer, ascending @param {number} value
 */
export function answerAt(ends, value) {
  const found = ends.findIndex((end) => value <= end);
  return found < 0 ? ends.length - 1 : found;
}

/**
 * A curve that means an answer: the axis itself for the first, else one to the middle between two ends.
 * @param {number[]} ends as shares of the axis @param {number} answer @returns {number[]}
 */
export function curveOf(ends, answer) {
  const end = answer && (ends[answer - 1] + Math.min(ends[answer], 1)) / 2;
  return blank().map((_, at) => end * (1 - (1 - at / COLUMNS) ** 2));
}

// --- the layer over the plot
// --------------------------------------------------------------------------------

/**
 * A layer over the plot of a demo that takes a guess, wherever that is, and only where the plot has the axes of the question;
 * nothing, if there is no such plot. It is hit around the plot, too, and has a line for what is drawn.
 * @param {DemoView} view @param {() => void} redraw what is drawn, after a change of size
 * @param {{begin: () => void, draw: (to: [number, number]) => void, end: () => void}} hand what a pointer does, in shares of both axes
 */
export function layOver(view, redraw, hand) {
  const panels = view.find(".demo-panels");
  const axes = () => panels.querySelector("[data-guess]");
  const own = axes()?.getAttribute("data-guess");
  if (!own) return null;
  const layer = document.createElementNS(NAMESPACE, "svg");
  const add = (/** @type {string} */ name) => layer.appendChild(document.createElementNS(NAMESPACE, name));
  const hit = add("rect");
  const line = add("polyline");
  layer.setAttribute("class", "guess-layer");
  layer.setAttribute("aria-hidden", "true");
  view.find(".demo-figure").append(layer);
  const made = { layer, line, add, panels, ends: own.split(" ").map(Number), size: { width: 1, height: 1 } };
  const place = () => {
    const area = axes();
    layer.toggleAttribute("hidden", area?.getAttribute("data-guess") !== own);
    if (!area) return;
    const to = area.getBoundingClientRect();
    const from = view.find(".demo-figure").getBoundingClientRect();
    Object.assign(layer.style, {
      left: `${to.left - from.left}px`,
      top: `${to.top - from.top}px`,
      width: `${to.width}px`,
      height: `${to.height}px`,
    });
    if (to.width === made.size.width && to.height === made.size.height) return;
    made.size = to;
    // A curve may begin on the axis, and a finger beside it.
    for (const side of ["x", "y"]) hit.setAttribute(side, String(-AROUND));
    hit.setAttribute("width", String(to.width + 2 * AROUND));
    hit.setAttribute("height", String(to.height + 2 * AROUND));
    redraw();
  };
  let down = false;
  const draw = (/** @type {PointerEvent} */ event) => {
    const { left, top, width, height } = layer.getBoundingClientRect();
    hand.draw([(event.clientX - left) / width, 1 - (event.clientY - top) / height]);
  };
  layer.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault(); // selecting text would end the line
    layer.setPointerCapture(event.pointerId);
    down = true;
    hand.begin();
    draw(event);
  });
  layer.addEventListener("pointermove", (event) => down && draw(event));
  for (const type of ["pointerup", "pointercancel"])
    layer.addEventListener(type, () => {
      if (!down) return;
      down = false;
      hand.end();
    });
  new ResizeObserver(place).observe(view.find(".demo-figure"));
  new MutationObserver(place).observe(panels, { childList: true });
  queueMicrotask(place); // the caller has what is drawn by then
  return made;
}

/** The line through places, shares of both axes. @param {[number, number][]} places @param {{width: number, height: number}} size */
export const pointsOf = (places, { width, height }) =>
  places.map(([x, y]) => `${(width * x).toFixed(1)},${(height * (1 - y)).toFixed(1)}`).join(" ");

/**
 * If the answers say where their curves end, and the demo has a plot that takes a guess: let the reader draw it.
 * @param {HTMLFormElement} form @param {DemoView} view @param {() => void} check the guess
 */
export function mountGuess(form, view, check) {
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[data-ends]")]);
  if (!inputs.length) return;
  /** @type {Curve} */ let curve = blank();
  /** @type {[number, number] | null} */ let last = null;
  const show = (/** @type {Curve} */ shares) => {
    curve = shares;
    if (!made) return;
    const drawn = /** @type {[number, number][]} */ (
      shares.map((share, at) => [at / COLUMNS, share]).filter(([, share]) => share !== null)
    );
    made.line.setAttribute("points", pointsOf(drawn, made.size));
    made.layer.toggleAttribute("data-drawn", drawn.length > 0);
  };
  const choose = (/** @type {number} */ answer, /** @type {boolean} */ drawn) => {
    hint.textContent = `Your guess: ${inputs[answer].parentElement?.textContent}.`;
    bar.hidden = false;
    go.hidden = !drawn; // a reader who has chosen an answer is beside the form's own button
  };
  const hand = {
    begin: () => {
      [curve, last] = [blank(), null];
      go.hidden = true;
      bar.hidden = false;
    },
    draw: (/** @type {[number, number]} */ to) => {
      show(extend(curve, last, to));
      last = to;
    },
    end: () => {
      const whole = complete(curve);
      if (!whole) return void (hint.textContent = "Draw it on to the right edge.");
      show(whole);
      const answer = answerAt(ends, whole[COLUMNS]);
      inputs[answer].checked = true;
      form.dispatchEvent(new Event("change"));
      choose(answer, true);
    },
  };
  const made = layOver(view, () => show(curve), hand);
  if (!made) return;
  const [low, high] = made.ends.slice(2);
  const ends = inputs.map(({ dataset }) => (Number(dataset.ends) - low) / (high - low));
  const hint = make("span", {}, "Draw your guess into the plot, from left to right, or choose an answer.");
  const go = makeButton("Check my guess", check);
  go.hidden = true;
  const bar = make("p", { class: "guess-bar" }, hint, " ", go);
  made.panels.after(bar);
  inputs.forEach((input, answer) =>
    input.addEventListener("change", () => {
      show(curveOf(ends, answer));
      choose(answer, false);
    }),
  );
  view.section.addEventListener("demo-done", () => (bar.hidden = true)); // the reply is in its place
}
