# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""The commands."""

import contextlib
import json
import os
import sys

import show
from monitor import Monitor
from process import Failure, Refused, find
from words import Usage, Words, is_port, match, take_port, take_settings, take_vfs

_FLAGS = ("serving", "exists", "clear_to_send", "quarantined", "promisc", "allmulti")


class Session:
    """What commands share: options, and the process, found when it is first needed."""

    def __init__(self, prefix=None, as_json=False, pretty=False):
        self.prefix, self.as_json, self.pretty = prefix, as_json, pretty
        self._process = None

    @property
    def process(self):
        """The process that is named, or found."""
        if self._process is None:
            self._process = find(self.prefix)
        return self._process

    def emit(self, records, text):
        """Prints records as JSON, or as text(records)."""
        if self.as_json:
            print(json.dumps(records, indent=4 if self.pretty else None))
        elif records:
            print(text(records))


def _typed(values, fields=None):
    """Telemetry has no booleans: gives those their type that are."""
    fields = fields or {}
    return {name: bool(of) if name in _FLAGS or fields.get(name, {}).get("kind") == "bool" else of
            for name, of in values.items()}


def _read_port(session, port):
    """A port's record, without VFs."""
    process = session.process
    record = process.ask("port", port)
    settings = _typed(record.pop("settings"), process.fields()["port"])
    return {**_typed(record), "file_prefix": process.prefix, "settings": settings}


def _read_vf(session, port, vf):
    process = session.process
    record = process.ask("vf", port, vf)
    return {"vf": vf,
            "settings": _typed(process.whole(port, vf, record["settings"]), process.fields()["vf"]),
            "info": _typed(process.whole(port, vf, record["info"])),
            "stats": record["stats"]}


def _read(session, words):
    """Records of the ports and VFs that are named, of all where none is; were VFs named?"""
    process = session.process
    if words:
        chosen = [take_port(words, process)]
    else:
        chosen = list(process.ports())
    records, vfs = [], None
    for port in chosen:
        record = _read_port(session, port)
        vfs = take_vfs(words, record["max_vfs"])
        words.end()
        record["vfs"] = [_read_vf(session, record["port"], vf)
                         for vf in (range(record["nb_vfs"]) if vfs is None else vfs)]
        records.append(record)
    return records, vfs is not None


def _take_vf_list(words, process, port):
    vfs = take_vfs(words, process.ask("port", port)["max_vfs"])
    if vfs is None:
        raise Usage("which VF? vf NUMBER, vf 0,2-4 or vf all")
    return vfs


def _for_each(vfs, action):
    """Does action(vf) for each; where one fails, tells which are done."""
    for number, vf in enumerate(vfs):
        try:
            action(vf)
        except Refused as refused:
            done = ",".join(map(str, vfs[:number]))
            raise Refused(f"vf {vf}: {refused}" + (f" (done: vf {done})" if done else "")) from None


def _show(session, words):
    records, detailed = _read(session, words)
    session.emit(records, show.vfs if detailed else show.ports)


def _set(session, words):
    process = session.process
    port = take_port(words, process)
    if words.peek() != "vf":
        process.ask("port_set", port, take_settings(words, process.fields(), "port"))
        return
    vfs = _take_vf_list(words, process, port)
    settings = take_settings(words, process.fields(), "vf")
    _for_each(vfs, lambda vf: process.ask("set", port, vf, settings))


def _stats(session, words):
    if words.peek() == "reset":
        words.take("reset")
        _act_on_vfs(session, words, "stats_reset")
        return
    records, _ = _read(session, words)
    session.emit([{"port": record["port"], "name": record["name"],
                   "vfs": [{"vf": vf["vf"], "stats": vf["stats"]} for vf in record["vfs"]]}
                  for record in records], show.stats)


def _act_on_vfs(session, words, command):
    process = session.process
    port = take_port(words, process)
    vfs = _take_vf_list(words, process, port)
    words.end()
    _for_each(vfs, lambda vf: process.ask(command, port, vf))


def _release(session, words):
    _act_on_vfs(session, words, "release")


def _create(session, words):
    # Of two words the first is the port.
    rest = words.take_rest()
    words = Words(rest)
    port = take_port(words if len(rest) > 1 else Words([]), session.process)
    number = words.take("the number of VFs")
    if not number.isdigit():
        raise Usage(f"{number!r} is no number of VFs")
    words.end()
    session.process.ask("create", port, number)


