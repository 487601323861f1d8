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
   * @param {(set: string) => boolean} follows whether hovering sets it
   */
  constructor(box, onPoint, follows) {
    this.box = box;
    this.onPoint = onPoint;
    /** The group that is being dragged, whether from its selected part, and what was set last. */
    this.grabbed = /** @type {{group: string, held: boolean, last: string, drawn: boolean} | null} */ (null);
    /** Is the last press one of a key? Then the focus is shown. */ this.byKey = false;
    // A part that is redrawn while it is pressed gets no click event: recognise the click here.
    let pressed = /** @type {Part | null} */ (null);
    box.addEventListener("pointerdown", (event) => {
      this.byKey = false;
      pressed = this.partOf(event);
      this.grab(event, pressed);
    });
    box.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, () => (this.grabbed = null));
    box.addEventListener("pointerup", (event) => {
      const part = this.partOf(event);
      const same = pressed?.isConnected === false && part?.dataset.set === pressed.dataset.set;
      if (same && !part?.dataset.drag) this.select(part);
    });
    box.addEventListener("pointerover", (event) => {
      const part = this.partOf(event);
      if (!part || event.pointerType !== "mouse" || part.dataset.drag) return;
      if (follows(part.dataset.set ?? "")) onPoint(part.dataset.set ?? "", false);
    });
    box.addEventListener("click", (event) => {
      const part = this.partOf(event);
      if (!part?.dataset.drag || !event.detail) this.select(part); // what can be dragged was set when it was pressed
    });
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

  /** @param {Part | null} part */
  select(part) {
    if (!part) return;
    this.focus(part);
    this.onPoint(part.dataset.set ?? "", true);
  }

  /** A press on a part that can be dragged. @param {PointerEvent} event @param {Part | null} part */
  grab(event, part) {
    if (!part?.dataset.drag || event.button) return;
    this.box.setPointerCapture(event.pointerId); // the part itself may be redrawn
    const held = part.hasAttribute("data-on");
    this.grabbed = { group: part.dataset.drag, held, last: part.dataset.set ?? "", drawn: held };
    event.preventDefault();
    if (held) this.focus(part);
    else this.select(part);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { grabbed } = this;
    if (!grabbed?.drawn) return; // what it would set next is known when the last change is drawn
    const { clientX: x, clientY: y } = event;
    const below = () => document.elementsFromPoint(x, y).map((each) => each.closest("[data-set]"));
    const isOf = (/** @type {Element | null} */ part) => part?.getAttribute("data-drag") === grabbed.group;
    const part = grabbed.held ? this.closest(this.parts().filter(isOf), x, y) : below().find(isOf);
    const set = part?.getAttribute("data-set");
    if (!part || !set || set === grabbed.last || !this.box.contains(part)) return;
    grabbed.last = set;
    grabbed.drawn = grabbed.held;
    this.select(/** @type {Part} */ (part));
  }

  /** The part whose centre is closest to a point. @param {Part[]} parts @param {number} x @param {number} y */
  closest(parts, x, y) {
    const distance = (/** @type {Part} */ part) => {
      const { left, top, width, height } = part.getBoundingClientRect();
      return Math.hypot(left + width / 2 - x, top + height / 2 - y);
    };
    return parts.map((part) => ({ part, far: distance(part) })).sort((a, b) => a.far - b.far)[0]?.part;
  }

  /**
   * Arrows select the nearest part in that direction, Enter and Space the focused one. Among parts that can be dragged, they
   * move the selected one, and else the focus alone.
   * @param {KeyboardEvent} event
   */
  onKey(event) {
    const part = this.partOf(event);
    if (!part) return;
    this.byKey = true;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return this.select(part);
    }
    if (!(event.key in ARROWS)) return;
    const { drag } = part.dataset;
    const held = Boolean(drag) && part.hasAttribute("data-on");
    const among = this.parts().filter((each) => !held || each.dataset.drag === drag);
    const target = this.nearest(part, ARROWS[event.key], among);
    if (!target) return;
    event.preventDefault();
    if (held || !target.dataset.drag) return this.select(target);
    this.focus(target);
  }

  /**
   * The nearest part in a direction; a distance across it counts three times.
   * @param {Part} from @param {[number, number]} direction @param {Part[]} parts @returns {Part | null}
   */
  nearest(from, [right, down], parts) {
    const centre = (/** @type {Element} */ part) => {
      const { left, top, width, height } = part.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const [x, y] = centre(from);
    let best = null;
    let shortest = Infinity;
    for (const part of parts) {
      const [px, py] = centre(part);
      const along = (px - x) * right + (py - y) * down;
      const across = Math.abs((px - x) * down) + Math.abs((py - y) * right);
      if (along > 1 && along + 3 * across < shortest) [best, shortest] = [part, along + 3 * across];
    }
    return best;
  }

  /** Replace the drawings; the focus moves to the part that sets the same, or has the same name. @param {() => void} replace */
  keepFocus(replace) {
    const active = document.activeElement;
    const hadFocus = active instanceof SVGElement && this.box.contains(active);
    const focusedSet = hadFocus ? active.dataset.set : undefined;
    const focusedName = hadFocus && active.dataset.drag ? active.getAttribute("aria-label") : "";
    if (hadFocus) this.byKey = active.matches(":focus-visible");
    replace();
    if (this.grabbed) this.grabbed.drawn = true;
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
    const named = parts.filter((part) => part.getAttribute("aria-label") === focusedName);
    const setting = parts.filter((part) => part.dataset.set === focusedSet);
    const focused = setting.find((part) => named.includes(part)) ?? setting[0] ?? named[0];
    for (const group of new Set(parts.map(({ dataset }) => dataset.drag))) {
      const members = parts.filter(({ dataset }) => dataset.drag === group);
      const first = members.find((part) => part === focused || part.hasAttribute("data-on")) ?? members[0];
      first.setAttribute("tabindex", "0");
    }
    if (focused) this.focus(focused);
  }

  /** @param {Part} part */
  focus(part) {
    // @ts-expect-error: an option that the types do not know yet
    part.focus({ preventScroll: true, focusVisible: this.byKey });
  }
}
