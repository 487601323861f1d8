// In a frame on somebody else's page. That page is told how high the demo is, and nothing else; nothing is taken from it.

import { toFragment } from "./settings.js";

/** @param {HTMLAnchorElement} link to the question page @param {import("./view.js").DemoView} view */
export function mountFrame(link, view) {
  const tell = () =>
    parent.postMessage(
      {
        type: "convlens:height",
        slug: view.demo,
        height: Math.ceil(document.body.getBoundingClientRect().height),
      },
      "*",
    );
  if (parent !== self) new ResizeObserver(tell).observe(document.body);
  // However the link is followed, the question page opens with the settings as they are here.
  const settle = () =>
    (link.hash = toFragment(view.demo, view.spec.controls, view.controls.values(), view.built));
  for (const event of ["click", "auxclick", "contextmenu"]) link.addEventListener(event, settle);
}
