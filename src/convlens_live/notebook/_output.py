"""The output of cells: sent line by line; of too much output, only the beginning and the end are sent."""

import io
import re
import time
from collections.abc import Callable

_FIRST = 48_000  # characters that are sent at once
_LAST = 16_000  # characters that are sent when the cell has ended, if there were more
_PAUSE_SECONDS = 0.1
_PIECES = re.compile(r"\r?\n|\r|[^\r\n]+")


class Output:
    """Sends what the cells print, one cell after another."""

    def __init__(self) -> None:
        self.begin(lambda text: None)

    def begin(self, send: Callable[[str], None]) -> None:
        """Start the output of a new cell, which goes to `send`."""
        self._send = send
        self._waiting = self._end = ""
        self._finished = self._line = 0  # characters on the page: of finished lines, and of the last one
        self._left_out = 0
        self._last = time.monotonic()

    def write(self, text: str) -> None:
        """Send whole lines at once, and a line that is overwritten again and again ten times a second."""
        if self._left_out:
            self._keep(text)
            return
        self._waiting += text
        if "\n" in text or time.monotonic() - self._last > _PAUSE_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Send the waiting text, as far as there is room."""
        text, self._waiting = self._waiting, ""
        if not text:
            return
        self._last = time.monotonic()
        room = _FIRST - self._finished - self._line
        self._count(text)
        if self._finished + self._line <= _FIRST:
            self._send(text)
            return
        self._send(
            f"{text[:room]}\n... too much to show as it comes: the end of it is shown when the cell has ended\n"
        )
        self._keep(text[room:])

    def finish(self) -> None:
        """Send the waiting text, and the end of what was left out."""
        self.flush()
        if self._left_out > len(self._end):
            self._send(f"... {self._left_out - len(self._end)} characters are not shown ...\n")
        if self._end:
            self._send(self._end)
        self._end = ""

    def _keep(self, text: str) -> None:
        self._left_out += len(text)
        self._end = (self._end + text)[-_LAST:]

    def _count(self, text: str) -> None:
        """Count the characters that remain on the page: a carriage return overwrites the last line."""
        for piece in _PIECES.findall(text):
            if piece == "\r":
                self._line = 0
            elif piece.endswith("\n"):
                self._finished, self._line = self._finished + self._line + 1, 0
            else:
                self._line += len(piece)


class Stream(io.TextIOBase):
    """The sys.stdout and sys.stderr of cells."""

    encoding = "utf-8"

    def __init__(self, output: Output) -> None:
        self._output = output

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._output.write(text)
        return len(text)

    def flush(self) -> None:
        self._output.flush()


class Input(io.TextIOBase):
    """The sys.stdin of cells, for input(), getpass and debuggers."""

    def readable(self) -> bool:
        return True

    def readline(self, *_: object) -> str:  # type: ignore[override]
        raise RuntimeError("nobody can be asked here: write the value into the code.")

    read = readline
