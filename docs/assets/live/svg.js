// Copies SVG from Python into the page by an allow-list: elements and attributes that are not on it, or have
// other values, are dropped.

const NAMESPACE = "http://www.w3.org/2000/svg";
const NUMBERS = /^[-+.,%\de\s]*$/i;
const PATH = /^[-+.,\demlhvcsqtaz\s]*$/i;
const TRANSFORM = /^(?:(?:translate|scale|rotate|matrix)\([-+.,\de\s]*\)[\s,]*)*$/i;
const COLOUR =
  /^(?:[a-z]+|#[\da-f]{3,8}|(?:rgb|hsl)a?\([-.,%\d\s]*\)|var\(--figure-[\w-]+(?:,\s*(?:[a-z]+|#[\da-f]{3,8}))?\))$/i;
const FONT = /^(?:[\w\s,'-]+|var\(--figure-[\w-]+(?:,[\w\s,'-]+)?\))$/;
const WORD = /^[\w-]+$/;
const NAMES = /^[a-z\d -]+$/;
const SETTINGS = /^[\w\s.,=+-]+$/;

const TEXT_ELEMENTS = new Set(["text", "title"]);
const ELEMENTS = new Set([
  "svg",
  "g",
  "rect",
  "line",
  "circle",
  "polyline",
  "polygon",
  "path",
  ...TEXT_ELEMENTS,
]);
const GEOMETRY = "viewBox width height x y x1 y1 x2 y2 cx cy r rx points font-size".split(" ");
const STROKES = "opacity fill-opacity stroke-width stroke-dasharray".split(" ");
/** The attributes, each with a pattern of its values: no URLs, no escapes, no functions except those above. */
const ATTRIBUTES = new Map([
  ...[...GEOMETRY, ...STROKES].map((name) => /** @type {[string, RegExp]} */ ([name, NUMBERS])),
  ["d", PATH],
  ["transform", TRANSFORM],
  ["fill", COLOUR],
  ["stroke", COLOUR],
  ["font-family", FONT],
  ["font-weight", WORD],
  ["stroke-linejoin", WORD],
  ["stroke-linecap", WORD],
  ["text-anchor", WORD],
  ["aria-hidden", WORD],
  ["data-dial", SETTINGS],
  ["data-drag", WORD],
  ["data-guess", NUMBERS],
  ["data-idea", NAMES],
  ["data-moves", WORD],
  ["data-on", WORD],
  ["data-only", WORD],
  ["data-said", WORD],
  ["data-set", SETTINGS],
  ["data-shows", WORD],
  ["data-while", SETTINGS],
  ["display", WORD],
]);

// The site's largest drawing has 31,000 characters, 485 elements and 5 levels. Far more would make a page too slow.
const MAX_LENGTH = 500_000; // in characters, checked before anything is parsed
const MAX_ELEMENTS = 5_000; // the browser lays out and paints all of them for each frame
const MAX_DEPTH = 16; // copying and painting are recursive

/**
 * Build an SVG element from text, keeping only what the allow-list permits.
 * @param {string} text @returns {SVGElement}
 */
export function importSvg(text) {
  if (text.length > MAX_LENGTH) throw new Error("the drawing is too large to show");
  // No comment, CDATA, DOCTYPE or processing instruction: entities and style sheets need one of them.
  if (/<[!?]/.test(text)) throw new Error("the drawing is not plain SVG");
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = parsed.documentElement;
  if (root.localName !== "svg" || root.namespaceURI !== NAMESPACE || parsed.querySelector("parsererror"))
    throw new Error("the drawing is not SVG");
  if (parsed.getElementsByTagName("*").length > MAX_ELEMENTS)
    throw new Error("the drawing has too many parts to show");
  return /** @type {SVGElement} */ (copy(root, 1));
}

/** @param {Element} source @param {number} depth @returns {Element} */
function copy(source, depth) {
  if (depth > MAX_DEPTH) throw new Error("the drawing is nested too deeply to show");
  const element = document.createElementNS(NAMESPACE, source.localName);
  for (const { name, value } of source.attributes)
    if (ATTRIBUTES.get(name)?.test(value)) element.setAttribute(name, value);
  if (TEXT_ELEMENTS.has(source.localName)) element.textContent = source.textContent;
  else
    for (const child of source.children) {
      if (child.namespaceURI === NAMESPACE && ELEMENTS.has(child.localName))
        element.append(copy(child, depth + 1));
    }
  return element;
}
