// A guess before the run, compared with what the run shows: one answer of several, or one thing after another.

import { make, makeButton } from "./dom.js";
import { mountGuess } from "./guess.js";

/** @typedef {import("./view.js").DemoView} DemoView */

/** Is the demo below the form, and not beside it? As in predict.css. */
const isNarrow = () => matchMedia("(max-width: 76.234375em)").matches;

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
 * What became of the thing that was tried, from an outcome such as "momentum:kept".
 * @param {string} outcome @returns {{key: string, box: string}}
 */
export function parseOutcome(outcome) {
  const [key, box = ""] = outcome.split(":");
  return { key, box };
}

/**
 * The verdict on one thing that was tried.
 * @param {string} expected the box that the reader chose @param {string} actual the box according to the run
 * @param {string} meaning of that box, in words that follow "they"
 * @returns {{mark: "right" | "wrong", text: string}}
 */
export function verdict(expected, actual, meaning) {
  return expected === actual
    ? { mark: "right", text: `✓ As you expected, they ${meaning}.` }
    : { mark: "wrong", text: `✗ Not as you expected: they ${meaning}.` };
}

/** The count, in words. @param {string[]} marks of what was tried @param {number} total */
export function score(marks, total) {
  const right = marks.filter((mark) => mark === "right").length;
  const left = total - marks.length;
  const said = `${right} of ${marks.length} as you expected`;
  return left ? `${said}; ${left} to go.` : `${said}.`;
}

/** The rest of a figure's text is below the figure anyway. @param {string} text */
export const firstSentence = (text) => String(text).replace(/(?<=\.) .*/s, "");

// --- one answer of several
// ----------------------------------------------------------------------------------

/** @param {HTMLFormElement} form @returns {HTMLInputElement | null} */
const chosenIn = (form) => form.querySelector("input:checked");

/** The reply to one answer out of several. @param {HTMLInputElement} chosen @param {any} figure */
function judge(chosen, figure) {
  const right = chosen.value === figure.outcome;
  return `${right ? "✓ As you expected." : "✗ Not quite."} ${firstSentence(figure.alt)} ${chosen.dataset.reply}`;
}

/** When the reader comes to the form: let the demo load all of its recordings. @param {Element} form @param {DemoView} view */
function loadAhead(form, view) {
  for (const event of ["pointerenter", "focusin"])
    form.addEventListener(event, () => view.loadRecorded(), { once: true });
}

/** Open the answer below the demo, for a reader who has guessed. @param {Element} form */
const tell = (form) => form.closest("article, body")?.querySelector("details.tell")?.setAttribute("open", "");

/** @param {HTMLFormElement} form @param {DemoView} view */
export function mountPrediction(form, view) {
  const settings = JSON.parse(form.dataset.settings ?? "{}");
  const reply = /** @type {HTMLElement} */ (form.querySelector(".predict-reply"));
  if (form.classList.contains("sort")) return mountSorting(form, view, settings, reply);
  /** Is there a choice that no run has been compared with? A reply is not changed by later runs. */
  let unanswered = false;
  const say = (/** @type {string} */ text) => (reply.textContent = text);
  const check = () => {
    if (!chosenIn(form))
      return say("Choose one of the answers first: it is the guess that makes the result stick.");
    say("Running.");
    unanswered = true;
    view.controls.fill(settings);
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

// --- one thing after another
// --------------------------------------------------------------------------------

/**
 * Each thing has two buttons: to press one is the guess, and tries the thing at once.
 * @param {HTMLFormElement} form @param {DemoView} view @param {Record<string, any>} settings @param {HTMLElement} reply
 */
function mountSorting(form, view, settings, reply) {
  const { control = "", boxes = "{}" } = form.dataset;
  /** @type {Record<string, string>} */ const meanings = JSON.parse(boxes);
  const items = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-key]")]);
  /** @type {HTMLElement | null} the thing whose run is awaited */ let pending = null;
  const wanted = (/** @type {HTMLElement} */ item) => ({ ...settings, [control]: item.dataset.key });

  /** On a narrow screen, one thing is shown at a time. */
  const show = (/** @type {HTMLElement} */ item) => {
    for (const each of items) each.toggleAttribute("data-current", each === item);
  };
  const press = (/** @type {HTMLElement} */ item, /** @type {string} */ box) => {
    for (const button of item.querySelectorAll("[data-box]"))
      button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.box === box));
  };
  const forget = () => {
    if (pending) press(pending, "");
    pending?.removeAttribute("data-guess");
    pending = null;
  };
  const act = (/** @type {HTMLElement} */ item, /** @type {string} */ box) => {
    forget();
    if (!item.dataset.mark) {
      pending = item;
      item.dataset.guess = box;
      press(item, box);
      reply.textContent = "";
    }
    show(item);
    if (isNarrow()) form.scrollIntoView();
    view.controls.fill(wanted(item));
    view.begin("run");
  };

  for (const item of items) {
    const name = item.querySelector(".sort-name")?.id ?? "";
    const buttons = Object.entries(meanings).map(([box, meaning]) => {
      const button = makeButton(meaning, () => act(item, item.dataset.guess ?? box));
      for (const [key, value] of Object.entries({ "data-box": box, "aria-pressed": "false" }))
        button.setAttribute(key, value);
      return button;
    });
    const next = makeButton("Next", () => {
      const left = items.find((each) => !each.dataset.mark);
      if (!left) return;
      show(left);
      left.querySelector("button")?.focus({ preventScroll: true });
    });
    next.className = "sort-next";
    const group = make("span", { role: "group", "aria-labelledby": name, class: "sort-buttons" }, ...buttons);
    item.querySelector(".sort-name")?.after(group);
    item.append(next);
  }
  form.dataset.live = "";
  show(items[0]);
  form.addEventListener("submit", (event) => event.preventDefault());
  loadAhead(form, view);
  view.section.addEventListener("demo-aborted", forget);
  view.section.addEventListener("demo-done", (event) => {
    const { figure, settings: actual } = /** @type {CustomEvent} */ (event).detail;
    const item = pending;
    if (!item) return;
    if (!hasSettings(wanted(item), actual)) return forget();
    pending = null;
    const { box } = parseOutcome(figure.outcome);
    const { mark, text } = verdict(item.dataset.guess ?? "", box, meanings[box] ?? "are something else");
    item.dataset.mark = mark;
    const [first, second] = /** @type {Element} */ (item.querySelector(".sort-verdict")).children;
    first.textContent = text;
    second.textContent = item.dataset.reply ?? "";
    if (!isNarrow()) item.scrollIntoView({ block: "nearest" }); // the verdict is below it
    const marks = items.flatMap((each) => each.dataset.mark ?? []);
    const name = item.querySelector(".sort-name")?.textContent;
    reply.replaceChildren(
      make("span", { class: "visually-hidden" }, `${name}: ${text} ${item.dataset.reply} `),
      score(marks, items.length),
    );
    if (marks.length === items.length) tell(form);
  });
}
