// Helpers for building parts of the page: elements, buttons, and announcements to screen readers.

const ANNOUNCE_MS = 5000; // a screen reader needs about that long to read one aloud

/** @param {string} name @param {Record<string, string>} attributes @param {(string | Node)[]} children */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/**
 * A button that can keep the focus while it is disabled.
 * @param {string} text @param {(event: MouseEvent) => void} action
 */
export function makeButton(text, action) {
  const button = make("button", { type: "button" }, text);
  const isEnabled = () => button.getAttribute("aria-disabled") !== "true";
  button.addEventListener("click", (event) => isEnabled() && action(event));
  return button;
}

/**
 * A function that announces a text in a live region: at most once in ANNOUNCE_MS, and then the latest text.
 * @param {HTMLElement} region @returns {(text: string) => void}
 */
export function announcer(region) {
  let [latest, timer, earliest] = ["", 0, 0];
  return (text) => {
    latest = text;
    timer ||= setTimeout(() => {
      [timer, earliest] = [0, performance.now() + ANNOUNCE_MS];
      if (region.textContent !== latest) region.textContent = latest;
    }, earliest - performance.now());
  };
}
