"""Three engines behind one small interface: open a page, evaluate an expression in it, click, close.

Firefox and WebKitGTK take the same W3C WebDriver commands. Firefox takes them on a socket of its own (Marionette: what
geckodriver, which Debian lacks, would talk to), WebKit over HTTP from WebKitWebDriver. Neither needs a package.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the standard's name for the number of an element
SECONDS = 60  # a browser that is silent for so long has failed
MARIONETTE = {  # the standard's commands, as Firefox calls them
    "session": "WebDriver:NewSession",
    "url": "WebDriver:Navigate",
    "execute/sync": "WebDriver:ExecuteScript",
    "element": "WebDriver:FindElement",
    "click": "WebDriver:ElementClick",
}


def wait_for(condition: Any, seconds: float = 20) -> Any:
    """Return what the condition gives, as soon as it gives something."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds} s for a browser to start"
        time.sleep(0.02)
    return value


def connection(port: int) -> socket.socket | None:
    """A connection to a port of this machine, or None while nobody listens."""
    try:
        return socket.create_connection(("127.0.0.1", port), SECONDS)
    except ConnectionRefusedError:
        return None


class Chromium:
    """The Chromium of the other browser tests."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.version = f"Chromium {browser.version}"
        self.open, self.evaluate, self.click = self.page.goto, self.page.evaluate, self.page.click
        self.close = self.context.close


class WebDriver:
    """What Firefox and WebKit have in common: the commands, and processes to end."""

    def __init__(self) -> None:
        with ExitStack() as stack:  # when the start fails half-way, what runs is ended
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            self.stack = stack
            self.start()
            self.stack = stack.pop_all()

    def start(self) -> None:
        raise NotImplementedError

    def send(self, command: str, **parameters: Any) -> Any:
        raise NotImplementedError

    def process(self, *words: str, **options: Any) -> None:
        """Start a process that close() ends."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(words, **(quiet | options))
        self.stack.callback(process.wait, SECONDS)
        self.stack.callback(process.terminate)

    def open(self, url: str) -> None:
        self.send("url", url=url)

    def evaluate(self, expression: str) -> Any:
        return self.send("execute/sync", script=f"return {expression}", args=[])

    def click(self, selector: str) -> None:
        view = '.scrollIntoView({block: "center", behavior: "instant"})'  # the theme scrolls smoothly, and so too late
        self.evaluate(f"void document.querySelector({json.dumps(selector)}){view}")
        element = self.send("element", using="css selector", value=selector)
        self.send("click", id=element[ELEMENT])

    def close(self) -> None:
        self.stack.close()


class Firefox(WebDriver):
    @staticmethod
    def installed() -> bool:
        return bool(shutil.which("firefox-esr"))

    def start(self) -> None:
        (self.folder / "user.js").write_text('user_pref("marionette.port", 0);\n', encoding="utf-8")
        self.process("firefox-esr", "--headless", "--marionette", "--profile", str(self.folder))
        written = self.folder / "MarionetteActivePort"
        port = wait_for(lambda: written.exists() and written.read_text(encoding="utf-8"))
        self.socket = self.stack.enter_context(wait_for(lambda: connection(int(port))))
        self.answers = self.stack.enter_context(self.socket.makefile("rb"))
        self.sent = 0
        self.receive()  # it says who it is
        capabilities = self.send("session", capabilities={})["capabilities"]
        self.version = f"Firefox {capabilities['browserVersion']}"

    def receive(self) -> Any:
        """A message is its length, a colon, and JSON."""
        length = b""
        while (byte := self.answers.read(1)).isdigit():
            length += byte
        return json.loads(self.answers.read(int(length)))

    def send(self, command: str, **parameters: Any) -> Any:
        self.sent += 1
        packet = json.dumps([0, self.sent, MARIONETTE[command], parameters]).encode()
        self.socket.sendall(b"%d:%b" % (len(packet), packet))
        _, number, error, result = self.receive()
        assert number == self.sent
        assert error is None, f"{command}: {error['error']}: {error['message']}"
        return result.get("value", result)


class WebKitGTK(WebDriver):
    session = ""

    @staticmethod
    def mini_browser() -> str:
        return next(map(str, Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser")), "")

    @classmethod
    def installed(cls) -> bool:
        return all((shutil.which("WebKitWebDriver"), shutil.which("Xvfb"), cls.mini_browser()))

    def start(self) -> None:
        read, write = os.pipe()
        self.process("Xvfb", "-displayfd", str(write), "-nolisten", "tcp", pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as answer:
            display = answer.readline().strip()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        environment = {**os.environ, "DISPLAY": f":{display}", "GDK_BACKEND": "x11", "HOME": str(self.folder)}
        self.process("WebKitWebDriver", f"--port={self.port}", env=environment)
        wait_for(lambda: connection(self.port)).close()
        options = {"binary": self.mini_browser(), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        answer = self.send("session", capabilities=wanted)
        self.session = answer["sessionId"]
        self.stack.callback(self.send, "", method="DELETE")
        self.version = f"WebKitGTK {answer['capabilities']['browserVersion']}"

    def send(self, command: str, method: str = "POST", **parameters: Any) -> Any:
        if command == "click":
            command = f"element/{parameters['id']}/click"
        path = "/session" if command == "session" else f"/session/{self.session}/{command}".rstrip("/")
        line = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        line.request(method, path, json.dumps(parameters) if method == "POST" else None)
        answer = line.getresponse()
        value = json.loads(answer.read())["value"]
        line.close()
        assert answer.status == 200, f"{command}: {value['error']}: {value['message']}"
        return value
