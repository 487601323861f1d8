// The page's own script: it finds the demos and predictions of a page and brings them to life.

import { Runtime } from "./runtime.mjs";
import { DemoView } from "./view.mjs";
import { Notebook } from "./cells.mjs";

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
  for (const form of root.querySelectorAll("form.predict:not([data-mounted])")) mountPrediction(/** @type {HTMLFormElement} */ (form));
}

/** A choice made before the run, and compared with what the run then shows. @param {HTMLFormElement} form */
function mountPrediction(form) {
  form.dataset.mounted = "";
  const reply = /** @type {HTMLElement} */ (form.querySelector(".predict-reply"));
  const settings = JSON.parse(form.dataset.settings ?? "{}");
  const view = [...views].find((candidate) => candidate instanceof DemoView && candidate.demo === form.dataset.predict);
  if (!(view instanceof DemoView)) return;
  form.querySelector(".predict-answer")?.remove();
  const button = document.createElement("button");
  button.textContent = "Then run it";
  reply.before(button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.querySelector("input:checked")) {
      reply.textContent = "Choose one of the answers first: it is the guess that makes the result stick.";
      return;
    }
    reply.textContent = "Running, below.";
    view.setSettings(settings);
    view.restart("run");
    view.section.scrollIntoView({ block: "nearest" });
  });
  view.section.addEventListener("demo-broken-off", () => (reply.textContent = ""));
  view.section.addEventListener("demo-done", (event) => {
    const { figure, settings: shown } = /** @type {CustomEvent} */ (event).detail;
    const chosen = /** @type {HTMLInputElement | null} */ (form.querySelector("input:checked"));
    if (!chosen || Object.entries(settings).some(([name, value]) => shown[name] !== value)) return;
    const right = chosen.value === figure.outcome;
    reply.textContent = `${right ? "✓ As you expected." : "✗ The run shows something else."} ${figure.alt} ${chosen.dataset.reply}`;
  });
}

const navigation = /** @type {any} */ (globalThis).document$;
if (navigation) navigation.subscribe(() => mount(document));
else mount(document);
