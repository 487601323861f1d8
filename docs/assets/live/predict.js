// A guess before the run, compared with what the run shows: one answer of several. (sort.js: one thing after another.)

import { asks, loadAhead, tell } from "./asking.js";
import { mountGuess } from "./guess.js";

/** @typedef {import("./view.js").DemoView} DemoView */

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
  const check = asks(form, view, {
    settings: () => settings,
    isGuessed: () => chosenIn(form) !== null,
    first: "Choose one of the answers first: it is the guess that makes the result stick.",
    answer: (figure) => {
      tell(form);
      for (const input of form.querySelectorAll("input"))
        input.closest("label")?.toggleAttribute("data-right", input.value === figure.outcome);
      return [judge(/** @type {HTMLInputElement} */ (chosenIn(form)), figure)];
    },
  });
  mountGuess(form, view, check);
  if (!view.spec.run) loadAhead(form, view); // the figure that is asked about is not the first of them
}
