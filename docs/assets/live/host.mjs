// The page's own script: it finds the demos and predictions of a page and brings them to life.

import { Runtime } from "./runtime.mjs";
import { DemoView } from "./view.mjs";
import { Notebook } from "./cells.mjs";
import { mountPrediction } from "./predict.mjs";

const runtime = new Runtime(new URL("../", import.meta.url));
/** @type {Set<DemoView | Notebook>} */
const views = new Set();

/** @param {ParentNode} root */
function mount(root) {
  for (const view of views) {
    if (view.section.isConnected) continue;
    view.dispose();
    views.delete(view);
  }
  for (const section of root.querySelectorAll("section.demo:not([data-mounted])")) {
    const element = /** @type {HTMLElement} */ (section);
    element.dataset.mounted = "";
    views.add(new DemoView(element, runtime));
  }
  for (const notebook of root.querySelectorAll(".notebook:not([data-mounted])")) {
    const element = /** @type {HTMLElement} */ (notebook);
    element.dataset.mounted = "";
    views.add(new Notebook(element, runtime));
  }
  for (const form of root.querySelectorAll("form.predict:not([data-mounted])")) {
    const asked = /** @type {HTMLFormElement} */ (form).dataset.predict;
    const view = [...views].find((candidate) => candidate instanceof DemoView && candidate.demo === asked);
    if (view instanceof DemoView) mountPrediction(/** @type {HTMLFormElement} */ (form), view);
  }
}

// A link to the page that is open, pasted into its address bar, loads nothing anew.
addEventListener("hashchange", () => {
  for (const view of views) if (view instanceof DemoView) view.readLink();
});

const navigation = /** @type {any} */ (globalThis).document$;
if (navigation) navigation.subscribe(() => mount(document));
else mount(document);
