// What all forms that ask for a guess have in common.

/** @typedef {import("./view.js").DemoView} DemoView */

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
