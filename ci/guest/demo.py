#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The demo, run in the guest by `ci/lab demo`: packets on every way through the NIC.

Three stock testpmd processes: the PF of port 0, two of its four VFs, and port 1,
which the wire leads to. On each leg frames go round between two ports as fast as
both drivers take them, fewer than a ring holds, so that nothing may be dropped.
Rule for a pass: frames moved, and on every leg each port received exactly the
frames that the other sent.
"""

import argparse
import sys
import time

from lab import (IN_TREE, OURS, PORTS, End, Testpmd, bind, circle, create_vfs, default_driver,
                 reset_nics)

VFS = 4
begin = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - begin:5.1f} s] {text}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--driver", choices=[OURS, IN_TREE], default=default_driver())
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()

    reset_nics()
    for port in PORTS:
        bind(port, "vfio-pci")
    vfs = create_vfs(PORTS[0], VFS)
    say(f"PF {PORTS[0]} on vfio-pci with {VFS} VFs: {' '.join(vfs)}")

    say(f"testpmd 1: the PF; testpmd 3: port 1, {PORTS[1]}; driver: {options.driver}")
    # Port 1 has no VFs, nobody needs its token.
    far_process = Testpmd([PORTS[1]], options.driver, "port1", wait=False)
    pf_process = Testpmd([PORTS[0]], options.driver, "pf")
    say(f"testpmd 2: VF 0 and VF 1, {vfs[0]} {vfs[1]}")
    vf_process = Testpmd(vfs[:2], options.driver, "vfs", forwarders=2)
    far_process.ready()
    pf, vf0, vf1, far = End(pf_process, 0), End(vf_process, 0), End(vf_process, 1), End(far_process, 0)
    for end in (pf, vf0, vf1, far):
        end.testpmd.wait_link(end.port)

    legs = {
        "VF to VF, NIC's switch": (vf0, vf1),
        "VF to PF, NIC's switch": (vf0, pf),
        "VF to port 1, wire": (vf0, far),
        "PF to port 1, wire": (pf, far),
    }
    rows, failed = {}, []
    for name, ends in legs.items():
        leg = rows[name] = circle(*ends, options.seconds, bursts=8)
        wrong = leg.faults()
        failed += [f"{name}: {text}" for text in wrong]
        say(f"{name}: {leg.kpps:.1f} kpps each way, {leg.a_sent} sent, {leg.b_received} received"
            + "".join(f" ({text})" for text in wrong))
    for process in list(Testpmd.running):
        process.quit()

    print(f"\n{'leg':<24} {'kpps each way':>14} {'sent':>10} {'received':>10}")
    for name, leg in rows.items():
        print(f"{name:<24} {leg.kpps:>14.1f} {leg.a_sent:>10} {leg.b_received:>10}")
    vf_rate, pf_rate = rows["VF to port 1, wire"].kpps, rows["PF to port 1, wire"].kpps
    print(f"VF's rate over the wire to the PF's: ratio {vf_rate / pf_rate if pf_rate else 0:.2f}\n")
    return "; ".join(failed)


if __name__ == "__main__":
    try:
        why = main()
    except (Exception, KeyboardInterrupt) as error:  # a demo that breaks has failed, and says so last
        for process in Testpmd.running:
            print(f"--- {process.name}\n{process.tail()}")
        Testpmd.kill_all()
        why = f"{type(error).__name__}: {error}".splitlines()[0]
    print(f"demo: FAIL ({why})" if why else "demo: PASS", flush=True)
    sys.exit(1 if why else 0)
