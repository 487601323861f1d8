// A notebook as a file of one's own: the page's published source, with the reader's code in the place of its cells.

/** @typedef {{kind: "markdown" | "code", text: string}} Part */

const MARK = /^# %%( \[markdown\])?[^\n]*\n/m;

/** The cells of a Python file in jupytext's percent format. @param {string} source @returns {Part[]} */
export function partsOf(source) {
  const pieces = source.replace(/\r\n/g, "\n").split(MARK); // before the first mark, then mark and text in turn
  const parts = /** @type {Part[]} */ ([]);
  for (let n = 1; n < pieces.length; n += 2) {
    const text = pieces[n + 1].trim();
    if (!pieces[n])
      parts.push({ kind: "code", text: text.replace(/^[ \t]*# --8<--.*\n?/gm, "").trim() }); // marks by which pages cut excerpts
    else
      parts.push({ kind: "markdown", text: text.replace(/^# ?/gm, "").replace(/^---\n[^]*?\n---\n+/, "") }); // the page's title stands there too
  }
  return parts;
}

/** Links that lead from the source to another page of the site, as links from anywhere. @param {string} text @param {string} folder the address of the source's folder */
export const linked = (text, folder) =>
  text.replace(
    /\]\((?![a-z]+:|#)([^)\s#]+?)(\.md|\.py)(#[^)\s]*)?\)/g,
    (_, path, _end, place = "") => `](${new URL(`${path}/`, folder).href}${place})`,
  );

/** @param {Part[]} parts @param {(string | null)[]} codes the reader's, by cell; null where nothing was changed @param {string} folder */
export function filled(parts, codes, folder) {
  const wanted = parts.filter(({ kind }) => kind === "code").length;
  if (codes.length !== wanted)
    throw new Error(
      `The notebook's source has ${wanted} cells of code, and this page ${codes.length}. Reload the page.`,
    );
  const [...left] = codes;
  return parts.map(({ kind, text }) => ({
    kind,
    text: kind === "code" ? (left.shift() ?? text) : linked(text, folder),
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
export function download(name, text) {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(
    new Blob([text], { type: name.endsWith(".py") ? "text/x-python" : "application/x-ipynb+json" }),
  );
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers read it only a moment later
}
