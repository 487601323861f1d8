// Finds the demos, notebooks and predictions of a page, and brings them to life.

import { followLink } from "./link.js";
import { Runtime } from "./runtime.js";
import { DemoView } from "./view.js";
import { HERE, importScript, showLoadError } from "./start.js";

const runtime = new Runtime(new URL("../", HERE));
/** @type {Set<DemoView | import("./notebook.js").Notebook>} */
const views = new Set();
const demoViews = () => [...views].filter((view) => view instanceof DemoView);

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
  cacheForOffline();
  mountWith(
    ["notebook", "cell", "editing", "output", "terminal"],
    root,
    ".notebook",
    (notebook, { Notebook }) => views.add(new Notebook(notebook, runtime)),
  );
  const viewOf = (/** @type {HTMLElement} */ { dataset }) =>
    demoViews().find(({ demo }) => demo === dataset.predict);
  mountWith(
    ["predict", "guess", "asking"],
    root,
    "form.predict:not(.sort, .points)",
    (form, { mountPrediction }) => {
      const view = viewOf(form);
      if (view) mountPrediction(form, view);
    },
  );
  mountWith(["scenes"], root, "section.demo .scenes", (tabs, { mountScenes }) => mountScenes(tabs));
  mountWith(["ideas"], root, "[data-idea]", (word, { mountIdea }) => mountIdea(word));
  mountWith(["sort", "asking"], root, "form.sort", (form, { mountSorting }) => {
    const view = viewOf(form);
    if (view) mountSorting(form, view);
  });
  mountWith(["points", "guess", "asking"], root, "form.points", (form, { mountPoints }) => {
    const view = viewOf(form);
    if (view) mountPoints(form, view);
  });
  mountWith(["frame"], root, ".embed-foot a", (link, { mountFrame }) => mountFrame(link, demoViews()[0]));
}

/** For readers who have run a demo: cache this page for offline use. */
function cacheForOffline() {
  const demos = demoViews().flatMap(({ files }) => files);
  const urls = demos.map((name) => new URL(`demos/${name}.py`, runtime.base).href);
  try {
    navigator.serviceWorker?.controller?.postMessage({ keep: [location.href, ...urls] });
  } catch {} // in a sandboxed frame, even reading navigator.serviceWorker throws
}

/**
 * Mount elements that only some pages have. Their scripts are fetched only there, and the page is readable without.
 * @param {string[]} scripts one, and those that only it imports @param {ParentNode} root
 * @param {string} selector
 * @param {(element: any, module: any) => void} mountOne with the script's module
 */
async function mountWith([name, ...imports], root, selector, mountOne) {
  const elements = [...root.querySelectorAll(`${selector}:not([data-mounted])`)];
  if (!elements.length) return;
  for (const element of elements) element.setAttribute("data-mounted", "");
  try {
    const module = await importScript(name, undefined, imports);
    for (const element of elements) if (element.isConnected) mountOne(element, module);
  } catch (error) {
    for (const element of elements) showLoadError(element, /** @type {Error} */ (error).message);
  }
}

// A link to the open page, pasted into the address bar, only changes the hash.
addEventListener("hashchange", () => demoViews().forEach(followLink));

const navigation = /** @type {any} */ (globalThis).document$; // the theme replaces pages without loading them
if (navigation) navigation.subscribe(() => mount(document));
else mount(document);
