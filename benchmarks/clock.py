"""Processor time instead of wall time, where the system tells it: what else the machine does is then not counted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def thread_seconds(processes: Collection[int], name: str = "") -> float | None:
    """Return how long the threads whose name begins so have had a processor; None where Linux does not say."""
    total, seen = 0, False
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*"):
            try:
                if (thread / "comm").read_text().startswith(name):
                    total += int((thread / "schedstat").read_text().split()[0])
                    seen = True
            except OSError:
                continue  # it has ended meanwhile, or this is another system
    return total / 1e9 if seen else None


@dataclass(frozen=True)
class OnProcessorTime:
    """A contender whose seconds are those that its threads had a processor for."""

    ask: Callable[..., Any]
    processes: Collection[int]
    thread: str = ""

    def __call__(self, action: str, *values: Any) -> Any:
        """Ask the contender; put processor time into its answer."""
        before = thread_seconds(self.processes, self.thread)
        answer = self.ask(action, *values)
        after = thread_seconds(self.processes, self.thread)
        if action == "run" and before is not None and after is not None and after > before:
            answer["seconds"] = after - before
        return answer
