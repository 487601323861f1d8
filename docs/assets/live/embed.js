// "Embed" below a demo: HTML that shows the demo, with its current settings, in a frame on another site.

import { make, makeButton } from "./dom.js";
import { copyText } from "./link.js";
import { toFragment } from "./settings.js";

/** @typedef {import("./view.js").DemoView} DemoView */

const ENTITIES = /** @type {Record<string, string>} */ ({ "&": "&amp;", '"': "&quot;", "<": "&lt;" });
const quote = (/** @type {string} */ text) => `"${text.replace(/[&"<]/g, (mark) => ENTITIES[mark])}"`;

/**
 * The page with this demo alone. It names every setting, in case the defaults change.
 * @param {DemoView} view
 */
function address({ demo, spec, controls, runtime }) {
  const url = new URL(`../embed/${demo}/`, runtime.base);
  url.hash = toFragment(demo, spec.controls, controls.values(), {});
  return url;
}

/**
 * @param {DemoView} view @param {boolean} resizes add a script that gives the frame the height of the demo
 */
function embedCode(view, resizes) {
  const { href, origin } = address(view);
  const frame = `<iframe src=${quote(href)} title=${quote(view.spec.title)} width="100%" height="${view.section.dataset.height}" loading="lazy" style="border: 0"></iframe>`;
  return !resizes
    ? frame
    : `${frame}
<script>
addEventListener("message", ({ origin, source, data }) => {
  if (origin !== ${JSON.stringify(origin)} || data.type !== "convlens:height") return;
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.height = data.height;
});
</script>`;
}

/** Open the box with the code, or update it. @param {DemoView} view @param {HTMLElement} button */
export function showEmbed(view, button) {
  view.section.querySelector(".demo-embed")?.remove();
  const area = /** @type {HTMLTextAreaElement} */ (
    make("textarea", { readonly: "", rows: "6", spellcheck: "false", "aria-label": "Code for your page" })
  );
  const resizes = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
  const close = makeButton("Close", () => {
    box.remove();
    button.focus();
  });
  const status = make("p");
  const label =
    "The height of the frame follows the demo. It takes a script, which not every course system allows.";
  const box = make("div", { class: "demo-embed" }, status, area, make("label", {}, resizes, label), close);
  const update = async () => {
    area.value = embedCode(view, resizes.checked);
    const copied = await copyText(area.value);
    if (!copied) area.select();
    status.textContent = `${copied ? "Copied" : "Copy this"}: code that shows this demo, with these settings, on a page of yours.`;
    view.bar.announce(status.textContent);
  };
  resizes.addEventListener("change", update);
  view.find(".demo-more").append(box);
  return update();
}
