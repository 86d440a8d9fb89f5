# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Applications that sleep until a frame comes, on a PF and on a VF, beside link and mailbox."""

import os
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest
from lab import PORTS, bind, create_vfs, frame, set_link, stations, wait_for
from lab.ip import ipv4
from lab.testpmd import PLUGIN, TOKEN

RX_SLEEP = Path(PLUGIN).parent.parent / "test/e2e/api/rx_sleep"


class Sleeper:
    """rx_sleep at a port; its lines, and what the last wake-up said."""

    def __init__(self, device, queues=1):
        self.process = subprocess.Popen(
            [RX_SLEEP, "--file-prefix=sleep", "--huge-unlink=always", "-m", "64", "--lcores=0@(0,1)", "-d", PLUGIN,
             f"--vfio-vf-token={TOKEN}", "-a", device, "--", str(queues)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        threading.Thread(target=self._read, daemon=True).start()
        wait_for("rx_sleep is ready", lambda: self._last("ready ") or self.process.poll() is not None)
        assert self.process.poll() is None, "\n".join(self.lines)
        self.mac = self._last("ready ").split()[1].lower()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def _last(self, start):
        return next((line for line in reversed(self.lines) if line.startswith(start)), None)

    def count(self, what):
        found = re.search(rf"{what} (\d+)", self._last("queue ") or "")
        return int(found[1]) if found else 0

    def link(self):
        return self._last("link ")

    def cpu(self):
        """Seconds that its main thread has run."""
        fields = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.process.kill()
        self.process.wait(30)


@pytest.fixture
def sleeper():
    """Starts one that ends with the test."""
    started = []

    def start(*args):
        started.append(Sleeper(*args))
        return started[-1]

    yield start
    for one in started:
        one.close()


def each_frame_wakes(one, far, flows):
    """One at a time, so that each needs an interrupt of its own; then many, for the race at re-arming."""
    frames = one.count("frames")
    for n in range(20):
        far.send([frame(one.mac, far.mac, ipv4("udp", b"x" * 18, *flows[n % len(flows)]), kind=0x0800)])
        frames += 1
        wait_for(f"frame {frames}", lambda: one.count("frames") == frames, interval=0.01)  # noqa: B023
    for n in range(500):
        far.send([frame(one.mac, far.mac, ipv4("udp", b"x" * 18, *flows[n % len(flows)]), kind=0x0800)])
    wait_for("all of many", lambda: one.count("frames") == frames + 500)


def sleeps(one):
    """Nothing comes: no more wake-ups, and next to no CPU time."""
    # The device model sends another interrupt after each that it held back.
    wait_for("the last wake-up", lambda: not _grows(lambda: one.count("wakes")))
    wakes, cpu = one.count("wakes"), one.cpu()
    time.sleep(3)
    assert one.count("wakes") == wakes
    assert one.cpu() - cpu < 1


def _grows(count):
    before = count()
    time.sleep(1)
    return count() != before


def test_a_pf_wakes_its_application(sleeper):
    for port in PORTS:
        bind(port, "vfio-pci")
    far = stations(["far"], [PORTS[1]], "far")["far"]
    near = sleeper(PORTS[0], 4)
    flows = [(f"10.0.{n % 7}.{n}", "10.1.0.1", 1000 + n, 53) for n in range(64)]
    far.testpmd.wait_link(0)
    wait_for("link", lambda: near.link() == "link up")
    each_frame_wakes(near, far, flows)
    # Each queue by a vector of its own.
    assert {line.split()[1] for line in near.lines if line.startswith("queue ")} == {"0", "1", "2", "3"}
    sleeps(near)
    for up in (False, True):
        set_link(0, up)
        wait_for("news of the link", lambda: near.link() == f"link {'up' if up else 'down'}")  # noqa: B023
    far.testpmd.wait_link(0)
    each_frame_wakes(near, far, flows)
    far.close()


def test_a_vf_wakes_its_application(testpmd, sleeper):
    for port in PORTS:
        bind(port, "vfio-pci")
    vf = create_vfs(PORTS[0], 2)[1]
    pf = testpmd([PORTS[0]], name="pf")
    far = stations(["far"], [PORTS[1]], "far")["far"]
    bind(vf, "vfio-pci")
    for process in (pf, far.testpmd):
        process.wait_link(0)
    near = sleeper(f"{vf},itr_us=50")
    flows = [("10.0.0.1", "10.1.0.1", 1000, 53)]
    each_frame_wakes(near, far, flows)
    sleeps(near)
    # The PF tells it through the mailbox, whose vector is another.
    for up in (False, True):
        set_link(0, up)
        wait_for("news of the link", lambda: near.link() == f"link {'up' if up else 'down'}")  # noqa: B023
    far.testpmd.wait_link(0)
    each_frame_wakes(near, far, flows)
    far.close()
