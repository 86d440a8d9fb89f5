# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Guest tests: every test starts from bare NICs and leaves no process behind.

They are collected outside the guest too, to know what is to run should the guest
die: importing a test file must not need the NICs.
"""

import os
import signal
from pathlib import Path

import pytest
from lab import Testpmd, reset_nics, set_link

# A hang must end one test, not all of them.
TEST_SECONDS = 300
RESULTS = os.environ.get("LAB_RESULTS")


@pytest.fixture(autouse=True)
def bare_nics():
    """NICs without drivers and VFs, cables plugged; afterwards every testpmd is gone."""
    def expire(*_):
        raise TimeoutError(f"the test ran for more than {TEST_SECONDS} s")

    signal.signal(signal.SIGALRM, expire)
    signal.alarm(TEST_SECONDS)
    reset_nics()
    yield
    # Another minute, to clean up after a test that has expired.
    signal.alarm(60)
    Testpmd.kill_all()
    for port in (0, 1):
        set_link(port, True)
    reset_nics()
    signal.alarm(0)


@pytest.fixture
def testpmd():
    """Starts testpmd processes: testpmd(devices, driver=OURS, ...), see lab.Testpmd."""
    return Testpmd


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the end of each testpmd's transcript."""
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for process in Testpmd.started:
            report.sections.append((f"{process.name}, {process.command}", process.tail()))
    if report.when == "teardown":
        Testpmd.started.clear()


def pytest_runtest_logreport(report):
    """One line a test as soon as it is over, for ci/report: a guest may die any time."""
    if RESULTS and (report.when == "call" or report.outcome != "passed"):
        with Path(RESULTS).open("a") as file:
            file.write(f"{report.outcome}\t{report.nodeid}\n")
