# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Guest tests: every test, or file that shares processes, starts from bare NICs and
leaves no process behind.

They are collected outside the guest too, to know what is to run should the guest
die: importing a test file must not need the NICs.
"""

import contextlib
import os
import signal
from pathlib import Path

import pytest
from lab import Testpmd, drivers, reset_nics, set_link

# A hang must end one test, not all of them; pytest.mark.seconds(n) gives one longer.
TEST_SECONDS = 300
RESULTS = os.environ.get("LAB_RESULTS")


def _clean_up():
    Testpmd.kill_all()
    for port in (0, 1):
        set_link(port, True)
    reset_nics()


@pytest.fixture(scope="session", autouse=True)
def few_drivers():
    """Hundreds of processes are started."""
    drivers.take_few()
    yield
    drivers.take_all()


@pytest.fixture(scope="module")
def shared_nics():
    """For files whose tests share processes: bare NICs before the first and after the last."""
    reset_nics()
    yield
    _clean_up()


@pytest.fixture(autouse=True)
def bare_nics(request):
    """NICs without drivers and VFs, cables plugged; afterwards every testpmd is gone."""
    if "shared_nics" in request.fixturenames:
        yield
        return
    reset_nics()
    yield
    _clean_up()


def pytest_configure(config):
    config.addinivalue_line("markers", "seconds(n): how long the test may run")


def pytest_collection_modifyitems(config, items):
    """What another guest has run to its end, before it died, isn't run again."""
    if not RESULTS or not Path(RESULTS).exists():
        return
    over = {line.partition("\t")[2] for line in Path(RESULTS).read_text().splitlines()}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in over])
    items[:] = [item for item in items if item.nodeid not in over]


@contextlib.contextmanager
def _bounded(what, seconds=TEST_SECONDS):
    def expire(*_):
        raise TimeoutError(f"{what} ran for more than {seconds} s")

    signal.signal(signal.SIGALRM, expire)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    with _bounded("the set-up"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    longer = item.get_closest_marker("seconds")
    with _bounded("the test", longer.args[0] if longer else TEST_SECONDS):
        return (yield)


# Time of its own, to clean up after a test that has expired.
@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    with _bounded("the clean-up"):
        return (yield)


@pytest.fixture
def testpmd():
    """Starts testpmd processes: testpmd(devices, driver=OURS, ...), see lab.Testpmd."""
    return Testpmd


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the end of each testpmd's transcript."""
    report = (yield).get_result()
    if report.when != "teardown" and report.failed:
        for process in Testpmd.started:
            report.sections.append((f"{process.name}, {process.command}", process.tail()))
    if report.when == "teardown":
        Testpmd.started[:] = Testpmd.running


def pytest_runtest_logreport(report):
    """One line a test as soon as it is over, for ci/report: a guest may die any time."""
    if RESULTS and (report.when == "call" or report.outcome != "passed"):
        with Path(RESULTS).open("a") as file:
            file.write(f"{report.outcome}\t{report.nodeid}\n")
