// The scenes of a demo: a reader steps through them by buttons, keys, and a finger that moves sideways.

import { make, makeButton } from "./dom.js";

/** Keys that mean something else there. */
const OWN_KEYS = "input, textarea, select, [contenteditable], [data-set]";

/** How far a finger moves before it turns to another scene, in pixels. */
const SWIPE = 40;

/** Is the middle of the window over it? @param {Element} element */
function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top < innerHeight / 2 && bottom > innerHeight / 2;
}

/**
 * Call back when a finger has moved sideways over an element. Where it moves up or down, the browser scrolls, and cancels it.
 * @param {HTMLElement} element @param {(by: number) => void} turn by 1 to the left, as a page turns, by -1 to the right
 */
function onSwipe(element, turn) {
  /** @type {PointerEvent | null} */ let from = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") from = event.isPrimary ? event : null; // two fingers zoom
  });
  element.addEventListener("pointercancel", () => (from = null));
  element.addEventListener("pointerup", ({ clientX, clientY, pointerId }) => {
    if (from?.pointerId !== pointerId) return;
    const [x, y] = [clientX - from.clientX, clientY - from.clientY];
    from = null;
    if (Math.abs(x) > Math.max(SWIPE, 2 * Math.abs(y))) turn(-Math.sign(x));
  });
}

/** Add buttons, keys and a swipe to the tabs of a demo. @param {HTMLElement} tabs the control that is declared as scenes */
export function mountScenes(tabs) {
  const section = /** @type {HTMLElement} */ (tabs.closest("section.demo"));
  const radios = /** @type {HTMLInputElement[]} */ ([...tabs.querySelectorAll("input")]);
  const current = () => radios.findIndex((radio) => radio.checked);
  const go = (/** @type {number} */ scene) => {
    if (!radios[scene] || scene === current()) return;
    radios[scene].checked = true;
    radios[scene].dispatchEvent(new Event("input", { bubbles: true }));
  };
  const back = makeButton("←", () => go(current() - 1));
  const next = makeButton("→", () => go(current() + 1));
  back.setAttribute("aria-label", "Scene before");
  next.setAttribute("aria-label", "Next scene");
  tabs.append(make("div", { class: "scene-steps" }, back, next));
  onSwipe(/** @type {HTMLElement} */ (section.querySelector(".demo-stage")), (by) => go(current() + by));
  const update = () => {
    back.setAttribute("aria-disabled", String(current() === 0));
    next.setAttribute("aria-disabled", String(current() === radios.length - 1));
  };
  update();
  for (const type of ["input", "demo-done"]) section.addEventListener(type, update);
  document.addEventListener("keydown", (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    if (altKey || ctrlKey || metaKey || !section.isConnected || !(target instanceof Element)) return;
    if (target.closest(OWN_KEYS) && !tabs.contains(target)) return;
    const isHere = section.contains(target) || (target === document.body && isInView(section));
    if (!isHere) return;
    if (tabs.contains(target) && target.matches("input") && !/\d/.test(key)) return; // arrows move along the tabs anyway
    const step = { ArrowLeft: current() - 1, ArrowRight: current() + 1 }[key] ?? Number(key) - 1;
    if (!radios[step]) return;
    event.preventDefault();
    go(step);
  });
}
