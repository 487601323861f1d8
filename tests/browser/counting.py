"""A demo for tests of the page around it: it counts, and does on demand what a demo should not."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from convlens_live.demo import Choice, Pointed, Seed, Slider, demo
from convlens_live.figures import Figure, Table, part, row, text


@dataclass(frozen=True)
class Count:
    """What is shown: how far it has counted, to where, and which of the four marks is chosen."""

    number: int
    steps: int
    seed: int
    mark: int


def draw(count: Count) -> Figure:
    marks = [part(text(str(n), width=40), f"mark {n}", on=n == count.mark, mark=n) for n in range(4)]
    table = Table(("what", "number"), (("count", count.number), ("seed", count.seed)))
    alt = f"It has counted to {count.number}, from seed {count.seed}, with mark {count.mark}."
    caption = f"Step {count.number} of {count.steps}."
    return Figure((row(*marks), text(str(count.number), width=80)), alt, table, caption, outcome="counted")


@demo(question="questions/counting.md", budget_seconds=3, picture=draw)
def counting(
    pace: Annotated[Literal["quick", "slow"], Choice("Pace")] = "quick",
    trouble: Annotated[Literal["none", "raises", "hangs", "hangs at once"], Choice("Trouble")] = "none",
    steps: Annotated[int, Slider("Steps", 10, 2000, step=10)] = 20,
    seed: Annotated[int, Seed()] = 0,
    mark: Annotated[int, Pointed("Mark", 0, 3)] = 0,
) -> Iterator[Count]:
    """Counting, and where it ends"""
    for number in range(steps + 1):
        while trouble == "hangs at once" or (trouble == "hangs" and number == 1):
            pass
        if trouble == "raises" and number == 1:
            raise RuntimeError("this was asked for")
        if pace == "slow":
            time.sleep(0.5)
        yield Count(number, steps, seed, mark)
