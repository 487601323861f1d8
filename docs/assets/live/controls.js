// The controls of one demo, and their values. A pointed parameter has no control: the figure sets it.

import { nearestStop, readValue } from "./settings.js";

/** A slider over whole numbers comes without its stops: list them. @param {any} control */
function addStops(control) {
  control.stops ??= Array.from({ length: control.high - control.low + 1 }, (_, index) => control.low + index);
  control.texts ??= control.stops.map(String);
}

export class Controls {
  /**
   * @param {HTMLElement} section @param {import("./settings.js").Control[]} declared
   * @param {Record<string, any>} settings
   */
  constructor(section, declared, settings) {
    this.section = section;
    this.declared = declared;
    for (const control of declared) if (control.kind === "slider") addStops(control);
    /** @type {Record<string, any>} */ this.pointed = {};
    for (const { kind, name } of declared) if (kind === "pointed") this.pointed[name] = settings[name];
    /** @type {Record<string, any>} the pointed parameters of the page as built */ this.home = {
      ...this.pointed,
    };
  }

  /** @param {string} name @returns {HTMLElement} */
  box(name) {
    return /** @type {HTMLElement} */ (this.section.querySelector(`[data-control="${name}"]`));
  }

  /** The current values. An invalid number is passed on: Python answers with a message. */
  values() {
    /** @type {Record<string, any>} */ const settings = { ...this.pointed };
    for (const control of this.declared) {
      if (control.kind === "pointed") continue;
      const box = this.box(control.name);
      const checked = /** @type {HTMLInputElement | null} */ (box.querySelector("input:checked"));
      const number = /** @type {HTMLInputElement | null} */ (box.querySelector("input[type=number]"));
      const text = (control.kind === "choice" ? checked?.value : number?.value) ?? "";
      const raw = text === "" ? null : Number.isNaN(Number(text)) ? text : Number(text);
      settings[control.name] = readValue(control, text) ?? raw;
    }
    return settings;
  }

  /** Do the controls have these values? @param {Record<string, any>} settings */
  match(settings) {
    const values = this.values();
    return this.declared.every(({ name }) => !(name in settings) || values[name] === settings[name]);
  }

  /** @param {Record<string, any>} settings */
  fill(settings) {
    for (const control of this.declared) {
      if (!(control.name in settings)) continue;
      const value = settings[control.name];
      if (control.kind === "pointed") this.pointed[control.name] = value;
      else
        for (const input of this.box(control.name).querySelectorAll("input"))
          this.fillInput(input, control, value);
    }
  }

  /** @param {HTMLInputElement} input @param {import("./settings.js").Control} control @param {any} value */
  fillInput(input, control, value) {
    if (input.type === "radio") input.checked = input.value === value;
    else if (input.type === "number") input.value = String(value);
    else this.moveSlider(input, control, value);
  }

  /** @param {HTMLInputElement} slider @param {any} control @param {number} value */
  moveSlider(slider, control, value) {
    const index = nearestStop(control.stops, value);
    slider.value = String(index);
    slider.setAttribute("aria-valuetext", control.texts[index]);
  }

  /**
   * Make a slider and the number beside it agree.
   * @param {HTMLInputElement} input the one that was changed
   */
  sync(input) {
    const box = /** @type {HTMLElement} */ (input.closest("[data-control]"));
    const control = /** @type {any} */ (this.declared.find(({ name }) => name === box.dataset.control));
    if (input.type === "range") this.fill({ [control.name]: control.stops[Number(input.value)] });
    const slider = /** @type {HTMLInputElement | null} */ (box.querySelector("input[type=range]"));
    if (input.type === "number" && slider) this.moveSlider(slider, control, Number(input.value));
  }

  /**
   * The settings in a part of the figure, such as "row=3,column=4"; invalid values are dropped. Pointed parameters that it
   * does not name are as on the page as built: the figure depends on what is pointed at, and not on what was before.
   * @param {string} text
   */
  parse(text) {
    /** @type {Record<string, any>} */ const settings = { ...this.home };
    for (const [name, value] of text.split(",").map((pair) => pair.split("=", 2))) {
      const control = this.declared.find((each) => each.name === name);
      const valid = control && value !== undefined ? readValue(control, value) : undefined;
      if (valid !== undefined) settings[name] = valid;
    }
    return settings;
  }
}
