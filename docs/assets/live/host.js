// The page's own script: it finds the demos and predictions of a page and brings them to life.

import { Runtime } from "./runtime.js";
import { DemoView } from "./view.js";
import { HERE, importLate, sayLost } from "./start.js";

const runtime = new Runtime(new URL("../", HERE));
/** @type {Set<DemoView | import("./cells.js").Notebook>} */
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
  // Who has run something before reads and runs without a network what is visited now.
  const demos = [...views]
    .filter((view) => view instanceof DemoView)
    .map(({ demo }) => new URL(`demos/${demo}.py`, runtime.base).href);
  try {
    navigator.serviceWorker?.controller?.postMessage({ keep: [location.href, ...demos] });
  } catch {} // in a frame without an origin of its own, asking is an error
  each(root, ".notebook", ["terminal", "output", "editing", "cells"], (notebook, { Notebook }) =>
    views.add(new Notebook(notebook, runtime)),
  );
  each(root, "form.predict", ["predict"], (form, { mountPrediction }) => {
    const view = [...views].find(
      (candidate) => candidate instanceof DemoView && candidate.demo === form.dataset.predict,
    );
    if (view) mountPrediction(form, view);
  });
  each(root, ".embed-foot a", ["frame"], (link, { mountFrame }) => mountFrame(link, [...views][0]));
}

/**
 * Bring what only some pages have to life, with modules that only these pages fetch; the last one needs the others. Without it the page still reads.
 * @param {ParentNode} root @param {string} selector @param {string[]} names of the modules
 * @param {(element: any, module: any) => void} mountOne
 */
async function each(root, selector, names, mountOne) {
  const elements = [...root.querySelectorAll(`${selector}:not([data-mounted])`)];
  if (!elements.length) return;
  for (const element of elements) element.setAttribute("data-mounted", "");
  try {
    let module;
    for (const name of names) module = await importLate(name, new AbortController().signal);
    for (const element of elements) if (element.isConnected) mountOne(element, module);
  } catch (error) {
    for (const element of elements) sayLost(element, /** @type {Error} */ (error).message);
  }
}

// A link to the page that is open, pasted into its address bar, loads nothing anew.
addEventListener("hashchange", () => {
  for (const view of views) if (view instanceof DemoView) view.readLink();
});

const navigation = /** @type {any} */ (globalThis).document$;
if (navigation) navigation.subscribe(() => mount(document));
else mount(document);
