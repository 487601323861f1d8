# %% [markdown]
# ---
# title: "Equal filters in PyTorch"
# description: Two to seventeen copies of one filter, trained in PyTorch with nothing added. Do they stay identical, and why?
# hide: [toc]
# ---
#
# # Equal filters in PyTorch
#
# Copies of one filter were trained in PyTorch, for 2000 steps: 2 of them, 3, and so on up to 17. The next layer listened to all
# of them equally, and nothing was random ([the runs](../evidence/equal_filters.md)). You will see which of them stayed
# identical, and where their numbers were in memory. It is a demo of
# [Do I need randomness, or only difference?](../questions/random-or-different.md).

# %%
from typing import Annotated, NamedTuple

import numpy as np

from convlens_live.demo import Pointed, demo
from convlens_live.figures import *

# %% [markdown]
# ## What was measured
#
# The largest difference between two filters after 2000 steps, in float32 on one processor. PyTorch does not run in this page, so
# the numbers are recorded: median, smallest and largest of five seeds. For every other count all of them were exactly 0.

# %%
COUNTS, STEPS, CLASSES, SEEDS = range(2, 18), 2000, 4, 5
APART = {
    5: (3.75, 2.86, 5.09),
    6: (3.12, 2.11, 4.12),
    7: (6.19, 4.73, 7.85),
    9: (6.53, 3.67, 6.99),
    10: (2.7, 2.22, 3.99),
    11: (6.65, 4.59, 8.73),
}

# %% [markdown]
# ## One product, and its place in memory
#
# What differs first is not a filter. It is the gradient of the *next* layer's weights: one product, errors times means, summed
# over the images. It has a row for each class and a column for each filter, and its rows follow one another in memory.
#
# The processor takes four numbers at a time, from one 16-byte edge to the next. What is before a row's first edge is
# taken alone, and added up in another order: of every eight images, the last four are summed on their own first. On paper
# that is the same sum. A computer rounds each addition, and another order rounds differently. From 12 filters on,
# PyTorch's library takes another routine, which adds up all numbers in one order.


# %%
def in_another_order(filters: int, classes: int = 4) -> np.ndarray:
    """Mark the numbers of the product that are added in another order, (classes, filters)."""
    begin = filters * np.arange(classes)[:, None]  # where each row begins, in numbers
    before = -begin % 4  # how many are before the row's first edge
    return (np.arange(filters) < before) & (filters - before >= 4) & (filters < 12)


