// What the reader expects, said before the run, and compared with what the run then shows.

/** @typedef {import("./view.js").DemoView} DemoView */

// --- what is said, without a page ---------------------------------------------------------------------------

/** Was this the run that the question is about? @param {Record<string, any>} asked @param {Record<string, any>} shown */
export function isAsked(asked, shown) {
  return Object.entries(asked).every(([name, value]) => shown[name] === value);
}

/** Where a run put each thing: "momentum:kept dropout:parted". @param {string} outcome @returns {Map<string, string>} */
export function placed(outcome) {
  return new Map(outcome.split(" ").map((word) => /** @type {[string, string]} */ (word.split(":"))));
}

/**
 * What is said of one thing that was sorted, or was not. Later changes of the choice leave it true.
 * @param {string | undefined} expected its box, as the reader sees it @param {string} found and as the run does
 * @param {string} words what being in that box means, after "it" @param {string} reply to who sorted it wrongly
 * @returns {{mark: "right" | "wrong" | "none", text: string, why: string}}
 */
export function verdict(expected, found, words, reply) {
  if (!expected) return { mark: "none", text: `– Not sorted. In the run it ${words}.`, why: "" };
  if (expected === found) return { mark: "right", text: `✓ As you expected, it ${words}.`, why: "" };
  return { mark: "wrong", text: `✗ In the run it ${words}.`, why: reply };
}

/** The count, in words. @param {string[]} marks */
export function score(marks) {
  const [right, wrong, none] = ["right", "wrong", "none"].map(
    (mark) => marks.filter((each) => each === mark).length,
  );
  const others = `The reason stands below ${wrong === 1 ? "the other one" : `each of the other ${wrong}`}.`;
  return [
    `${right} of ${right + wrong} as you expected.`,
    ...(wrong ? [others] : []),
    ...(none ? [`Not sorted: ${none}.`] : []),
  ].join(" ");
}

// --- the form -----------------------------------------------------------------------------------------------

/** @param {ParentNode} part @param {string} [value] @returns {HTMLInputElement | null} */
function chosenIn(part, value) {
  return part.querySelector(value === undefined ? "input:checked" : `input[value="${CSS.escape(value)}"]`);
}

/** The rest of what a figure says stands below it. @param {string} text */
export const firstSentence = (text) => String(text).replace(/(?<=\.) .*/s, "");

/** One answer of several. @param {HTMLFormElement} form @param {any} figure */
function judgeAnswer(form, figure) {
  const chosen = chosenIn(form);
  const right = chosen?.value === figure.outcome;
  return `${right ? "✓ As you expected." : "✗ The run shows something else."} ${firstSentence(figure.alt)} ${chosen?.dataset.reply}`;
}

/** Each thing in its box: a note below each, and the count. @param {HTMLFormElement} form @param {any} figure */
function judgeSorted(form, figure) {
  const run = placed(figure.outcome);
  const marks = [...form.querySelectorAll("fieldset[data-key]")].map((item) => {
    const { key = "", reply = "" } = /** @type {HTMLElement} */ (item).dataset;
    const found = run.get(key) ?? "";
    const words = chosenIn(item, found)?.parentElement?.textContent ?? "is missing";
    const said = verdict(chosenIn(item)?.value, found, words, reply);
    note(item, said.mark, said.text, said.why);
    return said.mark;
  });
  return score(marks);
}

/** @param {Element} item @param {string} mark @param {string} [so] what the run shows @param {string} [why] */
function note(item, mark, so = "", why = "") {
  item.setAttribute("data-mark", mark);
  const [first, second] = /** @type {Element} */ (item.querySelector(".sort-verdict")).children;
  first.textContent = so;
  second.textContent = why;
}

/** @param {HTMLFormElement} form @param {DemoView} view */
export function mountPrediction(form, view) {
  const reply = /** @type {HTMLElement} */ (form.querySelector(".predict-reply"));
  const settings = JSON.parse(form.dataset.settings ?? "{}");
  const sorts = form.classList.contains("sort");
  /** Is there a guess that no run has answered yet? What was said stays, whatever is run later. */
  let open = false;
  const say = (/** @type {string} */ text) => {
    for (const item of form.querySelectorAll("[data-mark]")) note(item, "");
    reply.textContent = text;
  };
  form.querySelector(".predict-answer")?.remove();
  const button = document.createElement("button");
  button.textContent = "Then run it";
  reply.before(button);
  if ("veil" in form.dataset) veil(view);
  form.addEventListener("change", () => (open = true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!chosenIn(form))
      return say(
        `${sorts ? "Sort at least one of them" : "Choose one of the answers"} first: it is the guess that makes the result stick.`,
      );
    say("Running, below.");
    open = true;
    view.controls.fill(settings);
    view.restart("run");
    view.section.scrollIntoView({ block: "nearest" });
    reply.scrollIntoView({ block: "nearest" }); // so that the count is seen when it comes
  });
  view.section.addEventListener("demo-broken-off", () => say(""));
  view.section.addEventListener("demo-done", (event) => {
    const { figure, settings: shown } = /** @type {CustomEvent} */ (event).detail;
    if (!open || !chosenIn(form) || !isAsked(settings, shown)) return;
    open = false;
    reply.textContent = (sorts ? judgeSorted : judgeAnswer)(form, figure);
  });
}

/** Cover the built figure, which tells the answer, until a run draws another or the reader asks for it. @param {DemoView} view */
function veil(view) {
  if (location.hash.includes(view.demo)) return; // a link led to the demo itself
  const cover = document.createElement("p");
  cover.className = "demo-veil";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Show the result";
  cover.append("Covered, so that you can guess first. ", button);
  const panels = view.find(".demo-panels");
  const lift = () => {
    view.section.removeAttribute("data-veiled");
    cover.remove();
    drawn.disconnect();
  };
  const drawn = new MutationObserver(lift);
  drawn.observe(panels, { childList: true });
  view.section.addEventListener("demo-broken-off", lift);
  button.addEventListener("click", () => {
    lift();
    panels.tabIndex = -1; // the button is gone: whoever pressed it by key goes on at what it has shown
    panels.focus({ preventScroll: true });
  });
  view.find(".demo-stage").prepend(cover);
  view.section.setAttribute("data-veiled", "");
}
