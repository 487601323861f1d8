// A guess before the run, compared with what the run shows: one answer of several. (sort.js: one thing after another.)

import { hasSettings, loadAhead, tell } from "./asking.js";
import { resetDials } from "./dial.js";
import { make } from "./dom.js";
import { mountGuess } from "./guess.js";

/** @typedef {import("./view.js").DemoView} DemoView */

/** Is the demo below the form, and not beside it? As in predict.css. */
const isNarrow = () => matchMedia("(max-width: 76.234375em)").matches;

// --- the replies, without a page
// ----------------------------------------------------------------------------

/** The rest of a figure's text is below the figure anyway. @param {string} text */
export const firstSentence = (text) => String(text).replace(/(?<=\.) .*/s, "");

// --- one answer of several
// ----------------------------------------------------------------------------------

/** @param {HTMLFormElement} form @returns {HTMLInputElement | null} */
const chosenIn = (form) => form.querySelector("input:checked");

/** Of a guess and what the run came to: numbers that are one apart are close. @param {string} guess @param {string} outcome */
export function verdict(guess, outcome) {
  if (guess === outcome) return "✓ As you expected.";
  return Math.abs(Number(guess) - Number(outcome)) <= 1 ? "≈ Close." : "✗ Not quite.";
}

/** The reply to one answer out of several. @param {HTMLInputElement} chosen @param {any} figure */
function judge(chosen, figure) {
  return `${verdict(chosen.value, figure.outcome)} ${firstSentence(figure.alt)} ${chosen.dataset.reply}`;
}

/** @param {HTMLFormElement} form @param {DemoView} view */
export function mountPrediction(form, view) {
  const settings = JSON.parse(form.dataset.settings ?? "{}");
  const reply = /** @type {HTMLElement} */ (form.querySelector(".predict-reply"));
  /** Is there a choice that no run has been compared with? A reply is not changed by later runs. */
  let unanswered = false;
  const say = (/** @type {string} */ text) => (reply.textContent = text);
  const check = () => {
    if (!chosenIn(form))
      return say("Choose one of the answers first: it is the guess that makes the result stick.");
    say("Running.");
    unanswered = true;
    view.controls.fill(settings);
    resetDials(view.find(".demo-panels"));
    view.begin("run");
    if (isNarrow()) view.find(".demo-figure").scrollIntoView();
    else view.section.scrollIntoView({ block: "nearest" });
  };
  const button = make("button", {}, "Check my guess");
  form.append(button);
  view.find(".demo-panels").after(reply); // where the reader looks
  form.addEventListener("change", () => (unanswered = true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  mountGuess(form, view, check);
  if (!view.spec.run) loadAhead(form, view); // the figure that is asked about is not the first of them
  view.section.addEventListener("demo-aborted", () => say(""));
  view.section.addEventListener("demo-done", (event) => {
    const { figure, settings: actual } = /** @type {CustomEvent} */ (event).detail;
    const chosen = chosenIn(form);
    if (!unanswered || !chosen || !hasSettings(settings, actual)) return;
    unanswered = false;
    say(judge(chosen, figure));
    tell(form);
    reply.scrollIntoView({ block: "nearest" });
  });
}