def product(errors: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Return errors.T @ means, (classes, filters), in float32 and in the order found in PyTorch for fewer than 12 filters."""
    terms = np.einsum("nm,nk->nmk", errors, means)
    usual, other = np.zeros_like(terms[0]), np.zeros_like(terms[0])
    for term in terms:  # image after image
        usual = usual + term
    eights = len(terms) - len(terms) % 8
    for n in range(0, eights, 8):  # of eight images the first four, then the sum of the last four
        for term in (*terms[n : n + 4], ((terms[n + 4] + terms[n + 5]) + terms[n + 6]) + terms[n + 7]):
            other = other + term
    for term in terms[eights:]:
        other = other + term
    return np.where(in_another_order(means.shape[1], errors.shape[1]), other, usual)


# %% [markdown]
# With 6 filters every second row begins in the middle of four, and two of its numbers are added in the
# other order. With 8, or 4, every row begins at an edge. With 2 or 3 no block of four follows, and all numbers are added in
# the same order. This decides whether equal columns give equal sums:


# %%
def unequal(filters: int, seed: int = 0) -> int:
    """Of how many classes does the product differ between equal filters?"""
    rng = np.random.default_rng(seed)
    errors, means = (rng.normal(size=(64, columns)).astype(np.float32) for columns in (4, 1))
    return int((np.ptp(product(errors, np.repeat(means, filters, axis=1)), axis=1) > 0).sum())


if __name__ == "__main__":
    print({filters: unequal(filters) for filters in range(2, 12)})


# %% [markdown]
# The next layer's weights now differ in the last bit. So the filters get different errors back, and on a task that needs several
# filters the difference grows.
#
# ## The picture


# %%
class Copies(NamedTuple):
    """So many copies of one filter, and what became of them in PyTorch: the median, smallest and largest difference."""

    filters: int
    apart: tuple[float, float, float]


def draw_count(filters: int, chosen: bool, side: float) -> Box:
    """Draw a button with a number of filters and how far they ended apart."""
    apart = APART.get(filters, (0.0,))[0]
    number = (
        text(format_number(apart), SMALL, bold=True)
        if apart
        else framed(overlay(space(20, 20), text("0", SMALL, QUIET)), Pen(QUIET))
    )
    lines = overlay(
        space(side, 60),
        column(
            *(aligned(sized(b, height=22), "middle") for b in (text(str(filters), bold=True), number)), gap=6
        ),
    )
    box = framed(lines, Pen(HAIRLINE))
    box = ruled(box, Pen(width=4)) if chosen else box
    return part(box, f"{filters} filters: {format_number(apart)} apart", on=chosen, filters=filters)


def draw_memory(filters: int, width: float) -> Box:
    """Draw the product in memory: a row for each class, and an edge at every fourth number."""
    side, left = min((width - 68) // (filters + 3), 44), 62
    black, placed = in_another_order(filters), []
    for m in range(CLASSES):
        y, shift = 4 + 36 * m, filters * m % 4
        placed.append((0, y + 6, note(f"class {m + 1}")))
        for k in range(filters):
            ink = PAPER if black[m, k] else QUIET
            filled = plot(
                windows([(0, 0)], Pen(QUIET), ink=INK if black[m, k] else PAPER),
                x=Linear(0, 1),
                y=Linear(1, 0),
                width=side,
                height=28,
            )
            number = text(str(k + 1), SMALL, ink) if side > 21 else space()
            placed.append((left + side * (k + shift), y, overlay(filled, number)))
    edges = [
        rule(x=n, pen=Pen(width=2)) for n in range(0, filters + 4, 4) if filters < 12 and n <= filters + 3
    ]
    lines = plot(*edges, x=Linear(0, filters + 3), y=Linear(0, 1), width=side * (filters + 3), height=148)
    said = (
        "each thick line: an edge, every 16 bytes"
        if filters < 12
        else "another routine: all numbers in one order"
    )
    return place(width, 180, *placed, (left, 0, lines), (left, 158, note(said)))


def draw_all(copies: Copies, width: float, columns: int) -> Box:
    """Draw the row of counts, and the memory of the chosen one."""
    side = (width - 4 * (columns - 1)) / columns
    counts = grid([draw_count(n, n == copies.filters, side) for n in COUNTS], columns, (4, 6))
    title = paragraph(
        f"The next layer’s gradient in memory: for each class a row of {copies.filters} numbers, one for each filter.",
        width,
    )
    return column(
        counts, sized(title, width, 17 if columns == 16 else 34), draw_memory(copies.filters, width), gap=14
    )


def draw(copies: Copies) -> Figure:
    """Draw all counts, and one of them in memory; and say why it stays identical or does not."""
    drawn = wide(draw_all(copies, 690, 16)), narrow(draw_all(copies, 356, 8))
    rows = tuple((n, *APART.get(n, (0, 0, 0))) for n in COUNTS)
    table = Table(("filters", "median", "smallest", "largest"), rows)
    outcome = {0: "all", len(COUNTS): "none"}.get(len(APART), "some")
    return Figure(drawn, describe(copies), table, explain(copies), outcome)


def ask(copies: Copies) -> Figure:
    """Draw six and eight copies of a filter, and a question mark: what a page shows before its reader has guessed."""
    W = np.random.default_rng(1).normal(size=(5, 5))
    rows = [
        [
            text(f"{n} filters", bold=True),
            row(*(filter_cells(k, W, 6) for k in range(n)), gap=7),
            text("?", LARGE, QUIET, bold=True),
        ]
        for n in (6, 8)
    ]
    said = "Six copies of one filter, and eight copies of one filter, before training in PyTorch."
    return Figure(
        (table(rows, (14, 18)),), said, Table(("filters", "largest difference"), ((6, "?"), (8, "?")))
    )


def describe(copies: Copies) -> str:
    """Say how far the copies ended apart."""
    median, low, high = map(format_number, copies.apart)
    if copies.apart[2]:
        return f"{copies.filters} filters end {median} apart (median of {SEEDS} seeds; {low} to {high})."
    return f"{copies.filters} filters are exactly 0 apart in each of {SEEDS} seeds."


def explain(copies: Copies) -> str:
    """Say why."""
    if copies.filters >= 12:
        return "From 12 filters on the library takes another routine, which adds up every number in the same order."
    if in_another_order(copies.filters).any():
        return (
            "Each number is a sum over 64 images. What is before the first thick line of its row (black) is added up in another "
            "order, and so it is rounded differently. The next layer no longer listens to all filters equally."
        )
    if copies.filters % 4:
        return "No four numbers follow the first thick line of a row, so all numbers are added up in the same order."
    return "Every row begins at a thick line, so all numbers are added up in the same order."


# %%
@demo(question="questions/random-or-different.md", budget_seconds=8, picture=draw, opens=ask)
def rows_in_memory(filters: Annotated[int, Pointed("Filters that start equal", 2, 17)] = 6) -> Copies:
    """Copies of one filter, trained in PyTorch"""
    return Copies(filters, APART.get(filters, (0.0, 0.0, 0.0)))


rows_in_memory
