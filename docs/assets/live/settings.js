// The settings of a demo: from its controls, to a link, and back. A link fills controls and starts nothing.

/** @typedef {{name: string, kind: string, default: any, values?: string[], low?: number, high?: number, stops?: number[], texts?: string[]}} Control */

/**
 * The value that a text stands for, or undefined when it does not fit the control.
 * @param {Control} control @param {string} text
 */
export function readValue(control, text) {
  if (control.kind === "choice") return control.values?.includes(text) ? text : undefined;
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value) || (isWhole(control) && !Number.isInteger(value))) return undefined;
  const inside = value >= (control.low ?? -Infinity) && value <= (control.high ?? Infinity);
  return inside || control.stops?.includes(value) ? value : undefined;
}

/** Only whole numbers: a seed, what is pointed at, and a slider that has no other stops. @param {Control} control */
const isWhole = ({ kind, stops }) => kind !== "slider" || !stops || stops.every(Number.isInteger);

/**
 * Settings in a fragment such as "#twins?outgoing=different&seed=3"; what does not fit is left out.
 * @param {string} fragment @param {string} demo @param {Control[]} controls
 * @returns {Record<string, any> | null} null when the fragment is not about this demo
 */
export function fromFragment(fragment, demo, controls) {
  const [slug, query = ""] = fragment.replace(/^#/, "").split("?", 2);
  if (slug !== demo) return null;
  const words = new URLSearchParams(query);
  const settings = /** @type {Record<string, any>} */ ({});
  for (const control of controls) {
    const text = words.get(control.name);
    const value = text === null ? undefined : readValue(control, text);
    if (value !== undefined) settings[control.name] = value;
  }
  return settings;
}

/**
 * The fragment for a link: only what differs from the page's own settings, which need not be the demo's defaults.
 * @param {string} demo @param {Control[]} controls @param {Record<string, any>} settings @param {Record<string, any>} built
 */
export function toFragment(demo, controls, settings, built) {
  const words = new URLSearchParams();
  for (const { name } of controls) {
    if ((settings[name] ?? built[name]) !== built[name]) words.set(name, String(settings[name]));
  }
  const query = words.toString();
  return `#${demo}${query ? `?${query}` : ""}`;
}

/** The index of the slider's stop that is nearest to a value. @param {number[]} stops @param {number} value */
export const nearestStop = (stops, value) =>
  stops.reduce(
    (best, stop, index) => (Math.abs(stop - value) < Math.abs(stops[best] - value) ? index : best),
    0,
  );
