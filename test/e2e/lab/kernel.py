# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Linux's own drivers as partners: interfaces, each in a network namespace of its own."""

import json
import os
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .nic import bind, netdev
from .stations import Interface
from .system import HOST_CPU, run, wait_for

PINGS = 3


@contextmanager
def _inside(namespace):
    """What is opened in here belongs to a network namespace."""
    with open("/proc/self/ns/net") as ours, Path("/run/netns", namespace).open() as theirs:
        os.setns(theirs.fileno(), os.CLONE_NEWNET)
        try:
            yield
        finally:
            os.setns(ours.fileno(), os.CLONE_NEWNET)


@contextmanager
def _on_own_cpu():
    """igbvf waits a second for the PF's answer, then takes it for granted, and never lets go of its
    CPU: a thread of the PF that was put there would answer too late. Who is started in here stays on a
    CPU, as do interrupts that are requested, work that has no CPU, and, with _Awake, timers.
    """
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {HOST_CPU})
    for mask in ("/proc/irq/default_smp_affinity", "/sys/devices/virtual/workqueue/cpumask"):
        Path(mask).write_text(f"{1 << HOST_CPU:x}")
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class _Awake:
    """Keeps HOST_CPU from idling: since Linux 6.9 the other CPU would run its timers then, igbvf's watchdog and
    the resets that it schedules among them, where the PF's threads are. (With nohz=off the guest's
    CPUs lost their timers.)
    """

    def __init__(self):
        self._process = subprocess.Popen(["taskset", "--cpu-list", str(HOST_CPU), "chrt", "--idle", "0",
                                          "sh", "-c", "while :; do :; done"],
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def end(self):
        self._process.kill()
        self._process.wait(10)


class HostStation(Interface):
    """A host's interface for single frames, beside what the kernel does with it."""

    def __init__(self, host):
        self._host = host
        with _inside(host.name):
            super().__init__(host.name, host.dev)

    @property
    def mac(self):
        return self._host.mac


class Host:
    """A function on igb or igbvf, alone in a namespace: no frame takes a shorter way inside the kernel.

    name    of the namespace
    number  last part of its addresses, see ipv4() and ipv6()
    """

    hosts = []
    _awake = None

    def __init__(self, name, bdf, driver, number):
        self.name, self.bdf, self.number = name, bdf, number
        run("ip", "netns", "add", name)
        Host._awake = Host._awake or _Awake()
        Host.hosts.append(self)
        with _on_own_cpu():
            bind(bdf, driver)
        self.take()

    def take(self):
        """Moves the function's interface in and brings it up; again after its driver came back."""
        self.dev = netdev(self.bdf)
        run("ip", "link", "set", self.dev, "netns", self.name)
        self._address(self.dev, 0)
        self.set("up")

    def _address(self, dev, net):
        # Duplicate address detection would cost seconds.
        self.ip("address", "add", f"{ipv4(self.number, net)}/24", "dev", dev)
        self.ip("address", "add", f"{ipv6(self.number, net)}/64", "dev", dev, "nodad")

    def station(self):
        """See lab.exchange(); to be had again after take()."""
        return HostStation(self)

    def run(self, *command, **options):
        with _on_own_cpu():
            return run("ip", "netns", "exec", self.name, *command, **options)

    def ip(self, *words):
        with _on_own_cpu():
            return run("ip", "-n", self.name, *words)

    def set(self, *words):
        """`ip link set` on the interface."""
        return self.ip("link", "set", "dev", self.dev, *words)

    def vlan(self, vid):
        """Makes a VLAN interface, with addresses in net `vid`; returns its name."""
        dev = f"vlan{vid}"
        self.ip("link", "add", "link", self.dev, "name", dev, "type", "vlan", "id", vid)
        self._address(dev, vid)
        self.ip("link", "set", dev, "up")
        return dev

    def show(self, dev=None):
        """What `ip` knows of an interface, statistics included."""
        return json.loads(self.ip("-json", "-statistics", "link", "show", "dev", dev or self.dev))[0]

    @property
    def mac(self):
        return self.show()["address"]

    def received(self, dev=None):
        return self.show(dev)["stats64"]["rx"]["packets"]

    def wait_carrier(self, up=True, timeout=120):
        wait_for(f"carrier {'on' if up else 'off'} at {self.name}",
                 lambda: ("LOWER_UP" in self.show()["flags"]) == up, timeout)

    def ping(self, address, *options):
        """How many of PINGS echo requests to an address were answered, in a few seconds."""
        said = self.run("ping", "-n", "-c", PINGS, "-i", "0.2", "-W", "3", *options, address, check=False)
        # Without a route, ping says only that.
        answered = re.search(r"(\d+) received", said)
        return int(answered[1]) if answered else 0

    def reach(self, number, *options, net=0, address=None, timeout=60):
        """Waits until every one of PINGS echo requests to a host's number is answered.

        net is 0 or a VLAN. A few may be lost first: to a driver that is still coming
        back, or to an address that the sender has yet to forget.
        """
        address = address or ipv4(number, net)
        wait_for(f"{self.name} reaches {address} {' '.join(map(str, options))}",
                 lambda: self.ping(address, *options) == PINGS, timeout)


def ipv4(number, net=0):
    return f"10.0.{net}.{number}"


def ipv6(number, net=0):
    return f"fd00:0:0:{net:x}::{number:x}"


def remove_host(host):
    """Takes a host's driver and its namespace away."""
    with _on_own_cpu():
        bind(host.bdf, None)
    Host.hosts.remove(host)
    if not Host.hosts:
        Host._awake.end()
        Host._awake = None
    run("ip", "netns", "delete", host.name, check=False)
