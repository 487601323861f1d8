// One thing after another is added to a demo. Each is guessed, run, and put into a table of two columns and two rows.

import { hasSettings, loadAhead, tell } from "./asking.js";
import { make, makeButton } from "./dom.js";

/** @typedef {import("./view.js").DemoView} DemoView */
/** @typedef {"right" | "wrong" | "told"} Mark */

const HOLD_MS = 250; // a finger that rests so long on a thing drags it, and does not scroll
const FAR = 6; // pixels that a pointer moves before it drags
const TRIED = 4; // things, of both kinds, before the page asks which question sorts them
const GLYPHS = { right: "✓", wrong: "✗", told: "" };

// --- the replies, without a page
// ----------------------------------------------------------------------------

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
 * @param {string} guess the box that the reader chose, or nothing @param {string} actual the box according to the run
 * @param {string} meaning of that box, in words that follow "they"
 * @returns {{mark: Mark, text: string}}
 */
export function verdict(guess, actual, meaning) {
  if (!guess) return { mark: "told", text: `They ${meaning}.` };
  return guess === actual
    ? { mark: "right", text: `✓ Right: they ${meaning}.` }
    : { mark: "wrong", text: `✗ Not quite: they ${meaning}.` };
}

/** The count, in words. @param {Mark[]} marks of what was tried @param {number} total */
export function score(marks, total) {
  const right = marks.filter((mark) => mark === "right").length;
  const guessed = marks.filter((mark) => mark !== "told").length;
  const said = guessed ? [`${right} of ${guessed} guesses right.`] : [];
  const left = total - marks.length;
  return [...said, ...(left ? [`${left} to go.`] : [])].join(" ");
}

/** The last number in a figure's table. @param {any} figure @returns {string} */
const numberOf = (figure) => figure.table.rows.at(-1).at(-1).text;

// --- on the page
// ----------------------------------------------------------------------------------------

/** @param {HTMLFormElement} form @param {DemoView} view */
export function mountSorting(form, view) {
  /** @type {Record<string, any>} that all runs share */
  const settings = JSON.parse(form.dataset.settings ?? "{}");
  const { control = "", boxes = "{}", rule = "{}" } = form.dataset;
  /** @type {Record<string, string>} */ const meanings = JSON.parse(boxes);
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
  const [ask, ruleBox] = [find(".sort-ask"), find(".sort-rule")];
  const items = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-key]")]);
  const nothing = { ...settings, [control]: view.pageSettings[control] };
  /** @type {Mark[]} */ const marks = [];
  /** @type {HTMLElement | null} the thing whose run is awaited */ let pending = null;
  const wanted = (/** @type {HTMLElement} */ item) => ({ ...settings, [control]: item.dataset.key });
  const chip = (/** @type {HTMLElement} */ item) => /** @type {HTMLElement} */ (item.querySelector("button"));
  const left = () => items.filter((each) => !each.dataset.mark);

  const say = (/** @type {(Node | string)[]} */ words, /** @type {HTMLElement[]} */ ...buttons) => {
    ask.replaceChildren(make("p", {}, ...words), make("div", { class: "sort-buttons" }, ...buttons));
    if (!buttons.length) return;
    buttons[0].focus({ preventScroll: true });
    ask.scrollIntoView({ block: "nearest" });
  };
  const bold = (/** @type {string} */ text) => make("b", {}, text);
  const name = (/** @type {HTMLElement} */ item) => {
    const text = item.querySelector(".sort-name")?.textContent ?? "";
    return bold(`${text[0].toUpperCase()}${text.slice(1)}.`);
  };
  const choose = (/** @type {HTMLElement | null} */ item) => {
    for (const each of items) each.toggleAttribute("data-current", each === item);
  };
  const forget = () => {
    if (pending) say([name(pending), " Stopped. Choose it again, or another thing."]);
    pending = null;
  };
  /** Where the demo is above the things, bring it into view. */
  const show = () => {
    const below = find(".sort-tray").getBoundingClientRect().top > view.section.getBoundingClientRect().top;
    if (below) view.section.scrollIntoView({ block: "start" });
  };

  /** Add a thing: ask for the guess, or show again what it came to. @param {HTMLElement} item */
  const add = (item) => {
    pending = null;
    choose(item);
    show();
    if (item.dataset.mark) return again(item);
    view.controls.fill(nothing);
    view.begin("first");
    const guesses = Object.entries(meanings).map(([box, words]) => {
      const button = makeButton(`They ${words}`, () => run(item, box));
      button.classList.add("filled");
      button.dataset.box = box;
      return button;
    });
    say(
      [name(item), ` ${item.dataset.ask}`],
      ...guesses,
      makeButton("Tell me", () => run(item, "")),
    );
  };
  const run = (/** @type {HTMLElement} */ item, /** @type {string} */ guess) => {
    pending = item;
    item.dataset.guess = guess;
    say([name(item), " Training …"]);
    view.controls.fill(wanted(item));
    view.begin("run");
  };
  const again = (/** @type {HTMLElement} */ item) => {
    view.controls.fill(wanted(item));
    view.begin("last");
    reply(item);
  };

  /** Put a thing into the table. @param {HTMLElement} item @param {any} figure at the end of its run */
  const enter = (item, figure) => {
    const { box } = parseOutcome(figure.outcome);
    const { mark, text } = verdict(item.dataset.guess ?? "", box, meanings[box] ?? "are something else");
    Object.assign(item.dataset, { mark, box, verdict: text });
    marks.push(mark);
    chip(item).setAttribute("aria-disabled", "true");
    const said = `${GLYPHS[mark]} ${item.querySelector(".sort-name")?.textContent}`.trim();
    const number = make("span", { class: "sort-number" }, numberOf(figure));
    number.toggleAttribute("data-zero", number.textContent === "0");
    const entry = makeButton("", () => add(item));
    entry.append(make("span", {}, said), " ", number);
    const cell = find(`td[data-box="${box}"][data-row="${item.dataset.row}"]`);
    cell.append(entry);
  };
  const reply = (/** @type {HTMLElement} */ item) => {
    const [next] = left();
    const buttons = next ? [makeButton("Next", () => add(next))] : [];
    buttons.push(makeButton("Watch again", () => (view.controls.fill(wanted(item)), view.begin("run"))));
    say([bold(item.dataset.verdict ?? ""), ` ${item.dataset.reply}`], ...buttons);
  };

  // --- which question sorts them

  const { question, answers, heads } = JSON.parse(rule);
  const finish = makeButton("Do the rest for me", () => {
    for (const item of left()) {
      const run = view.recording?.find({ ...view.controls.values(), ...wanted(item) });
      if (run) enter(item, run.frames.at(-1));
    }
    offer();
  });
  const offer = () => {
    const [tried, columns] = [marks.length, new Set(items.map((each) => each.dataset.box ?? "")).size];
    if (!left().length) finish.remove();
    if (!left().length && ruleBox.dataset.answered !== undefined) tell(form);
    const asks = tried >= TRIED && columns > (left().length ? 2 : 1);
    if (ruleBox.dataset.answered !== undefined || ruleBox.dataset.asked !== undefined) return;
    if (!asks) return ruleBox.replaceChildren(make("p", {}, score(marks, items.length)));
    ruleBox.dataset.asked = "";
    const buttons = answers.map((/** @type {{text: string, reply: string}} */ { text, reply: words }) =>
      makeButton(text, () => {
        ruleBox.dataset.answered = "";
        const names = form.querySelectorAll("th small");
        Object.keys(meanings).forEach((box, n) => (names[n].textContent = heads[box]));
        ruleBox.replaceChildren(make("p", {}, bold(`${text} `), words), ...(left().length ? [finish] : []));
        tell(form);
      }),
    );
    ruleBox.replaceChildren(
      make("p", {}, bold(question)),
      make("div", { class: "sort-buttons" }, ...buttons),
    );
  };

  // --- mounting

  for (const item of items) {
    const button = makeButton("", () => add(item));
    button.append(...item.childNodes);
    item.append(button);
    mountDrag(item, button, view.section, () => !item.dataset.mark && add(item));
  }
  view.controls.box(control).hidden = true; // the things are this control
  const rest = view.section.querySelectorAll(".control:not([hidden])");
  view
    .find(".demo-settings")
    .append(make("details", { class: "more-settings" }, make("summary", {}, "Settings"), ...rest));
  view.bar.origin.before(ask);
  loadAhead(form, view);
  form.dataset.live = "";
  view.section.dataset.sorting = "";
  form.addEventListener("submit", (event) => event.preventDefault());
  view.section.addEventListener("demo-aborted", forget);
  view.section.addEventListener("demo-done", (event) => {
    const { figure, settings: actual } = /** @type {CustomEvent} */ (event).detail;
    const item = pending;
    if (!item) return;
    if (!hasSettings(wanted(item), actual)) return forget();
    pending = null;
    enter(item, figure);
    reply(item);
    offer();
  });
}

