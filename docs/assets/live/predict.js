// A prediction: the reader's answer before the run, compared with what the run shows.

import { make } from "./dom.js";

/** @typedef {import("./view.js").DemoView} DemoView */

// --- the replies, without a page
// ----------------------------------------------------------------------------

/**
 * Did the run have the settings that the question is about?
 * @param {Record<string, any>} wanted @param {Record<string, any>} actual
 */
export function hasSettings(wanted, actual) {
  return Object.entries(wanted).every(([name, value]) => actual[name] === value);
}

/**
 * The box of each item according to a run, from a text such as "momentum:kept dropout:parted".
 * @param {string} outcome @returns {Map<string, string>}
 */
export function parseOutcome(outcome) {
  return new Map(outcome.split(" ").map((pair) => /** @type {[string, string]} */ (pair.split(":"))));
}

/**
 * The verdict on one item. It remains true if the reader changes the choice later.
 * @param {string | undefined} expected the box that the reader chose, if any
 * @param {string} actual the box according to the run
 * @param {string} meaning of that box, in words that follow "it" @param {string} reply to a wrong choice
 * @returns {{mark: "right" | "wrong" | "none", text: string, reason: string}}
 */
export function verdict(expected, actual, meaning, reply) {
  if (!expected) return { mark: "none", text: `– Not sorted. In the run it ${meaning}.`, reason: "" };
  if (expected === actual) return { mark: "right", text: `✓ As you expected, it ${meaning}.`, reason: "" };
  return { mark: "wrong", text: `✗ In the run it ${meaning}.`, reason: reply };
}

/** The count, in words. @param {string[]} marks */
export function score(marks) {
  const count = (/** @type {string} */ mark) => marks.filter((each) => each === mark).length;
  const [right, wrong, none] = [count("right"), count("wrong"), count("none")];
  const others = `The reason is below ${wrong === 1 ? "the other one" : `each of the other ${wrong}`}.`;
  return [
    `${right} of ${right + wrong} as you expected.`,
    ...(wrong ? [others] : []),
    ...(none ? [`Not sorted: ${none}.`] : []),
  ].join(" ");
}

/** The rest of a figure's text is below the figure anyway. @param {string} text */
export const firstSentence = (text) => String(text).replace(/(?<=\.) .*/s, "");

// --- the form
// -----------------------------------------------------------------------------------------------

/**
 * The chosen answer, or the answer with a value.
 * @param {ParentNode} part @param {string} [value] @returns {HTMLInputElement | null}
 */
function answerIn(part, value) {
  return part.querySelector(value === undefined ? "input:checked" : `input[value="${CSS.escape(value)}"]`);
}

/** The reply to one answer out of several. @param {HTMLFormElement} form @param {any} figure */
function judgeAnswer(form, figure) {
  const chosen = answerIn(form);
  const right = chosen?.value === figure.outcome;
  return `${right ? "✓ As you expected." : "✗ The run shows something else."} ${firstSentence(figure.alt)} ${chosen?.dataset.reply}`;
}

/**
 * The reply to a sorting: a note below each item, and the count.
 * @param {HTMLFormElement} form @param {any} figure
 */
function judgeSorting(form, figure) {
  const boxes = parseOutcome(figure.outcome);
  const marks = [...form.querySelectorAll("fieldset[data-key]")].map((item) => {
    const { key = "", reply = "" } = /** @type {HTMLElement} */ (item).dataset;
    const actual = boxes.get(key) ?? "";
    const meaning = answerIn(item, actual)?.parentElement?.textContent ?? "is missing";
    const { mark, text, reason } = verdict(answerIn(item)?.value, actual, meaning, reply);
    showVerdict(item, mark, text, reason);
    return mark;
  });
  return score(marks);
}

/**
 * @param {Element} item @param {string} mark @param {string} [text] what the run shows
 * @param {string} [reason]
 */
function showVerdict(item, mark, text = "", reason = "") {
  item.setAttribute("data-mark", mark);
  const [first, second] = /** @type {Element} */ (item.querySelector(".sort-verdict")).children;
  first.textContent = text;
  second.textContent = reason;
}

/** @param {HTMLFormElement} form @param {DemoView} view */
export function mountPrediction(form, view) {
  const reply = /** @type {HTMLElement} */ (form.querySelector(".predict-reply"));
  const settings = JSON.parse(form.dataset.settings ?? "{}");
  const sorts = form.classList.contains("sort");
  /** Is there a choice that no run has been compared with? A reply is not changed by later runs. */
  let unanswered = false;
  const say = (/** @type {string} */ text) => {
    for (const item of form.querySelectorAll("[data-mark]")) showVerdict(item, "");
    reply.textContent = text;
  };
  form.querySelector(".predict-answer")?.remove();
  reply.before(make("button", {}, "Then run it"));
  if ("veil" in form.dataset) veil(view);
  form.addEventListener("change", () => (unanswered = true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!answerIn(form)) {
      const first = sorts ? "Sort at least one of them" : "Choose one of the answers";
      return say(`${first} first: it is the guess that makes the result stick.`);
    }
    say("Running, below.");
    unanswered = true;
    view.controls.fill(settings);
    view.begin("run");
    view.section.scrollIntoView({ block: "nearest" });
    reply.scrollIntoView({ block: "nearest" }); // so that the reader sees the reply when it comes
  });
  view.section.addEventListener("demo-aborted", () => say(""));
  view.section.addEventListener("demo-done", (event) => {
    const { figure, settings: actual } = /** @type {CustomEvent} */ (event).detail;
    if (!unanswered || !answerIn(form) || !hasSettings(settings, actual)) return;
    unanswered = false;
    reply.textContent = (sorts ? judgeSorting : judgeAnswer)(form, figure);
  });
}

/**
 * Cover the built figure, which gives the answer away, until a run draws another or the reader asks for it.
 * @param {DemoView} view
 */
function veil(view) {
  if (location.hash.includes(view.demo)) return; // the reader followed a link to the demo itself
  const button = make("button", { type: "button" }, "Show the result");
  const cover = make("p", { class: "demo-veil" }, "Covered, so that you can guess first. ", button);
  const panels = view.find(".demo-panels");
  const lift = () => {
    view.section.removeAttribute("data-veiled");
    cover.remove();
    redraws.disconnect();
  };
  const redraws = new MutationObserver(lift);
  redraws.observe(panels, { childList: true });
  view.section.addEventListener("demo-aborted", lift);
  button.addEventListener("click", () => {
    lift();
    panels.tabIndex = -1; // the button is gone: keyboard users continue at the uncovered figure
    panels.focus({ preventScroll: true });
  });
  view.find(".demo-stage").prepend(cover);
  view.section.setAttribute("data-veiled", "");
}
