"""The corners of a demo's settings: a few of them, and all in CI."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest


def corners(*values: tuple[Any, ...]) -> list[Any]:
    """Return all corners, as parameters of a test; all are exhaustive but a few, in which every pair of values occurs."""

    def pairs(corner: tuple[int, ...]) -> set[Any]:
        return set(combinations(enumerate(corner), 2))

    everything = list(product(*(range(len(each)) for each in values)))
    few, left = [], set().union(*map(pairs, everything))
    while left:
        few.append(max(everything, key=lambda corner: len(pairs(corner) & left)))
        left -= pairs(few[-1])
    return [
        pytest.param(
            *(each[n] for each, n in zip(values, corner, strict=True)),
            marks=() if corner in few else pytest.mark.exhaustive,
        )
        for corner in everything
    ]
