"""Tie filters of a network, so that they start as copies of one."""

import copy
from collections.abc import Sequence

import numpy as np

from convlens._settings import check_flag, check_number, check_numbers
from convlens._words import show
from convlens.layers.filters import filter_parameters, outgoing_weights
from convlens.types import Array, Params


def tie(
    params: Params,
    filters: Sequence[int] = (0, 1),
    *,
    incoming: bool = True,
    outgoing: bool = True,
    gap: float = 0.0,
    ulp: bool = False,
    layer: str = "conv1",
    next_layer: str = "linear1",
    between: Sequence[str] | None = None,
) -> Params:
    """Return new parameters in which the chosen filters of `layer` are copies of the first of them.

    incoming: copy the filter itself, weight and bias. outgoing: copy the weights that read its map in
    `next_layer` (columns of a Linear, input slices of a Conv2d).
    gap: move the copies away again: the largest entry of the difference between the first filter and the j-th
    copy is j * gap, up to rounding. It needs incoming=True.
    ulp: replace the largest weight of the last copy by the next number that its dtype can hold. If that weight is
    small, the step is too, and may be lost in the rounding of the sums.
    between: the BatchNorm2d between the two layers, such as ["norm1"], whose numbers are copied with incoming.
    Raises ValueError when a layer or filter does not exist, `next_layer` does not read the maps, between is missing
    where it matters, or the gap does not fit or is lost in rounding.

    >>> params = {"conv1": {"weight": np.arange(4.0).reshape(2, 1, 1, 2)}, "linear1": {"weight": np.eye(2)}}
    >>> tie(params, outgoing=False)["conv1"]["weight"].ravel()
    array([0., 1., 0., 1.])
    """
    columns = outgoing_weights(params, layer, next_layer).copy()
    first, *copies = _check_filters(filters, columns.shape[1])
    _check(incoming, outgoing, gap, ulp)
    tied = copy.deepcopy(params)
    by_layer = filter_parameters(tied, layer, next_layer, between)
    if incoming:
        for parameter in (value for tree in by_layer.values() for value in tree.values()):
            parameter[copies] = parameter[first]
        weight = tied[layer]["weight"]
        for j, k in enumerate(copies, start=1):
            weight[k] += j * float(gap) * _direction(weight[k])
            if gap and np.array_equal(weight[k], weight[first]):
                remedy = "larger" if weight.dtype == np.float64 else "larger, or the parameters float64"
                raise ValueError(
                    f"gap is {gap}, which is lost in the rounding of {weight.dtype}; it must be {remedy}"
                )
        if ulp:
            last = weight[copies[-1]]
            place = np.unravel_index(np.abs(last).argmax(), last.shape)
            last[place] = np.nextafter(last[place], last.dtype.type(np.inf))
    if outgoing:
        columns[:, copies] = columns[:, [first]]
        tied[next_layer]["weight"] = columns.reshape(params[next_layer]["weight"].shape)
    return tied


def _check_filters(filters: Sequence[int], count: int) -> list[int]:
    numbers = check_numbers("filters", filters, count)
    if len(numbers) < 2:
        raise ValueError(
            f"filters is {show(filters)}; it must name at least two different filters from 0 to {count - 1}"
        )
    return numbers


def _check(incoming: bool, outgoing: bool, gap: float, ulp: bool) -> None:
    check_flag("incoming", incoming)
    check_flag("outgoing", outgoing)
    check_flag("ulp", ulp)
    check_number("gap", gap, low=0, most=1e6)
    if (gap or ulp) and not incoming:
        name, value = ("gap", gap) if gap else ("ulp", ulp)
        raise ValueError(
            f"{name} is {value} and incoming is False; a gap is measured from a copy, so incoming must be True"
        )


def _direction(weight: Array) -> Array:
    """Return a fixed pattern of both signs whose largest entry is 1: a gap without random numbers."""
    return np.cos(np.arange(weight.size, dtype=np.float64)).reshape(weight.shape).astype(weight.dtype)
