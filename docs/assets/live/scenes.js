// The scenes of a demo: a reader steps through them by buttons and keys.

import { make, makeButton } from "./dom.js";

/** Keys that mean something else there. */
const OWN_KEYS = "input, textarea, select, [contenteditable], [data-set]";

/** Is the middle of the window over it? @param {Element} element */
function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top < innerHeight / 2 && bottom > innerHeight / 2;
}

/** Add buttons and keys to the tabs of a demo. @param {HTMLElement} tabs the control that is declared as scenes */
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
