// What all forms that ask for a guess have in common.

import { resetDials } from "./dial.js";
import { make } from "./dom.js";

/** @typedef {import("./view.js").DemoView} DemoView */
/**
 * @typedef {object} Question that one run answers
 * @property {() => Record<string, any>} settings of the run
 * @property {() => boolean} isGuessed
 * @property {string} first what to do before the guess can be checked
 * @property {(figure: any) => (Node | string)[]} answer the reply, from the figure at the end of the run
 */

/** Is the demo below the form, and not beside it? As in predict.css. */
const isNarrow = () => matchMedia("(max-width: 76.234375em)").matches;

/**
 * Did the run have the settings that the question is about?
 * @param {Record<string, any>} wanted @param {Record<string, any>} actual
 */
export function hasSettings(wanted, actual) {
  return Object.entries(wanted).every(([name, value]) => actual[name] === value);
}

/** When the reader comes to the form: let the demo load all of its recordings. @param {Element} form @param {DemoView} view */
export function loadAhead(form, view) {
  for (const event of ["pointerenter", "focusin"])
    form.addEventListener(event, () => view.loadRecorded(), { once: true });
}

/** Open the answer below the demo, for a reader who has guessed. @param {Element} form */
export function tell(form) {
  const answers = form.closest("article, body")?.querySelectorAll("details.tell") ?? [];
  const follows = (/** @type {Element} */ each) =>
    form.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING;
  [...answers].find(follows)?.setAttribute("open", "");
}

/**
 * Ask with a form, and reply where the reader looks: below the figure.
 * @param {HTMLFormElement} form whose changes are guesses @param {DemoView} view @param {Question} question
 * @returns {() => void} check the guess
 */
export function asks(form, view, { settings, isGuessed, first, answer }) {
  const reply = /** @type {HTMLElement} */ (form.querySelector(".predict-reply"));
  /** Is there a guess that no run has been compared with? A reply is not changed by later runs. */
  let unanswered = false;
  const hint = make("p", { class: "predict-hint", role: "status" });
  const check = () => {
    hint.textContent = isGuessed() ? "" : first;
    if (!isGuessed()) return;
    reply.textContent = "Running.";
    unanswered = true;
    view.controls.fill(settings());
    resetDials(view.find(".demo-panels"));
    view.begin("run");
    if (isNarrow()) view.find(".demo-figure").scrollIntoView();
    else view.section.scrollIntoView({ block: "nearest" });
  };
  form.append(make("button", {}, "Check my guess"), hint);
  view.find(".demo-panels").after(reply);
  view.section.setAttribute("data-asked", ""); // first the guess, then the run
  form.addEventListener("change", () => {
    unanswered = true;
    hint.textContent = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  view.section.addEventListener("demo-aborted", () => (reply.textContent = ""));
  view.section.addEventListener("demo-done", (event) => {
    const { figure, settings: actual } = /** @type {CustomEvent} */ (event).detail;
    if (!unanswered || !isGuessed() || !hasSettings(settings(), actual)) return;
    unanswered = false;
    view.section.removeAttribute("data-asked");
    reply.replaceChildren(...answer(figure));
    reply.scrollIntoView({ block: "nearest" });
  });
  return check;
}
