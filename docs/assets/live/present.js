// "Present" below a demo: only its figure, its scenes and its first controls, as large as the window.

import { make, makeButton } from "./dom.js";

/** @typedef {import("./view.js").DemoView} DemoView */

/** Fill the window with a demo; Escape, or the button, leaves. @param {DemoView} view @param {HTMLElement} button */
export async function present({ section, bar }, button) {
  const control = new AbortController();
  const { signal } = control;
  const leave = makeButton("Leave", () => end());
  leave.classList.add("leave");
  const hint = make("p", { class: "present-bar" }, leave);
  const end = () => {
    if (signal.aborted) return;
    control.abort();
    if (document.fullscreenElement === section) document.exitFullscreen();
    section.removeAttribute("data-present");
    hint.remove();
    button.focus();
  };
  section.dataset.present = "";
  section.append(hint);
  leave.focus({ preventScroll: true });
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || end(), { signal });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && end(), { signal });
  section.addEventListener("keydown", (event) => stepRun(event, section), { signal });
  bar.announce("Presenting. Escape leaves.");
  await section.requestFullscreen?.().catch(() => {}); // where a browser has none, it fills the window all the same
}

/** Without scenes, the arrow keys move along the recorded run. @param {KeyboardEvent} event @param {HTMLElement} section */
function stepRun({ key, target }, section) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const scrubber = /** @type {HTMLInputElement | null} */ (
    section.querySelector(".demo-scrubber:not([hidden])")
  );
  if (
    !by ||
    !scrubber ||
    section.querySelector(".scenes") ||
    /** @type {Element} */ (target).matches("input")
  )
    return;
  scrubber.value = String(Number(scrubber.value) + by);
  scrubber.dispatchEvent(new Event("input", { bubbles: true }));
}
