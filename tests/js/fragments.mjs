// A thousand hostile fragments of a link, generated from a fixed seed.

/** Stands in every fragment that could be shown. No page may show it. */
export const MARK = "zq9xmark";

const NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "length",
  "code",
  "run",
  "source",
  "demo",
  "seed",
  "",
];
const VALUES = [
  "1e309",
  "-1e309",
  "1e-400",
  "-0",
  "0x10",
  "0b1",
  "NaN",
  "Infinity",
  "-Infinity",
  "9007199254740993",
  "1_000",
  "1,5",
  "1e",
  ".",
  "-",
  "+1",
  "0.5",
  "1.5",
  "null",
  "undefined",
  "true",
  "false",
  "[object Object]",
  "[]",
  "{}",
  "\u0661\u0662",
  "\uff11",
  " 3 ",
  "3\n",
  "3;drop",
  "same",
  "different",
  "several",
  `<img src=x:y onerror=${MARK}>`,
  `"><script>${MARK}</script>`,
  `javascript:${MARK}`,
  `\${${MARK}}`,
  `{{${MARK}}}`,
  `import os; ${MARK}`,
  MARK,
  "%",
  "%%%",
  "%E0%A4%A",
  "%00",
  "%3Cscript%3E",
  "%u0041",
  "%F0%9F%92%A9",
  "\ud800",
  "\udc00x",
  "\u202e",
  "\u0000",
  "Z\u0301\u0301",
  "💩",
  "../../etc",
  "\\",
  '"]',
  "'",
];

/** @param {string} demo @param {any[]} controls @param {number} count @returns {string[]} */
export function fragments(demo, controls, count = 1000) {
  let state = 7;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const pick = (/** @type {any[]} */ list) => list[Math.floor(random() * list.length)];
  const letters = (/** @type {number} */ most) =>
    Array.from({ length: random() * most }, () =>
      String.fromCharCode(random() * (random() < 0.7 ? 0x180 : 0xffff)),
    ).join("");
  const name = () => (random() < 0.5 ? pick(controls).name : random() < 0.7 ? pick(NAMES) : letters(8));
  const value = () => {
    const kind = random();
    if (kind < 0.5) return pick(VALUES);
    if (kind < 0.6) return encodeURIComponent(pick(VALUES.filter((each) => !/[\ud800-\udfff]/.test(each))));
    if (kind < 0.8) return String((random() - 0.5) * 10 ** (random() * 40 - 20));
    if (kind < 0.97) return letters(40);
    return MARK.repeat(2000 * random());
  };
  /** A value that the control accepts, to stand beside hostile ones. @param {any} control */
  const validValue = ({ kind, values, stops, low, high }) =>
    kind === "choice" ? pick(values) : stops ? pick(stops) : Math.floor(low + random() * (high - low + 1));
  const validPair = () => ((control) => `${control.name}=${validValue(control)}`)(pick(controls));
  const pair = () =>
    random() < 0.2 ? validPair() : `${name()}${pick(["=", "=", "=", "=", "", "==", "%3D"])}${value()}`;
  const one = () => {
    const slug =
      random() < 0.85
        ? demo
        : pick([`${demo}-`, demo.toUpperCase(), `demo-${demo}`, ...NAMES, ...VALUES, letters(20)]);
    const pairs = Array.from({ length: random() * 6 }, pair).join(pick(["&", "&", "&", "&&", ";", "?", "#"]));
    return `#${slug}${pick(["?", "?", "?", "?", "??", "&", "/", ""])}${pairs}`;
  };
  return Array.from({ length: count }, one);
}
