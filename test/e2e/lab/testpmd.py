# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Stock dpdk-testpmd as an object."""

import io
import itertools
import json
import os
import re
import signal
import socket
from pathlib import Path

import pexpect

from .system import PF_CPU, wait_for

OURS = "ours"
IN_TREE = "in-tree"
PLUGIN = os.environ.get("IGBIOV_PLUGIN", "/build/drivers/librte_net_igbiov.so")
LAUNCHER = os.path.join(os.path.dirname(PLUGIN), "../app/testpmd-ext/testpmd-ext")
# One for all: a VF can be opened only with the token of who opened its PF.
TOKEN = "14d63f20-8445-11ea-8900-1f9ce7d5650d"
PROMPT = "testpmd> "
# Another thread tells of an event even in the middle of it.
_prompt = re.compile(r"(?:[\r\n]+Port \d+: [^\r\n]* event[\r\n]+)*".join(map(re.escape, PROMPT)))

_numbers = itertools.count()
_escapes = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x07")


def default_driver():
    """Ours where the plugin has been built."""
    return OURS if os.path.exists(PLUGIN) else IN_TREE


class Testpmd:
    """A dpdk-testpmd process, in interactive mode, at its prompt.

    devices     PCI addresses, with devargs if wanted ("0000:01:00.0,key=value"); [] for none
    driver      OURS (-d plugin, which goes before the default folder) or IN_TREE
    launcher    started by testpmd-ext, which brings our driver and the VF commands
    name        for transcripts and the file prefix
    token       VF token of PF and VFs, None for no token
    forwarders  forwarding threads; they float over both CPUs,
    pinned      or forwarding thread n stays on CPU n, for measuring in one process
    memory      MiB of hugepages, given back when the process dies, however it dies
    eal, args   more options for EAL and for testpmd
    primary     the Testpmd whose secondary process this one is to be; the primary needs
    shared      true: its memory must stay for others to open
    wait        False returns at once, so that several start side by side: see ready()
    """

    # pytest would take the name for a test class.
    __test__ = False
    running = []
    # Dead ones too, for transcripts; conftest.py clears it after each test.
    started = []

    def __init__(self, devices, driver=None, name=None, token=TOKEN, forwarders=1, pinned=False, memory=128,
                 eal=(), args=(), primary=None, shared=False, launcher=False, wait=True, timeout=120):
        self.name = name or f"testpmd{next(_numbers)}"
        self.prefix = primary.prefix if primary else self.name
        self._devices, self._pinned = list(devices), pinned
        self._transcript = io.StringIO()
        # Threads that answer VFs stay with the main one, those of a port's next start, too: off the
        # CPU on which igbvf waits for the answer.
        lcores = [f"0@{PF_CPU}", *(f"{n + 1}@{n if pinned else '(0,1)'}" for n in range(forwarders))]
        options = [f"--lcores={','.join(lcores)}", f"--file-prefix={self.prefix}"]
        options += ["--proc-type=secondary"] if primary else ["-m", str(memory)]
        if not (primary or shared):
            options += ["--huge-unlink=always"]
        if (driver or default_driver()) == OURS and not launcher:
            options += ["-d", PLUGIN]
        if token:
            options += [f"--vfio-vf-token={token}"]
        for device in self._devices:
            options += ["-a", device]
        if not self._devices:
            options += ["--no-pci"]
        self.command = [LAUNCHER if launcher else "dpdk-testpmd", *options, *eal,
                        "--", "-i", f"--nb-cores={forwarders}", "--total-num-mbufs=8192", *args]
        self._transcript.write(f"$ {' '.join(self.command)}\n")
        self.process = pexpect.spawn(self.command[0], self.command[1:], timeout=timeout, echo=False,
                                     encoding="utf-8", codec_errors="replace", dimensions=(50, 500))
        self.process.logfile_read = self._transcript
        self.process.delaybeforesend = None
        Testpmd.running.append(self)
        Testpmd.started.append(self)
        if wait:
            self.ready(timeout)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.quit() if kind is None else self.kill9()

    def ready(self, timeout=120):
        """Waits for the first prompt, for who started with wait=False; returns self."""
        self._prompt(timeout, "start")
        if not self._pinned:
            self._yield_to_others()
        return self

    def _yield_to_others(self):
        """Lets forwarding threads, which never sleep, run only where nobody else wants to.

        Else they make every start slow, and keep a thread that has just been woken waiting.
        """
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            if (task / "comm").read_text().startswith("dpdk-worker"):
                os.sched_setscheduler(int(task.name), os.SCHED_IDLE, os.sched_param(0))

    def cmd(self, text, timeout=60):
        """Types a line and returns what it printed up to the next prompt."""
        self.process.send(text + "\n")
        printed = self._prompt(timeout, text)
        # The line itself comes back first, as typed.
        return printed.partition("\n")[2]

    def send(self, text):
        """Types a line without waiting; a prompt() must follow before the next cmd()."""
        self.process.send(text + "\n")

    def prompt(self, timeout=60):
        """Waits for the prompt after send() and returns what was printed."""
        return self._prompt(timeout, "send()")

    def _prompt(self, timeout, what):
        try:
            self.process.expect(_prompt, timeout=timeout)
        except pexpect.TIMEOUT:
            raise TimeoutError(f"{self.name}: no prompt within {timeout} s after: {what}\n"
                               f"{self.tail()}") from None
        except pexpect.EOF:
            self._gone()
            raise RuntimeError(f"{self.name} ended after: {what}\n{self.tail()}") from None
        return self._clean(self.process.before)

    @staticmethod
    def _clean(text):
        return _escapes.sub("", text).replace("\r", "")

    @property
    def log(self):
        """Everything that was printed so far, logs included."""
        try:
            # Nothing matches this: it only takes in what has come.
            self.process.expect_exact("\0none\0", timeout=0)
        except (pexpect.TIMEOUT, pexpect.EOF, ValueError):
            # ValueError: it was closed, and all is in the transcript.
            pass
        return self._clean(self._transcript.getvalue())

    def wait_log(self, text, timeout=60):
        """Waits until a text was printed, from wherever in the run."""
        wait_for(f"{self.name} prints {text!r}", lambda: text in self.log, timeout)

    def tail(self, lines=60):
        """The last lines of the transcript."""
        return "\n".join(self.log.splitlines()[-lines:])

    @property
    def pid(self):
        return self.process.pid

    @property
    def alive(self):
        return self.process.isalive()

    def stats(self, port):
        """Counters of `show port stats`, e.g. {"RX-packets": 3, "RX-missed": 0, ...}."""
        text = self.cmd(f"show port stats {port}")
        return {key: int(value) for key, value in re.findall(r"([RT]X-[a-z]+): +(\d+)", text)}

    def xstats(self, port):
        """Counters of `show port xstats`."""
        text = self.cmd(f"show port xstats {port}")
        return {key: int(value) for key, value in re.findall(r"^(\w+): (\d+)$", text, re.M)}

    def clear_stats(self):
        self.cmd("clear port stats all")

    def mac(self, port):
        """The port's MAC address, lower case with colons."""
        return re.search(r"MAC address: ([0-9A-Fa-f:]{17})", self.cmd(f"show port info {port}"))[1].lower()

    def link_up(self, port):
        return "Link status: up" in self.cmd(f"show port info {port}")

    def wait_link(self, port, up=True, timeout=60):
        """Waits until the port reports its link up, or down."""
        wait_for(f"{self.name} port {port} link {'up' if up else 'down'}",
                 lambda: self.link_up(port) == up, timeout)

    def restart(self, port):
        """Stops and starts a port."""
        return self.cmd(f"port stop {port}") + self.cmd(f"port start {port}")

    def telemetry(self, query, timeout=60):
        """Answer to a telemetry query such as "/ethdev/info,0", decoded."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.settimeout(timeout)
            connection.connect(f"/run/dpdk/{self.prefix}/dpdk_telemetry.v2")
            largest = json.loads(connection.recv(1024))["max_output_len"]
            connection.send(query.encode())
            return json.loads(connection.recv(largest))

    def quit(self, timeout=60):
        """Ends the process in the orderly way and returns its exit status."""
        if self in Testpmd.running:
            self.process.send("quit\n")
            try:
                self.process.expect_exact(pexpect.EOF, timeout=timeout)
            except pexpect.TIMEOUT:
                self.kill9()
                raise TimeoutError(f"{self.name} didn't quit within {timeout} s\n{self.tail()}") from None
            self._gone()
        return self.process.exitstatus

    def kill9(self):
        """Kills the process without a word and returns when it is gone."""
        if self in Testpmd.running:
            os.kill(self.process.pid, signal.SIGKILL)
            self._gone()

    def _gone(self):
        if self in Testpmd.running:
            Testpmd.running.remove(self)
        # Waiting for the process is waiting for its VFIO devices to be let go.
        wait_for(f"{self.name} is gone", lambda: not self.process.isalive())
        self.process.close()

    @classmethod
    def kill_all(cls):
        for process in list(cls.running):
            process.kill9()