def _apply(session, words):
    port = take_port(words, session.process)
    path = words.take("the policy file's name")
    words.end()
    # The process has a working directory of its own.
    session.process.ask("apply", port, os.path.abspath(path))


def _save(session, words):
    process = session.process
    port = take_port(words, process)
    if words:
        path = os.path.abspath(words.take("a file"))
        words.end()
        process.ask("save", port, path)
        return
    # By way of a file where both may write and read, and nobody else.
    path = os.path.join(os.path.dirname(process.path), f"vfctl-save-{os.getpid()}")
    process.ask("save", port, path)
    try:
        with open(path, encoding="utf-8") as file:
            print(file.read(), end="")
    except OSError as error:
        raise Failure(f"process {process.prefix} wrote {path}, but it can't be read here: "
                      f"{error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)


def _monitor(session, words):
    only = take_port(words, session.process) if is_port(words.peek()) else None
    kept = bool(words) and bool(match(words.take("all"), ["all"], "option"))
    words.end()

    def tell(port, number, event):
        if session.as_json:
            print(json.dumps({"port": port, "number": number, **event}), flush=True)
        else:
            print(show.event(port, event), flush=True)

    def note(text):
        print(f"vfctl: {text}", file=sys.stderr, flush=True)

    # Ctrl-C is how it ends, not a failure.
    with contextlib.suppress(KeyboardInterrupt):
        monitor = Monitor(session.process, only, tell, note)
        monitor.begin(kept)
        monitor.run()


def _fields(session, words):
    settings = session.process.fields()
    wanted = words.take_rest()
    if wanted:
        names = [name for fields in settings.values() for name in fields]
        wanted = {match(word, names, "setting") for word in wanted}
        settings = {target: {name: field for name, field in fields.items() if name in wanted}
                    for target, fields in settings.items()}
    session.emit(settings, show.fields)


class Command:
    """A command: what it does, its words, and what it is for."""

    def __init__(self, run, usage, purpose):
        self.run, self.usage, self.purpose = run, usage, purpose


# In this order: of several that begin alike, the first counts.
COMMANDS = {
    "show": Command(_show, "[PORT [vf VFS]]", "ports and VFs; with vf, all of their settings"),
    "set": Command(_set, "PORT [vf VFS] NAME VALUE ...", "change settings, of each VF all or none"),
    "stats": Command(_stats, "[PORT [vf VFS]] | reset PORT vf VFS", "what VFs did"),
    "monitor": Command(_monitor, "[PORT] [all]", "events as they come; all: and those kept"),
    "create": Command(_create, "PORT NUMBER", "make so many VFs exist; 0 removes them"),
    "apply": Command(_apply, "PORT FILE", "apply a policy file, all of it or nothing"),
    "save": Command(_save, "PORT [FILE]", "write what is in force as a policy file"),
    "release": Command(_release, "PORT vf VFS", "end VFs' quarantine"),
    "fields": Command(_fields, "[NAME ...]", "the settings there are, their values and meaning"),
    "help": Command(None, "", "this"),
}


def run(session, words):
    """Does what the words say."""
    name = match(words.take("a command"), list(COMMANDS), "command", first=True)
    if name == "help":
        print(usage())
        return
    COMMANDS[name].run(session, words)


def usage():
    """How to call all of it."""
    lines = ["usage: vfctl [-j [-p]] [-f PREFIX] COMMAND ...",
             "       vfctl [-f PREFIX] [--force] -b FILE"]
    width = max(len(f"{name} {command.usage}") for name, command in COMMANDS.items())
    for name, command in COMMANDS.items():
        lines.append(f"  {f'{name} {command.usage}'.ljust(width)}  {command.purpose}")
    lines += ["PORT: its number or PCI address; may be left out where there is one",
              "VFS:  3, 0,2-4 or all",
              "-j, --json          JSON                -p, --pretty  with line breaks",
              "-f, --file-prefix   which DPDK process, where there are several",
              "-b, --batch FILE    commands from a file, or from - (standard input)",
              "    --force         go on after one that fails"]
    return "\n".join(lines)
