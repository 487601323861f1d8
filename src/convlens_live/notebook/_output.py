"""The output of cells, sent line by line; if there is too much, only its beginning and its end are sent."""

import io
import re
import time
from collections.abc import Callable

_HEAD_LENGTH = 48_000  # characters that are sent at once
_TAIL_LENGTH = 16_000  # characters that are sent when the cell has finished, if there were more
_INTERVAL_SECONDS = 0.1
_PIECES = re.compile(r"\r?\n|\r|[^\r\n]+")


class Output:
    """Sends what the cells print, one cell after another."""

    def __init__(self) -> None:
        self.begin(lambda text: None)

    def begin(self, send: Callable[[str], None]) -> None:
        """Start the output of a new cell, which goes to `send`."""
        self._send = send
        self._pending = self._tail = ""
        self._finished_length = self._line_length = 0  # in characters on the page; the line is the last one
        self._omitted = 0
        self._flushed_at = time.monotonic()

    def write(self, text: str) -> None:
        """Send whole lines at once; an unfinished line, which may be overwritten, at most ten times a second."""
        if self._omitted:
            self._omit(text)
            return
        self._pending += text
        if "\n" in text or time.monotonic() - self._flushed_at > _INTERVAL_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Send the pending text, up to the limit."""
        text, self._pending = self._pending, ""
        if not text:
            return
        self._flushed_at = time.monotonic()
        room = _HEAD_LENGTH - self._finished_length - self._line_length
        self._count(text)
        if self._finished_length + self._line_length <= _HEAD_LENGTH:
            self._send(text)
            return
        self._send(
            f"{text[:room]}\n... too much to show as it comes: its end is shown when the cell has finished\n"
        )
        self._omit(text[room:])

    def finish(self) -> None:
        """Send the pending text, and the end of the omitted text."""
        self.flush()
        if self._omitted > len(self._tail):
            self._send(f"... {self._omitted - len(self._tail)} characters are not shown ...\n")
        if self._tail:
            self._send(self._tail)
        self._tail = ""

    def _omit(self, text: str) -> None:
        self._omitted += len(text)
        self._tail = (self._tail + text)[-_TAIL_LENGTH:]

    def _count(self, text: str) -> None:
        """Count the characters that remain on the page: a carriage return overwrites the last line."""
        for piece in _PIECES.findall(text):
            if piece == "\r":
                self._line_length = 0
            elif piece.endswith("\n"):
                self._finished_length, self._line_length = self._finished_length + self._line_length + 1, 0
            else:
                self._line_length += len(piece)


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
        raise RuntimeError("this page cannot ask for input: write the value into the code.")

    read = readline
