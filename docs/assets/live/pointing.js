// Parts of a figure that set a parameter when the reader points at them: by mouse, touch or keyboard.

/** @typedef {{dataset: DOMStringMap} & SVGElement} Part */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

export class Pointing {
  /**
   * @param {HTMLElement} box the figure's panels
   * @param {(set: string, deliberate: boolean) => void} onPoint set: what the part sets; deliberate: by a tap
   *   or a key, not by hovering
   * @param {(set: string) => boolean} pins whether hovering sets it and a tap pins it; otherwise a tap sets it
   *   and pins nothing
   */
  constructor(box, onPoint, pins) {
    this.box = box;
    this.onPoint = onPoint;
    this.pins = pins;
    this.pinned = "";
    // A part that is redrawn while it is pressed gets no click event: recognise the click here.
    let pressed = /** @type {Part | null} */ (null);
    box.addEventListener("pointerdown", (event) => (pressed = this.partOf(event)));
    box.addEventListener("pointerup", (event) => {
      const part = this.partOf(event);
      if (pressed?.isConnected === false && part?.dataset.set === pressed.dataset.set) this.select(part);
    });
    box.addEventListener("pointerover", (event) => {
      const part = this.partOf(event);
      if (part && event.pointerType === "mouse" && !this.pinned && pins(part.dataset.set ?? ""))
        onPoint(part.dataset.set ?? "", false);
    });
    box.addEventListener("pointerleave", () => (this.pinned = ""));
    box.addEventListener("click", (event) => this.select(this.partOf(event)));
    box.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** @param {Event} event @returns {Part | null} */
  partOf(event) {
    return event.target instanceof Element ? event.target.closest("[data-set]") : null;
  }

  /** Those that are shown: a drawing may be there twice, for a wide and for a narrow page. @returns {Part[]} */
  parts() {
    const isShown = (/** @type {Element} */ part) => part.getClientRects().length > 0;
    return [...this.box.querySelectorAll("[data-set]")]
      .filter(isShown)
      .map((part) => /** @type {Part} */ (part));
  }

  /** A tap selects a part and pins it; another tap on the same part unpins it. @param {Part | null} part */
  select(part) {
    if (!part) return;
    const { set = "" } = part.dataset;
    this.pinned = this.pinned === set || !this.pins(set) ? "" : set;
    part.focus({ preventScroll: true });
    this.onPoint(set, true);
  }

  /**
   * Arrows select the nearest part in that direction, Enter and Space the focused one; Escape unpins.
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    const part = this.partOf(event);
    if (!part) return;
    if (event.key === "Escape") this.pinned = "";
    let target = null;
    if (event.key === "Enter" || event.key === " ") target = part;
    else if (event.key in ARROWS) target = this.nearest(part, ARROWS[event.key]);
    if (!target) return;
    event.preventDefault();
    this.select(target);
  }

  /**
   * The nearest part in a direction; a distance across it counts three times.
   * @param {Part} from @param {[number, number]} direction @returns {Part | null}
   */
  nearest(from, [right, down]) {
    const centre = (/** @type {Element} */ part) => {
      const { left, top, width, height } = part.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const [x, y] = centre(from);
    let best = null;
    let shortest = Infinity;
    for (const part of this.parts()) {
      const [px, py] = centre(part);
      const along = (px - x) * right + (py - y) * down;
      const across = Math.abs((px - x) * down) + Math.abs((py - y) * right);
      if (along > 1 && along + 3 * across < shortest) [best, shortest] = [part, along + 3 * across];
    }
    return best;
  }

  /** Replace the drawings; the focus moves to the part that sets the same. @param {() => void} replace */
  keepFocus(replace) {
    const active = document.activeElement;
    const hadFocus = active instanceof SVGElement && this.box.contains(active);
    const focusedSet = hadFocus ? active.dataset.set : undefined;
    replace();
    const parts = this.parts();
    const isLive = parts.length || this.box.querySelector("[data-dial]");
    this.box.setAttribute("role", isLive ? "group" : "img");
    for (const part of parts) {
      part.setAttribute("role", "button");
      part.setAttribute("tabindex", "-1");
      part.closest("svg")?.removeAttribute("aria-hidden");
      const title = part.querySelector("title")?.textContent;
      if (title) part.setAttribute("aria-label", title);
    }
    const focused = parts.find((part) => part.dataset.set === focusedSet);
    const first = focused ?? parts.find((part) => part.hasAttribute("data-on")) ?? parts[0];
    first?.setAttribute("tabindex", "0");
    focused?.focus({ preventScroll: true });
  }
}
