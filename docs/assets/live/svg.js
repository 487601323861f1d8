// SVG from Python enters the page by allow-list: what is not named here, or is not of its kind, is not copied.

const NAMESPACE = "http://www.w3.org/2000/svg";
const NUMBERS = /^[-+.,%\de\s]*$/i;
const PATH = /^[-+.,\demlhvcsqtaz\s]*$/i;
const MOVES = /^(?:(?:translate|scale|rotate|matrix)\([-+.,\de\s]*\)[\s,]*)*$/i;
const COLOUR =
  /^(?:[a-z]+|#[\da-f]{3,8}|(?:rgb|hsl)a?\([-.,%\d\s]*\)|var\(--figure-[\w-]+(?:,\s*(?:[a-z]+|#[\da-f]{3,8}))?\))$/i;
const FONT = /^(?:[\w\s,'-]+|var\(--figure-[\w-]+(?:,[\w\s,'-]+)?\))$/;
const WORD = /^[\w-]+$/;
const SETTINGS = /^[\w\s.,=+-]+$/;

const TEXTS = new Set(["text", "title"]);
const ELEMENTS = new Set(["svg", "g", "rect", "line", "circle", "polyline", "polygon", "path", ...TEXTS]);
/** An attribute, and what its value may look like: no address, no escape, no function but those above. */
const ATTRIBUTES = new Map([
  ...[
    "viewBox",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "points",
    "fill-opacity",
    "stroke-width",
    "stroke-dasharray",
    "opacity",
    "font-size",
  ].map((name) => /** @type {[string, RegExp]} */ ([name, NUMBERS])),
  ["d", PATH],
  ["transform", MOVES],
  ["fill", COLOUR],
  ["stroke", COLOUR],
  ["font-family", FONT],
  ["font-weight", WORD],
  ["stroke-linejoin", WORD],
  ["stroke-linecap", WORD],
  ["text-anchor", WORD],
  ["aria-hidden", WORD],
  ["data-on", WORD],
  ["data-set", SETTINGS],
]);

// The site's largest drawing has 31 000 characters, 485 elements and 5 levels. Beyond these bounds a page no longer follows a run.
const LONGEST = 500_000; // characters, before anything is parsed
const MOST = 5_000; // elements: what the browser lays out and paints anew with each frame
const DEEPEST = 16; // levels: copying and painting go down them by recursion

/**
 * Build an SVG element from text; elements, attributes and values outside the list are left out.
 * @param {string} text @returns {SVGElement}
 */
export function importSvg(text) {
  if (text.length > LONGEST) throw new Error("the drawing is too large to show");
  // No comment, CDATA, DOCTYPE or instruction: an entity that grows, or a style sheet, needs one of them.
  if (/<[!?]/.test(text)) throw new Error("the drawing is not plain SVG");
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = parsed.documentElement;
  if (root.localName !== "svg" || root.namespaceURI !== NAMESPACE || parsed.querySelector("parsererror"))
    throw new Error("the drawing is not SVG");
  if (parsed.getElementsByTagName("*").length > MOST)
    throw new Error("the drawing has too many parts to show");
  return /** @type {SVGElement} */ (copy(root, 1));
}

/** @param {Element} source @param {number} level @returns {Element} */
function copy(source, level) {
  if (level > DEEPEST) throw new Error("the drawing is nested too deeply to show");
  const made = document.createElementNS(NAMESPACE, source.localName);
  for (const { name, value } of source.attributes)
    if (ATTRIBUTES.get(name)?.test(value)) made.setAttribute(name, value);
  if (TEXTS.has(source.localName)) made.textContent = source.textContent;
  else
    for (const child of source.children) {
      if (child.namespaceURI === NAMESPACE && ELEMENTS.has(child.localName))
        made.append(copy(child, level + 1));
    }
  return made;
}
