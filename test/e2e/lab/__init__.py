# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""What tests, the demo and the benchmark use inside the lab's guest.

The guest has two igb ports (Intel 82576), wired back to back, on no driver:

    PORTS                       their PCI addresses, e.g. ["0000:01:00.0", "0000:02:00.0"]
    bind(bdf, driver)           "vfio-pci", "igb", "igbvf", or None to let go
    create_vfs(pf, n)           n VFs of a bound PF; their PCI addresses (on vfio-pci if the PF is)
    driver_of(bdf), netdev(bdf) what holds a function; a kernel driver's interface
    config(bdf, offset, size)   PCI configuration space, as a number
    reset_nics()                no VFs, no drivers: where every test starts
    set_link(n, up)             the cable at port n (0 or 1); set_link only touches that end
    run(*command)               a program, bounded; its output; RuntimeError when it fails
    wait_for(what, test)        polls test() until it is true, and returns that; bounded

Stock dpdk-testpmd, any number at once, each in a process of its own:

    pf = Testpmd([PORTS[0]], driver=OURS)       started, at its prompt, ports started
    vf = Testpmd([vf0, vf1], driver=IN_TREE)    IN_TREE is DPDK's own igb
    pf.cmd("show port info 0")  what the command printed
    pf.stats(0)                 {"RX-packets": 12, ...}, pf.xstats(0) likewise
    pf.mac(0), pf.link_up(0), pf.wait_link(0)
    pf.restart(0)               port stop and start
    pf.log                      everything since the start; pf.wait_log(text) waits for a text
    pf.quit(), pf.kill9()       both return when the process is gone
    with Testpmd(...) as pf:    quits at the end
Options: name, token, forwarders, memory, launcher, eal=[...], args=[...] (see Testpmd). All
processes get the same VF token by default. A test takes the `testpmd` fixture
of conftest.py, which is Testpmd, cleans up and shows transcripts on failure.

Traffic between two ports (see traffic.py):

    a, b = End(pf, 0), End(vf, 1)
    result = circle(a, b, seconds=3)    frames go round a -> b -> a; then a keeps all of them
    send(a, b, frames)                  frames one way, from a to b's address

Single frames, exact to the octet (see stations.py):

    net = stations(["pf"], [PORTS[0]], "pf") | stations(["vf0", "vf1"], vfs, "vfs")
    received = exchange(net, "vf0", numbered(net["vf1"].mac, net["vf0"].mac))
    received["vf1"], received["pf"]     lists of frames; nothing is timed
"""

from .nic import (PORTS, bind, config, create_vfs, driver_of, netdev, remove_vfs,
                  reset_nics, virtual_functions)
from .qmp import qmp, set_link
from .stations import (BROADCAST, FENCE, Station, exchange, frame, numbered, octets, paused,
                       stations)
from .system import run, wait_for
from .testpmd import IN_TREE, OURS, Testpmd, default_driver
from .traffic import End, circle, send

__all__ = ["PORTS", "bind", "config", "create_vfs", "driver_of", "netdev", "remove_vfs",
           "reset_nics", "virtual_functions", "qmp", "set_link", "run", "wait_for",
           "BROADCAST", "FENCE", "Station", "exchange", "frame", "numbered", "octets", "paused",
           "stations", "IN_TREE", "OURS", "Testpmd", "default_driver", "End", "circle", "send"]
