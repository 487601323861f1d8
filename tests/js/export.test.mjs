import assert from "node:assert/strict";
import { test } from "node:test";
import { withCodes, absoluteLinks, parseCells, toNotebook, toPython } from "../../docs/assets/live/export.js";

const SOURCE = `# %% [markdown]
# ---
# title: "A"
# hide: [toc]
# ---
#
# # A
#
# See [B](../questions/b.md#c), [D](d.py) and [E](https://e.example/e.md).

# %%
x = 1

# --8<-- [start:f]
def f():  # %% is no mark here
    # --8<-- [end:f]
    return """
# text"""

# %% [markdown]
# 1 < 2

# %%
f()
`;
const FOLDER = "https://a.example/site/demos/";

test("a percent file is split into its cells, without the page's title and the marks of excerpts", () => {
  const parts = parseCells(SOURCE);
  assert.deepEqual(
    parts.map(({ kind }) => kind),
    ["markdown", "code", "markdown", "code"],
  );
  assert.ok(parts[0].text.startsWith("# A\n\nSee [B]"));
  assert.equal(parts[1].text, 'x = 1\n\ndef f():  # %% is no mark here\n    return """\n# text"""');
  assert.equal(parts[2].text, "1 < 2");
});

test("a relative link becomes absolute, and an absolute one stays", () => {
  assert.equal(
    absoluteLinks("[B](../questions/b.md#c) [D](d.py) [E](https://e.example/e.md)", FOLDER),
    "[B](https://a.example/site/questions/b/#c) [D](https://a.example/site/demos/d/) [E](https://e.example/e.md)",
  );
});

test("the reader's code replaces the page's, even when it is empty", () => {
  const parts = withCodes(parseCells(SOURCE), [null, ""], FOLDER);
  assert.ok(parts[1].text.startsWith("x = 1"));
  assert.equal(parts[3].text, "");
  assert.throws(() => withCodes(parseCells(SOURCE), [null], FOLDER), /has 2 cells of code, and this page 1/);
});

test("a notebook written as Python reads back as the same cells", () => {
  const parts = withCodes(parseCells(SOURCE), [null, "f() + 1"], FOLDER);
  const text = toPython(parts, "From here.");
  assert.ok(text.startsWith("# From here.\n\n# %% [markdown]\n# # A\n#\n# See"));
  assert.deepEqual(parseCells(text), parts);
});

test("a notebook keeps every line of every cell", () => {
  const { cells, nbformat, nbformat_minor } = JSON.parse(
    toNotebook(withCodes(parseCells(SOURCE), [null, "a\n\nb"], FOLDER), "From here."),
  );
  assert.deepEqual([nbformat, nbformat_minor], [4, 5]);
  assert.deepEqual(
    cells.map(({ cell_type }) => cell_type),
    ["markdown", "markdown", "code", "markdown", "code"],
  );
  assert.deepEqual(cells[4].source, ["a\n", "\n", "b"]);
  assert.equal(new Set(cells.map(({ id }) => id)).size, 5);
});
