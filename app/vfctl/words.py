# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""What is typed: words, their short forms, ports, lists of VFs, settings."""

import re

_PORT = re.compile(r"\d{1,5}|(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]", re.I)
# Names that `ip link` has for ours.
_ALIASES = {"proto": "vlan_proto", "rate": "max_tx_rate", "link-state": "state"}


class Usage(Exception):
    """The words make no command; the text says what would."""


def match(word, names, what, first=False):
    """The one of `names` that a word is, or is the beginning of.

    Of several that begin with it the first counts where `first` says so, as in `ip`.
    """
    if word in names:
        return word
    found = [name for name in names if word and name.startswith(word)]
    if len(found) == 1 or found and first:
        return found[0]
    if found:
        raise Usage(f"{what} {word!r} could be {' or '.join(found)}")
    raise Usage(f"{what} {word!r} is not known: it is one of {', '.join(names)}")


def is_port(word):
    """Does this look like a port's number or PCI address?"""
    return _PORT.fullmatch(word) is not None


class Words:
    """The words of a command, taken from the left."""

    def __init__(self, words):
        self._words = list(words)

    def __bool__(self):
        return bool(self._words)

    def peek(self):
        """The next word, "" after the last."""
        return self._words[0] if self._words else ""

    def take(self, what):
        """Takes the next word, which must be there."""
        if not self._words:
            raise Usage(f"{what} is missing at the end")
        return self._words.pop(0)

    def take_rest(self):
        """Takes what is left."""
        rest, self._words = self._words, []
        return rest

    def end(self):
        """Nothing may be left."""
        if self._words:
            raise Usage(f"{self._words[0]!r} is too much")


def take_port(words, process):
    """Takes a port if there is one, else the only one that the process has."""
    if is_port(words.peek()):
        word = words.take("a port")
        if word.isdigit():
            return int(word)
        return word.lower() if word.count(":") == 2 else "0000:" + word.lower()
    ports = process.ports()
    if len(ports) == 1:
        return next(iter(ports))
    if not ports:
        raise Usage(f"process {process.prefix} has no port with VF control")
    raise Usage(f"which port? {', '.join(map(str, ports))}")


def take_vfs(words, max_vfs):
    """Takes `vf 0,2-4` or `vf all`, as a list of numbers; None if there is none."""
    if words.peek() != "vf":
        return None
    words.take("vf")
    text = words.take("the VF's number")
    if text == "all":
        return list(range(max_vfs))
    vfs = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part)
        if not found:
            raise Usage(f"{part!r} is not a VF: VFs are a number, a list as 0,2-4, or all")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise Usage(f"{part!r} ends before it begins")
        if last >= max_vfs:
            raise Usage(f"VF {last} can't be: the port has {max_vfs} at most, from 0")
        vfs += [vf for vf in range(first, last + 1) if vf not in vfs]
    return vfs


def field_names(fields, target):
    """Names of what can be set in a "vf" or a "port"."""
    # One word for both of spoofchk_mac and spoofchk_vlan, as in `ip`.
    return [*fields[target], *(["spoofchk"] if target == "vf" else [])]


def take_settings(words, fields, target):
    """Takes `name value name value …` as telemetry's "name=value name=value …"."""
    names = field_names(fields, target)
    taken = []
    while words:
        word = words.take("a setting")
        name = match(_ALIASES.get(word, word), names, "setting")
        value = words.take(f"the value of {name}")
        if not value or not value.isascii() or not value.isprintable() or set(value) & set(" ="):
            raise Usage(f"{value!r} is no value for {name}: "
                        f"{fields[target].get(name, {}).get('values', 'on, off')}")
        taken.append(f"{name}={value}")
    if not taken:
        raise Usage(f"nothing to set: it is one of {', '.join(names)}")
    return " ".join(taken)
