"""In the browser: pytest over those of the library's own tests that could end differently there, or every n-th of them.

What becomes of each is told at once, as JSON.
"""

import json
import os
from pathlib import Path

import pytest


class Teller:
    """A plugin of pytest that leaves out what needs the host, and tells what becomes of every other test."""

    def __init__(self, tell):
        self.tell = lambda kind, **more: tell(json.dumps({"kind": kind, **more}))
        self.reports = []

    def pytest_configure(self, config):
        self.tell("settings", filterwarnings=config.getini("filterwarnings"))

    @pytest.hookimpl(trylast=True)  # after the choice by marks
    def pytest_collection_modifyitems(self, items):
        items[:] = items[:: int(Path("every").read_text())]
        for item in items:
            for mark in item.iter_markers("host"):
                item.add_marker(pytest.mark.skip(reason=mark.args[0]))

    def pytest_collectreport(self, report):
        if report.failed:
            text = str(report.longrepr)
            self.tell("outcome", test=report.nodeid, outcome="could not be collected", text=text)

    def pytest_internalerror(self, excrepr):
        self.tell("outcome", test="pytest", outcome="failed itself", text=str(excrepr))

    def pytest_runtest_logstart(self, nodeid):
        self.tell("start", test=nodeid)
        self.reports = []

    def pytest_runtest_logreport(self, report):
        self.reports.append(report)

    def pytest_runtest_logfinish(self, nodeid):
        last = next((report for report in self.reports if not report.passed), self.reports[-1])
        printed = [f"{title}\n{text}" for title, text in last.sections]
        text = "\n".join([str(last.longrepr or ""), *printed])
        seconds = sum(report.duration for report in self.reports)
        self.tell("outcome", test=nodeid, outcome=last.outcome, text=text, seconds=seconds)


def main(tell):
    os.chdir("/tested/project")
    options = ["--continue-on-collection-errors", "--capture=sys", "-pno:cacheprovider", "-pno:faulthandler"]
    code = pytest.main([*options, "-m", "not anywhere", "tests"], plugins=[Teller(tell)])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise SystemExit(f"pytest ended with {code!r}")
