// Dials: handles in a figure that a reader drags along an axis, by mouse, finger or arrow keys. The figure holds the drawings
// for all values of a dial; those of the current one are shown. Figures of one page share a dial's value by its name.

/** The current stop of each dial that was moved. @type {Map<string, number>} */
const stops = new Map();
const KEYS = /** @type {Record<string, number>} */ ({
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -5,
  PageUp: 5,
  Home: -Infinity,
  End: Infinity,
});

/** What a dial declares. @param {Element} handle */
function read(handle) {
  const [name, ...numbers] = (handle.getAttribute("data-dial") ?? "").split(" ");
  const [low, high, step, at, digits] = numbers.map(Number);
  const own = Math.round((at - low) / step);
  return {
    name,
    low,
    step,
    digits,
    own,
    last: Math.round((high - low) / step),
    stop: stops.get(name) ?? own,
  };
}

/** Set a dial, in all figures of the page. @param {Element} handle @param {number} stop */
function turn(handle, stop) {
  const { name, last } = read(handle);
  stops.set(name, Math.min(Math.max(Math.round(stop), 0), last));
  for (const panels of document.querySelectorAll(".demo-panels")) showDials(panels);
}

/** Show the drawings of the current values. @param {Element} panels of a figure */
export function showDials(panels) {
  const handles = [...panels.querySelectorAll("[data-dial]")];
  if (!handles.length) return;
  for (const part of panels.querySelectorAll("[data-while]")) {
    const [name, first, last] = (part.getAttribute("data-while") ?? "").split(" ");
    const stop = stops.get(name);
    if (stop === undefined) continue;
    if (Number(first) <= stop && stop <= Number(last)) part.removeAttribute("display");
    else part.setAttribute("display", "none");
  }
  for (const handle of handles) showHandle(handle);
}

/** Move a handle to its value, and say it. @param {Element} handle */
function showHandle(handle) {
  const { low, step, digits, own, last, stop } = read(handle);
  const value = (low + stop * step).toFixed(digits).replace("-", "−");
  const width = Number(handle.querySelector("rect")?.getAttribute("width"));
  handle
    .querySelector("[data-moves]")
    ?.setAttribute("transform", `translate(${((stop - own) * width) / last} 0)`);
  for (const text of handle.querySelectorAll("[data-shows]"))
    text.textContent = String(text.textContent).replace(/−?\d[\d.]*/, value);
  const svg = /** @type {Element} */ (handle.closest("svg"));
  const said = [...svg.querySelectorAll("[data-said]:not([display])")].map((part) => part.textContent);
  for (const [name, each] of Object.entries({
    role: "slider",
    tabindex: "0",
    "aria-label": handle.querySelector("title")?.textContent ?? "",
    "aria-valuemin": "0",
    "aria-valuemax": String(last),
    "aria-valuenow": String(stop),
    "aria-valuetext": [value, ...said].join(", "),
  }))
    handle.setAttribute(name, each);
  svg.removeAttribute("aria-hidden");
}

/** Set the dials of a figure back. @param {Element} panels */
export function resetDials(panels) {
  for (const handle of panels.querySelectorAll("[data-dial]")) turn(handle, read(handle).own);
}

/** Replace the drawings; a handle that had the focus has it afterwards. @param {Element} panels @param {() => void} replace */
export function keepDials(panels, replace) {
  const active = document.activeElement?.closest(".demo-panels [data-dial]");
  const name = active && panels.contains(active) ? read(active).name : "";
  replace();
  showDials(panels);
  if (name) /** @type {SVGElement | undefined} */ (shown(panels, name))?.focus({ preventScroll: true });
}

/** The handle of a dial in the drawing that is shown, of those for a wide and for a narrow page. @param {Element} panels @param {string} name */
const shown = (panels, name) =>
  [...panels.querySelectorAll("[data-dial]")].find(
    (handle) => read(handle).name === name && handle.getClientRects().length,
  );

/** Let a reader turn the dials of a figure. @param {HTMLElement} panels */
export function mountDials(panels) {
  let held = "";
  const handleOf = (/** @type {Event} */ event) =>
    event.target instanceof Element ? event.target.closest("[data-dial]") : null;
  const follow = (/** @type {PointerEvent} */ event) => {
    const handle = held && shown(panels, held);
    if (!handle) return;
    const { left, width } = /** @type {Element} */ (handle.querySelector("rect")).getBoundingClientRect();
    turn(handle, ((event.clientX - left) / width) * read(handle).last);
  };
  panels.addEventListener("pointerdown", (event) => {
    const handle = /** @type {SVGElement | null} */ (handleOf(event));
    if (!handle || event.button) return;
    held = read(handle).name;
    panels.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    event.preventDefault(); // no text is selected
    follow(event);
  });
  panels.addEventListener("pointermove", follow);
  for (const end of ["pointerup", "pointercancel"]) panels.addEventListener(end, () => (held = ""));
  panels.addEventListener("keydown", (event) => {
    const handle = handleOf(event);
    if (!handle || !(event.key in KEYS)) return;
    event.preventDefault();
    turn(handle, read(handle).stop + KEYS[event.key]);
  });
  showDials(panels);
}
