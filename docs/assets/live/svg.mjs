// SVG from Python enters the page by allow-list: what is not named here is not copied.

const NAMESPACE = "http://www.w3.org/2000/svg";
const ELEMENTS = new Set(["svg", "g", "rect", "line", "circle", "polyline", "polygon", "path", "text", "title"]);
const ATTRIBUTES = new Set([
  "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "points", "d", "transform", "fill",
  "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity",
  "font-size", "font-family", "font-weight", "text-anchor", "aria-hidden", "data-set", "data-on",
]);
const LARGEST = 500_000;

/**
 * Build an SVG element from text; elements, attributes and values outside the list are left out.
 * @param {string} text @returns {SVGElement}
 */
export function importSvg(text) {
  if (text.length > LARGEST) throw new Error("the drawing is too large to show");
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = parsed.documentElement;
  if (root.nodeName !== "svg" || parsed.querySelector("parsererror")) throw new Error("the drawing is not SVG");
  return /** @type {SVGElement} */ (copy(root));
}

/** @param {Element} source @returns {Element} */
function copy(source) {
  const made = document.createElementNS(NAMESPACE, source.localName);
  for (const { name, value } of source.attributes) {
    if (ATTRIBUTES.has(name) && !/url\s*\(|:\s*\/\//i.test(value)) made.setAttribute(name, value);
  }
  for (const child of source.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) made.append(child.nodeValue ?? "");
    else if (child.nodeType === Node.ELEMENT_NODE) {
      const element = /** @type {Element} */ (child);
      if (element.namespaceURI === NAMESPACE && ELEMENTS.has(element.localName)) made.append(copy(element));
    }
  }
  return made;
}
