# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Programs and waiting, both bounded."""

import subprocess
import time

# The guest's two, where threads must not meet: those that answer VFs, and a VF's kernel driver.
PF_CPU, HOST_CPU = 0, 1


def run(*command, timeout=60, check=True):
    """Output (both streams) of a program; RuntimeError if it fails, unless check is false."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def wait_for(what, test, timeout=60, interval=0.2):
    """Polls test() until it returns something true, and returns that.

    The bound is generous because the guest is emulated on loaded machines: it
    is there to end a test that has failed, not to time anything.
    """
    end = time.monotonic() + timeout
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"not within {timeout} s: {what}; last seen: {value!r}")
        time.sleep(interval)
