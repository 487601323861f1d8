// "Embed" below a demo: the code that puts the demo, with its settings as they are now, into a frame on somebody else's page.

import { toFragment } from "./settings.js";
import { make, makeButton } from "./view.js";

/** @typedef {import("./view.js").DemoView} DemoView */

const MARKS = /** @type {Record<string, string>} */ ({ "&": "&amp;", '"': "&quot;", "<": "&lt;" });
const quoted = (/** @type {string} */ text) => `"${text.replace(/[&"<]/g, (mark) => MARKS[mark])}"`;

/** The demo alone. All its settings are named: the frame stays what it is when a later release has others. @param {DemoView} view */
function address({ demo, spec, controls, runtime }) {
  const url = new URL(`../embed/${demo}/`, runtime.base);
  url.hash = toFragment(demo, spec.controls, controls.values(), {});
  return url;
}

/** @param {DemoView} view @param {boolean} follows does the frame become as high as the demo is? It takes a script on that page */
function code(view, follows) {
  const { href, origin } = address(view);
  const frame = `<iframe src=${quoted(href)} title=${quoted(view.spec.title)} width="100%" height="${view.section.dataset.height}" loading="lazy" style="border: 0"></iframe>`;
  return !follows
    ? frame
    : `${frame}
<script>
addEventListener("message", ({ origin, source, data }) => {
  if (origin !== ${JSON.stringify(origin)} || data.type !== "convlens:height") return;
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.height = data.height;
});
</script>`;
}

/** Open the box with the code, or bring it up to date. @param {DemoView} view @param {HTMLElement} button */
export function showEmbed(view, button) {
  view.section.querySelector(".demo-embed")?.remove();
  const area = /** @type {HTMLTextAreaElement} */ (
    make("textarea", { readonly: "", rows: "6", spellcheck: "false", "aria-label": "Code for your page" })
  );
  const follows = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
  const close = makeButton("Close", () => {
    box.remove();
    button.focus();
  });
  const said = make("p");
  const box = make(
    "div",
    { class: "demo-embed" },
    said,
    area,
    make(
      "label",
      {},
      follows,
      "The height of the frame follows the demo. It takes a script, which not every course system allows.",
    ),
    close,
  );
  const give = async () => {
    area.value = code(view, follows.checked);
    const copied = await navigator.clipboard?.writeText(area.value).then(
      () => true,
      () => false,
    );
    if (!copied) area.select();
    said.textContent = `${copied ? "Copied" : "Copy this"}: code that shows this demo, with these settings, on a page of yours.`;
    view.tell(said.textContent);
  };
  follows.addEventListener("change", give);
  view.find(".demo-more").append(box);
  return give();
}
