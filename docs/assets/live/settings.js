// The settings of a demo as text, in controls and in links. Pure, tested without a browser.

/**
 * @typedef {{name: string, kind: string, default: any, values?: string[], low?: number, high?: number, stops?: number[],
 *   texts?: string[]}} Control
 */

/**
 * The value of a text, or undefined when it does not fit the control.
 * @param {Control} control @param {string} text
 */
export function readValue(control, text) {
  if (control.kind === "choice") return control.values?.includes(text) ? text : undefined;
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value) || (isInteger(control) && !Number.isInteger(value))) return undefined;
  const inside = value >= (control.low ?? -Infinity) && value <= (control.high ?? Infinity);
  return inside || control.stops?.includes(value) ? value : undefined;
}

/**
 * Does it take integers only? A seed, a pointed parameter, and a slider whose stops are integers.
 * @param {Control} control
 */
const isInteger = ({ kind, stops }) => kind !== "slider" || !stops || stops.every(Number.isInteger);

/**
 * The settings in a fragment such as "#twins?outgoing=different&seed=3"; invalid values are dropped.
 * @param {string} fragment @param {string} demo @param {Control[]} controls
 * @returns {Record<string, any> | null} null when the fragment is not about this demo
 */
export function fromFragment(fragment, demo, controls) {
  const [slug, query = ""] = fragment.replace(/^#/, "").split("?", 2);
  if (slug !== demo) return null;
  const pairs = new URLSearchParams(query);
  const settings = /** @type {Record<string, any>} */ ({});
  for (const control of controls) {
    const text = pairs.get(control.name);
    const value = text === null ? undefined : readValue(control, text);
    if (value !== undefined) settings[control.name] = value;
  }
  return settings;
}

/**
 * The fragment for a link: the settings that differ from the page's, which may not be the defaults.
 * @param {string} demo @param {Control[]} controls @param {Record<string, any>} settings
 * @param {Record<string, any>} pageSettings
 */
export function toFragment(demo, controls, settings, pageSettings) {
  const pairs = new URLSearchParams();
  for (const { name } of controls) {
    const own = pageSettings[name];
    if ((settings[name] ?? own) !== own) pairs.set(name, String(settings[name]));
  }
  const query = pairs.toString();
  return `#${demo}${query ? `?${query}` : ""}`;
}

/** The index of the slider stop nearest to a value. @param {number[]} stops @param {number} value */
export const nearestStop = (stops, value) =>
  stops.reduce(
    (best, stop, index) => (Math.abs(stop - value) < Math.abs(stops[best] - value) ? index : best),
    0,
  );
