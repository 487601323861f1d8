"""Whatever a function is given, it does its work or says in the library's own words what is wrong."""

from __future__ import annotations

import dis
import importlib
import inspect
import pkgutil
import re
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import numpy as np
import pytest

import convlens
import convlens_live

from .odd_values import CALLS, ODD, Call, nearly_right

pytestmark = pytest.mark.anywhere

LONGEST = 300
LABELS = ("Number", "Which", "Yes", "Row", "Seed")  # a control is named by its label
PACKAGES = (convlens, convlens_live)
# Records that are filled by the library, what only the library calls, and errors.
NOT_CALLED = {
    "convlens_live.figures.colours.Pen",
    "convlens_live.figures.colours.filter_pen",
    "convlens_live.figures.colours.hue",
    "convlens_live.browser.advance", "convlens_live.browser.cancel", "convlens_live.browser.start",
    "convlens_live.controls.ParameterError",
    "convlens.geometry.Cost", "convlens.train.Step", "convlens.layers.base.ModalLayer", "convlens.layers.base.NamedSettings",
    "convlens.layers.base.PlainLayer", "convlens.layers.base.check_layer",
    "convlens.layers.base.forward",
    "convlens.layers.plain.Pool2d", "convlens.ops.activations.zero_where", "convlens.ops.conv2d.correlate",
    "convlens.ops.conv2d.fft_is_faster", "convlens.ops.spectra.correlate_by_spectra",
    "convlens.ops.spectra.fast_length", "convlens.ops.spectra.is_balanced", "convlens.ops.spectra.lengths",
    "convlens.ops.spectra.scale_near_one", "convlens.layers.filters.filter_parameters",
}  # fmt: skip


# Where two arguments do not fit together, the message may name the other one.
TOGETHER = {
    "x": {"labels", "size", "dy", "kernel", "rows", "shapes"}, "logits": {"labels"}, "stride": {"dy"}, "padding": {"dy"},
    "kernel": {"dy"}, "params": {"layer", "next_layer", "filters", "order", "between", "grads", "x"}, "columns": {"rows"},
    "low": {"high"}, "channels": {"size"}, "model": {"params"},
}  # fmt: skip


def keys(value: Any) -> Iterator[str]:
    """All keys of nested dicts."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        yield key
        yield from keys(inner)


def called(call: Call, arguments: dict[str, Any]) -> Any:
    """Call it, and take the first three of what it yields."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        result = call.function(**arguments)
        return list(islice(result, 3)) if isinstance(result, Iterator) else result


def raised_by_the_library(traceback: TracebackType | None) -> bool:
    """Does the traceback end at a raise statement in a file of the library?"""
    assert traceback is not None
    while traceback.tb_next:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    ours = any(Path(code.co_filename).is_relative_to(Path(package.__file__).parent) for package in PACKAGES)
    return ours and dis.opname[code.co_code[traceback.tb_lasti]] == "RAISE_VARARGS"


def complaint(call: Call, argument: str, odd: Any) -> str:
    """Return what is wrong with how this odd value is taken, or nothing."""
    arguments = call.arguments()
    try:
        called(call, arguments | {argument: odd})
    except (TypeError, ValueError) as error:
        said = str(error)
        at_first: BaseException = error
        while at_first.__context__ is not None:  # what is raised again with more words was raised somewhere
            at_first = at_first.__context__
        repeats = at_first is error or (str(at_first) in said and not call.repeats)
        if repeats and not raised_by_the_library(at_first.__traceback__):
            return f"{type(at_first).__name__} that is not the library's: {said[:200]}"
        if len(said) > LONGEST or "\n" in said:
            return f"too long: {said}"
        names = {
            argument,
            "not a control of",
            *LABELS,
            *keys(arguments[argument]),
            *TOGETHER.get(argument, ()),
        }
        if not any(re.search(rf"(?<!\w){name}(?!\w)", said) for name in names):
            return f"does not name {argument}: {said}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return ""


def test_the_arguments_of_the_table_are_taken() -> None:
    for call in CALLS.values():
        called(call, call.arguments())


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.arguments()])
def test_an_odd_value_is_taken_or_refused_in_own_words(name: str) -> None:
    call = CALLS[name]
    found = [
        f"{argument} = {odd}: {said}"
        for argument in call.arguments()
        for odd, make in ODD.items()
        if (said := complaint(call, argument, make()))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.arguments()])
def test_a_value_that_is_nearly_right_is_taken_or_refused_in_own_words(name: str) -> None:
    call = CALLS[name]
    found = [
        f"{argument} {what}: {said}"
        for argument, value in call.arguments().items()
        for what, odd in nearly_right(value)
        if (said := complaint(call, argument, odd))
    ]
    assert not found, "\n".join(found)


# The words in which a demo draws: they are called hundreds of times for a figure, by demos alone, and check nothing.
DRAWN_WITH = {
    f"convlens_live.figures.{name}"
    for name in (
        "arrows",
        "box",
        "cells",
        "exact",
        "filters",
        "gradient",
        "gradient_step",
        "lines",
        "marks",
        "metrics",
        "network",
        "parts",
        "plot",
        "reading",
        "scales",
        "svg",
        "tallies",
        "text",
        "two_layers",
    )
}


def public() -> Iterator[tuple[str, Any]]:
    """Every function and class whose name, and whose module's, has no underscore in front."""
    for module in sorted(
        m.name for p in PACKAGES for m in pkgutil.walk_packages(p.__path__, f"{p.__name__}.")
    ):
        if not module.rpartition(".")[2].startswith("_") and module not in DRAWN_WITH:
            for name, value in vars(importlib.import_module(module)).items():
                ours = getattr(value, "__module__", None) == module and not name.startswith("_")
                if ours and (
                    inspect.isfunction(value) or (inspect.isclass(value) and Protocol not in value.__bases__)
                ):
                    yield f"{module}.{name}", value


def test_every_public_function_is_in_the_table_with_all_its_arguments() -> None:
    for name, value in public():
        short = name.rpartition(".")[2]
        call = CALLS.get(short)
        if name in NOT_CALLED:
            continue
        if call is None:  # a layer without settings
            assert f"{short}()" in CALLS
            continue
        parameters = [
            n for n in inspect.signature(value).parameters if n not in ("others", "options", "attributes")
        ]
        assert set(parameters) - {"columns", "channels"} <= set(call.arguments()), name
