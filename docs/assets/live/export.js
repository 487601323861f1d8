// Downloads a notebook as a file: the page's published source, with the reader's code in its cells.

/** @typedef {{kind: "markdown" | "code", text: string}} Part */

const MARK = /^# %%( \[markdown\])?[^\n]*\n/m;
const FRONT_MATTER = /^---\n[^]*?\n---\n+/; // with the page's title
const EXCERPT_MARKS = /^[ \t]*# --8<--.*\n?/gm; // around the parts of the source that pages quote

/** The cells of a Python file in jupytext's percent format. @param {string} source @returns {Part[]} */
export function parseCells(source) {
  const pieces = source.replace(/\r\n/g, "\n").split(MARK); // first a text, then mark and text in turn
  const parts = /** @type {Part[]} */ ([]);
  for (let n = 1; n < pieces.length; n += 2) {
    const text = pieces[n + 1].trim();
    if (pieces[n])
      parts.push({ kind: "markdown", text: text.replace(/^# ?/gm, "").replace(FRONT_MATTER, "") });
    else parts.push({ kind: "code", text: text.replace(EXCERPT_MARKS, "").trim() });
  }
  return parts;
}

/**
 * Turn relative links to other pages of the site into absolute ones.
 * @param {string} text @param {string} folder the URL of the source's folder
 */
export const absoluteLinks = (text, folder) =>
  text.replace(
    /\]\((?![a-z]+:|#)([^)\s#]+?)(\.md|\.py)(#[^)\s]*)?\)/g,
    (_, path, _extension, hash = "") => `](${new URL(`${path}/`, folder).href}${hash})`,
  );

/**
 * @param {Part[]} parts
 * @param {(string | null)[]} codes the reader's, by cell; null where unchanged
 * @param {string} folder
 */
export function withCodes(parts, codes, folder) {
  const count = parts.filter(({ kind }) => kind === "code").length;
  if (codes.length !== count)
    throw new Error(
      `The notebook's source has ${count} cells of code, and this page ${codes.length}. Reload the page.`,
    );
  const remaining = [...codes];
  return parts.map(({ kind, text }) => ({
    kind,
    text: kind === "code" ? (remaining.shift() ?? text) : absoluteLinks(text, folder),
  }));
}

/** @param {Part[]} parts @param {string} note */
export const toPython = (parts, note) =>
  [
    `# ${note}`,
    ...parts.map(({ kind, text }) =>
      kind === "code"
        ? `# %%\n${text}`
        : `# %% [markdown]\n${text.replace(/^(?=.)/gm, "# ").replace(/^$/gm, "#")}`,
    ),
  ].join("\n\n") + "\n";

/** @param {Part[]} parts @param {string} note */
export const toNotebook = (parts, note) =>
  `${JSON.stringify(
    {
      cells: [{ kind: "markdown", text: note }, ...parts].map(({ kind, text }, n) => ({
        cell_type: kind,
        id: `cell-${n}`,
        metadata: {},
        source: text.split(/(?<=\n)/),
        ...(kind === "code" ? { execution_count: null, outputs: [] } : {}),
      })),
      metadata: {
        kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
        language_info: { name: "python" },
      },
      nbformat: 4,
      nbformat_minor: 5,
    },
    null,
    1,
  )}\n`;

/** @param {string} name @param {string} text */
function download(name, text) {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(
    new Blob([text], { type: name.endsWith(".py") ? "text/x-python" : "application/x-ipynb+json" }),
  );
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers read the URL a moment later
}

/**
 * Download this page's notebook. Returns the name of the file.
 * @param {string} slug of its demo @param {"py" | "ipynb"} kind
 * @param {(string | null)[]} codes the reader's, by cell; null where unchanged
 * @param {import("./runtime.js").Runtime} runtime @param {typeof import("./start.js")} fetching
 */
export async function exportNotebook(slug, kind, codes, { base, files }, fetching) {
  const { Files } = await fetching.importScript("load");
  const bytes = await (files ?? new Files(base, fetching)).demo(slug, new AbortController().signal);
  const source = new TextDecoder().decode(bytes);
  const parts = withCodes(parseCells(source), codes, new URL("../demos/", base).href);
  const note = `From ${location.origin}${location.pathname}. It needs NumPy and convlens: ${new URL("../use-it-elsewhere/", base)}`;
  download(`${slug}.${kind}`, (kind === "py" ? toPython : toNotebook)(parts, note));
  return `${slug}.${kind}`;
}
