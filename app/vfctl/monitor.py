# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Events as they come, each once, over restarts of the process."""

import time

from process import Failure, Gone, find

INTERVAL = 0.5


class Monitor:
    """Polls a process' events by their numbers.

    tell(port, number, event)  is called for each event
    note(text)                 for what a reader must know of the list: gaps, restarts
    """

    def __init__(self, process, only, tell, note):
        self._process, self._only, self._tell, self._note = process, only, tell, note
        self._seen = {}

    def begin(self, kept):
        """Takes up now, or with the events that are kept."""
        ports = self._ports()
        if self._only is not None and not ports:
            raise Failure(f"port {self._only} has no VF control: vfctl show lists those that have")
        for port, info in ports.items():
            self._seen[port] = 0 if kept else info["last_event"]

    def _ports(self):
        """The ports that are watched."""
        return {port: info for port, info in self._process.ports().items()
                if self._only in (None, port, info["name"])}

    def poll(self):
        """Tells what came since the last time."""
        for port, info in self._ports().items():
            seen = self._seen.setdefault(port, 0)
            # Its PF was closed and opened: numbers begin anew.
            if info["last_event"] < seen:
                self._note(f"port {port}: it was made anew")
                self._seen[port] = 0
            while info["last_event"] > self._seen[port]:
                if not self._portion(port):
                    break

    def _portion(self, port):
        """Tells one answer's events; false when there were none."""
        events = self._process.ask("events", port, self._seen[port])["events"]
        for number, event in sorted((int(number), event) for number, event in events.items()):
            lost = number - self._seen[port] - 1
            if lost > 0:
                self._note(f"port {port}: {lost} events lost")
            self._tell(port, number, event)
            self._seen[port] = number
        return bool(events)

    def run(self):
        """Polls for ever; comes back to a process that was started again."""
        while True:
            try:
                self.poll()
            except Gone:
                self._return()
            time.sleep(INTERVAL)

    def _return(self):
        self._process.close()
        prefix, pid = self._process.prefix, self._process.pid
        self._note(f"process {prefix} has ended: waiting for it")
        while True:
            time.sleep(INTERVAL)
            try:
                self._process = find(prefix)
                self._ports()
            except Failure:
                # Not yet there, or not yet ready.
                continue
            break
        if self._process.pid != pid:
            self._seen = {}
        self._note(f"process {prefix} is back")
