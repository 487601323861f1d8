// A link to a demo with its settings: following it, and copying it.

import { fromFragment, toFragment } from "./settings.js";

/** @typedef {import("./view.js").DemoView} DemoView */

/**
 * If the address names this demo, fill its controls. This starts no run, and stops one in progress.
 * @param {DemoView} view
 */
export function followLink(view) {
  const linked = fromFragment(location.hash, view.demo, view.spec.controls);
  if (!linked) return;
  view.makeStill();
  view.controls.fill({ ...view.pageSettings, ...linked });
  const stale = !view.controls.match(view.figureSettings);
  view.section.toggleAttribute("data-stale", stale);
  if (stale) view.bar.say(`The settings are those of the link. Press ${view.bar.buttons.run.textContent}.`);
  const more = view.find(".more-settings, .demo-fold");
  if (more && Object.keys(linked).some((name) => more.contains(view.controls.box(name))))
    more.setAttribute("open", "");
  view.section.closest("details")?.setAttribute("open", "");
  if (self === top) view.section.scrollIntoView(); // in a frame, the surrounding page must not scroll
}

/** @param {DemoView} view @param {HTMLElement} button shows the result for three seconds */
export async function copyLink(view, button) {
  const url = new URL(location.href);
  url.hash = toFragment(view.demo, view.spec.controls, view.controls.values(), view.pageSettings);
  history.replaceState(history.state, "", url);
  button.textContent = (await copyText(url.href)) ? "Copied" : "In the address bar";
  view.bar.say(`${button.textContent}: a link to these settings.`);
  setTimeout(() => (button.textContent = "Link"), 3000);
}

/** Did the browser allow it? @param {string} text @returns {Promise<boolean | undefined>} */
export const copyText = async (text) =>
  navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
