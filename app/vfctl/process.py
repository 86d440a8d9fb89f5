# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""DPDK processes with VF control, found by their telemetry sockets, and asked."""

import glob
import json
import os
import socket
import time

# An answer may wait for the port's control thread, and the making of VFs for the kernel.
PATIENCE = 60
# A process that listens answers at once whether it has VF control.
PATIENCE_TO_FIND = 5
# What DPDK reads of a request; it would cut the rest off.
REQUEST_MAX = 1023
SOCKET = "dpdk_telemetry.v2"


class Failure(Exception):
    """What was asked for couldn't be done; the text says why, in one line."""


class Refused(Failure):
    """The process said no."""


class Unknown(Failure):
    """The process doesn't know the command."""


class Gone(Failure):
    """The process ended, or never was."""


def folder():
    """Where DPDK's processes keep their run-time files, each in a folder named as its prefix."""
    base = os.environ.get("RUNTIME_DIRECTORY")
    if base is None:
        base = "/var/run" if os.getuid() == 0 else os.environ.get("XDG_RUNTIME_DIR") or "/tmp"
    return os.path.join(base, "dpdk")


def sockets():
    """{prefix: path} of what telemetry sockets there are, dead ones included.

    Processes without files of their own (--in-memory) share a folder: from the
    second on their socket's name has a number, and so has the prefix here.
    """
    found = {}
    for path in sorted(glob.glob(os.path.join(glob.escape(folder()), "*", SOCKET + "*"))):
        prefix, number = os.path.basename(os.path.dirname(path)), path.rpartition(SOCKET)[2]
        if number == "" or number[0] == ":":
            found[prefix + number] = path
    return found


class Process:
    """A connection to one process: ask() it."""

    def __init__(self, prefix, path, patience=PATIENCE):
        self.prefix, self.path, self.patience = prefix, path, patience
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._fields = None
        try:
            self._connect()
            info = self._receive(4096)
            self.pid, self._room = int(info["pid"]), int(info["max_output_len"])
        except (KeyError, TypeError, ValueError):
            self.close()
            raise Failure(f"what listens at {path} is no DPDK telemetry") from None
        except BaseException:
            self.close()
            raise

    def _connect(self):
        end = time.monotonic() + self.patience
        self.socket.settimeout(self.patience)
        while True:
            try:
                return self.socket.connect(self.path)
            except BlockingIOError:
                # Its queue holds one or two: others are just connecting.
                if time.monotonic() > end:
                    raise Failure(f"process {self.prefix} takes no connection: "
                                  "is it stopped?") from None
                time.sleep(0.05)
            except PermissionError:
                raise Failure(f"may not talk to process {self.prefix}: be root, or the user "
                              "that it runs as") from None
            except OSError:
                raise Gone(f"process {self.prefix} has ended: start it again") from None

    def _receive(self, room):
        try:
            data = self.socket.recv(room)
        except TimeoutError:
            self.close()
            raise Failure(f"process {self.prefix} didn't answer within {self.patience} s: "
                          "is it stopped?") from None
        except OSError:
            data = b""
        if not data:
            self.close()
            raise Gone(f"process {self.prefix} closed the connection: it has ended, or has ten "
                       "already")
        return json.loads(data)

    def close(self):
        """Ends the connection."""
        self.socket.close()

    def ask(self, command, *parameters):
        """The answer to a command, decoded; Refused with the process' words where it is an error."""
        request = ",".join(["/vfctl/" + command, *map(str, parameters)]).encode()
        if len(request) >= REQUEST_MAX:
            raise Failure(f"more than fits into one request ({REQUEST_MAX - 1} octets): put it "
                          "into a policy file and apply that")
        try:
            self.socket.send(request)
        except OSError:
            raise Gone(f"process {self.prefix} has ended") from None
        try:
            answer = self._receive(self._room)["/vfctl/" + command]
        except (KeyError, TypeError, ValueError):
            # Answers have no number: this connection's next could be this one's.
            self.close()
            raise Failure(f"process {self.prefix} gave an answer that can't be read") from None
        if answer is None:
            raise Unknown(f"process {self.prefix} knows no /vfctl/{command}: its plugin is another "
                          "release's, or isn't loaded")
        if isinstance(answer, dict) and "error" in answer:
            raise Refused(answer["error"] + answer.get("error_more", ""))
        return answer

    def whole(self, port, vf, values):
        """A dictionary in which lists have all their entries, for an answer has room for some."""
        for key in [key for key in values if key.endswith("_next")]:
            name, number = key.removesuffix("_next"), values.pop(key)
            while number is not None:
                more = self.ask("list", port, vf, name, number)
                values[name] += more[name]
                number = more.get(key)
        return values

    def fields(self):
        """What settings there are: {"vf": {name: {"kind", "values", "help"}}, "port": {…}}."""
        if self._fields is None:
            self._fields = self.ask("fields")
        return self._fields

    def ports(self):
        """{number: {"name", "nb_vfs", …}} of the ports with VF control."""
        return {int(number): info for number, info in self.ask("ports").items()}


def _probe(prefix, path):
    """A connection to a process with VF control, None to another.

    One that has VFs only, no PF, has loaded the plugin too, but has nothing to control.
    """
    process = None
    try:
        process = Process(prefix, path, PATIENCE_TO_FIND)
        ports = process.ports()
    except (Unknown, Gone):
        ports = None
    if not ports:
        if process is not None:
            process.close()
        return None
    process.patience = PATIENCE
    process.socket.settimeout(PATIENCE)
    return process


def find_all():
    """Connections to all processes with VF control, and the first trouble met on the way."""
    found, trouble = [], None
    for prefix, path in sockets().items():
        try:
            process = _probe(prefix, path)
        except Failure as failure:
            trouble = trouble or failure
        else:
            found += [process] if process else []
    return found, trouble


def find(prefix=None):
    """The process with this file prefix, or the only one with VF control."""
    if prefix is not None:
        path = sockets().get(prefix)
        if path is None:
            raise Gone(f"no DPDK process with file prefix {prefix} here: is it running, and is its "
                       f"telemetry in {folder()}?")
        return Process(prefix, path)
    found, trouble = find_all()
    if not found:
        if trouble is not None:
            raise trouble
        raise Gone("no DPDK process with VF control here: is one running that has a PF, and the "
                   "plugin loaded (-d .../librte_net_igbiov.so)?")
    if len(found) > 1:
        names = ", ".join(process.prefix for process in found)
        for process in found:
            process.close()
        raise Failure(f"several DPDK processes have VF control: say which by -f, of {names}")
    return found[0]
