// Parts of a figure that set something when they are pointed at, tapped or focused: hover, touch and keys alike.

/** @typedef {{dataset: DOMStringMap} & SVGElement} Part */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

export class Pointing {
  /** @param {HTMLElement} box the figure's panels
   * @param {(set: string, meant: boolean) => void} onPoint what the part sets; meant: by a tap or a key, not in passing
   * @param {(set: string) => boolean} pins is it chosen in passing, and held by a tap? Else a tap is needed, and holds nothing */
  constructor(box, onPoint, pins) {
    this.box = box;
    this.onPoint = onPoint;
    this.pins = pins;
    this.pinned = "";
    let pressed = /** @type {Part | null} */ (null); // drawn anew before it is let go, it gets no click from the browser
    box.addEventListener("pointerdown", (event) => (pressed = this.partOf(event)));
    box.addEventListener(
      "pointerup",
      (event) =>
        pressed?.isConnected === false &&
        this.partOf(event)?.dataset.set === pressed.dataset.set &&
        this.mean(this.partOf(event)),
    );
    box.addEventListener("pointerover", (event) => {
      const part = this.partOf(event);
      if (part && event.pointerType === "mouse" && !this.pinned && pins(part.dataset.set ?? ""))
        onPoint(part.dataset.set ?? "", false);
    });
    box.addEventListener("pointerleave", () => (this.pinned = ""));
    box.addEventListener("click", (event) => this.mean(this.partOf(event)));
    box.addEventListener("keydown", (event) => this.onKey(event));
  }

  /** @param {Event} event @returns {Part | null} */
  partOf(event) {
    return event.target instanceof Element ? event.target.closest("[data-set]") : null;
  }

  /** @returns {Part[]} */
  parts() {
    return [...this.box.querySelectorAll("[data-set]")].map((part) => /** @type {Part} */ (part));
  }

  /** A tap pins what it chose, the next one on the same part lets it go. @param {Part | null} part */
  mean(part) {
    if (!part) return;
    const { set = "" } = part.dataset;
    this.pinned = this.pinned === set || !this.pins(set) ? "" : set;
    part.focus({ preventScroll: true });
    this.onPoint(set, true);
  }

  /** Arrows go to the nearest part that way; Enter and Space do what a tap does; Escape lets the pointer choose again. @param {KeyboardEvent} event */
  onKey(event) {
    const part = this.partOf(event);
    if (!part) return;
    if (event.key === "Escape") this.pinned = "";
    const target =
      event.key === "Enter" || event.key === " "
        ? part
        : event.key in ARROWS
          ? this.next(part, ARROWS[event.key])
          : null;
    if (!target) return;
    event.preventDefault();
    this.mean(target);
  }

  /** @param {Part} from @param {[number, number]} way @returns {Part | null} */
  next(from, [right, down]) {
    const middle = (/** @type {Element} */ part) => {
      const { left, top, width, height } = part.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const [x, y] = middle(from);
    let best = null;
    let least = Infinity;
    for (const part of this.parts()) {
      const [px, py] = middle(part);
      const along = (px - x) * right + (py - y) * down;
      const aside = Math.abs((px - x) * down) + Math.abs((py - y) * right);
      if (along > 1 && along + 3 * aside < least) [best, least] = [part, along + 3 * aside];
    }
    return best;
  }

  /** Put new drawings into the figure; focus stays on the part that stands for the same. @param {() => void} replace */
  keepFocus(replace) {
    const active = document.activeElement;
    const kept = active instanceof SVGElement && this.box.contains(active) ? active.dataset.set : undefined;
    replace();
    const parts = this.parts();
    this.box.setAttribute("role", parts.length ? "group" : "img");
    for (const part of parts) {
      part.setAttribute("role", "button");
      part.setAttribute("tabindex", "-1");
      part.closest("svg")?.removeAttribute("aria-hidden");
      const title = part.querySelector("title")?.textContent;
      if (title) part.setAttribute("aria-label", title);
    }
    const focused = parts.find((part) => part.dataset.set === kept);
    (focused ?? parts.find((part) => part.hasAttribute("data-on")) ?? parts[0])?.setAttribute(
      "tabindex",
      "0",
    );
    focused?.focus({ preventScroll: true });
  }
}