/**
 * Let a thing be dragged onto the demo: with mouse or pen, or with a finger that rests on it first.
 * @param {HTMLElement} item @param {HTMLElement} button @param {HTMLElement} target @param {() => void} drop
 */
function mountDrag(item, button, target, drop) {
  /** @type {{x: number, y: number, held: boolean, ghost?: HTMLElement} | null} */ let drag = null;
  let timer = 0;
  /** The click that follows a drag is not one. @param {Event} click */
  const swallow = (click) => click.stopPropagation();
  const over = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const { left, right, top, bottom } = target.getBoundingClientRect();
    return clientX > left && clientX < right && clientY > top && clientY < bottom;
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.ghost) {
      if (!drag.held || Math.hypot(dx, dy) < FAR) return;
      const { left, top, width } = button.getBoundingClientRect();
      drag.ghost = /** @type {HTMLElement} */ (button.cloneNode(true));
      drag.ghost.classList.add("sort-ghost");
      Object.assign(drag.ghost.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
      item.append(drag.ghost);
    }
    drag.ghost.style.transform = `translate(${dx}px, ${dy}px)`;
    target.toggleAttribute("data-over", over(event));
  };
  const stop = () => {
    clearTimeout(timer);
    drag?.ghost?.remove();
    target.removeAttribute("data-over");
    drag = null;
    for (const [name, act] of Object.entries(ends)) removeEventListener(name, /** @type {any} */ (act));
  };
  const ends = {
    pointermove: move,
    pointercancel: stop,
    pointerup: (/** @type {PointerEvent} */ event) => {
      const dropped = drag?.ghost && over(event);
      if (drag?.ghost) addEventListener("click", swallow, { capture: true });
      setTimeout(() => {
        removeEventListener("click", swallow, { capture: true });
        stop();
      });
      if (dropped) drop();
    },
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button || item.dataset.mark) return;
    drag = { x: event.clientX, y: event.clientY, held: event.pointerType !== "touch" };
    timer = setTimeout(() => drag && (drag.held = true), HOLD_MS);
    for (const [name, act] of Object.entries(ends)) addEventListener(name, /** @type {any} */ (act));
  });
  button.addEventListener("touchmove", (event) => drag?.held && event.preventDefault(), { passive: false });
  button.addEventListener("contextmenu", (event) => drag?.held && event.preventDefault());
}
