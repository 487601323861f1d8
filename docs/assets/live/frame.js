// A demo in a frame on another site. It reports its height to that site's page, and accepts no messages.

import { toFragment } from "./settings.js";

/** @param {HTMLAnchorElement} link to the question page @param {import("./view.js").DemoView} view */
export function mountFrame(link, view) {
  const { body } = document;
  const postHeight = () => {
    const height = Math.ceil(body.getBoundingClientRect().height);
    parent.postMessage({ type: "convlens:height", slug: view.demo, height }, "*");
  };
  if (parent !== self) new ResizeObserver(postHeight).observe(body);
  // However the link is opened, the question page gets the current settings.
  const update = () => {
    link.hash = toFragment(view.demo, view.spec.controls, view.controls.values(), view.pageSettings);
  };
  for (const event of ["click", "auxclick", "contextmenu"]) link.addEventListener(event, update);
}
