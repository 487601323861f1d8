"""Processor time instead of wall time, where the system reports it, so that other work on the machine does not count."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def thread_seconds(processes: Collection[int], name: str = "") -> float | None:
    """Return the processor time in seconds of the threads with this prefix in their name; None if it is unknown."""
    total, is_known = 0, False
    for process in processes:
        for thread in Path(f"/proc/{process}/task").glob("*"):
            try:
                if (thread / "comm").read_text().startswith(name):
                    total += int((thread / "schedstat").read_text().split()[0])
                    is_known = True
            except OSError:
                continue  # the thread has ended meanwhile, or this is not Linux
    return total / 1e9 if is_known else None


@dataclass(frozen=True)
class OnProcessorTime:
    """A contender timed by the processor time of its threads."""

    ask: Callable[..., Any]
    processes: Collection[int]
    thread: str = ""

    def __call__(self, action: str, *values: Any) -> Any:
        """Ask the contender, and put the processor time into its answer."""
        before = thread_seconds(self.processes, self.thread)
        answer = self.ask(action, *values)
        after = thread_seconds(self.processes, self.thread)
        if action == "run" and before is not None and after is not None and after > before:
            answer["seconds"] = after - before
        return answer
