# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Every setting of a VF and of a port, from each of the four places, and what it does.

A PF by testpmd-ext with three VFs on the first port: its settings come from the
command line, from policy files and from testpmd's own prompt. An application of
the C API has the second port. What QEMU's NIC can't do (rate, anti-spoofing, mirror,
storm control, drop-enable) is read back from its registers.
"""

import json
import os
import select
import subprocess
import time
from pathlib import Path

import pytest
from lab import (BROADCAST, OURS, PORTS, Testpmd, bind, create_vfs, numbered, stations, wait_for)
from lab.evil import registers as dump
from lab.testpmd import PLUGIN, TOKEN

pytestmark = pytest.mark.usefixtures("shared_nics")
VFCTL = ["python3", "/src/app/vfctl/main.py"]
API = Path(PLUGIN).parent.parent / "test/e2e/api/vfctl_api"
MAC = "02:00:00:00:01:01"
OTHER = "02:00:00:00:01:02"
STRANGER = "02:00:00:00:99:99"
VFS = ("vf0", "vf1", "vf2")
# The VF whose settings are made, and its bit in registers with one for each pool.
VF, BIT = 1, 1 << 1


class Refused(Exception):
    """A place said no; the text is what it said."""


# --- places ---------------------------------------------------------------


class Lines:
    """Lines of a pipe, each waited for no longer than a minute."""

    def __init__(self, pipe, what):
        self._fd, self._what, self._rest = pipe.fileno(), what, b""

    def take(self):
        """The next line, without its end."""
        while b"\n" not in self._rest:
            if not select.select([self._fd], [], [], 60)[0]:
                raise TimeoutError(f"{self._what} is silent")
            more = os.read(self._fd, 65536)
            if not more:
                raise RuntimeError(f"{self._what} has ended")
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode(errors="replace").strip()


class Api:
    """The C API: an application of ours that calls it."""

    def __init__(self, pf):
        self.process = subprocess.Popen(
            [API, "--file-prefix=api", "--huge-unlink=always", "-m", "64", "--lcores=0@(0,1)", "-d", PLUGIN,
             f"--vfio-vf-token={TOKEN}", "-a", pf],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.prefix = "api"
        self._lines = Lines(self.process.stdout, "vfctl_api")
        while self._lines.take() != "ready":
            pass

    def ask(self, text):
        """One line there and one back."""
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        while True:
            word, _, rest = self._lines.take().partition(" ")
            if word == "ok":
                return rest
            if word == "error":
                raise Refused(rest)

    def set(self, name, value):
        self.ask(f"set {VF} {name}={value}")

    def port_set(self, name, value):
        self.ask(f"port_set {name}={value}")

    def telemetry(self, query):
        return Testpmd.telemetry(self, query)

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


class Cli:
    """The command line: one interpreter for all commands, by vfctl's batches."""

    def __init__(self, pf):
        self.pf = pf
        self.process = subprocess.Popen([*VFCTL, "-f", pf.prefix, "-j", "--force", "-b", "-"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        env={**os.environ, "PYTHONUNBUFFERED": "1"})
        self._lines = Lines(self.process.stdout, "vfctl")

    def run(self, *words):
        """Runs a command; what it printed. The command after it, which prints, says that it is over."""
        self.process.stdin.write(" ".join(words) + "\nshow\n")
        self.process.stdin.flush()
        said = ""
        while not (line := self._lines.take()).startswith("[{"):
            said += line + "\n"
        if said:
            raise Refused(said)

    def set(self, name, value):
        self.run("set", "0", "vf", str(VF), name, value)

    def port_set(self, name, value):
        self.run("set", "0", name, value)

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


class Policy:
    """A policy file, applied at run time."""

    def __init__(self, cli):
        self.cli = cli
        self.path = Path("/tmp/policy.json")

    def apply(self, **policy):
        self.path.write_text(json.dumps({"vfctl": 1, **policy}))
        self.cli.run("apply", "0", str(self.path))

    def set(self, name, value):
        self.apply(vfs={str(VF): {name: value}})

    def port_set(self, name, value):
        self.apply(port={name: value})


class Ext:
    """testpmd's prompt."""

    def __init__(self, pf):
        self.pf = pf

    def _cmd(self, text):
        said = self.pf.cmd(text)
        # testpmd's own news, as of a link, come in between.
        if "error" in said:
            raise Refused(said)

    def set(self, name, value):
        self._cmd(f"set vf 0 {VF} {name} {value}")

    def port_set(self, name, value):
        self._cmd(f"set port 0 {name} {value}")


# --- the machine ------------------------------------------------------------


@pytest.fixture(scope="module")
def pf(shared_nics):
    """testpmd-ext on the first port, which has three VFs."""
    bind(PORTS[0], "vfio-pci")
    vfs = create_vfs(PORTS[0], 3)
    station = stations(["pf"], [PORTS[0]], "pf", launcher=True)["pf"]
    pf = station.testpmd
    pf.station, pf.vfs = station, vfs
    yield pf
    pf.kill9()


@pytest.fixture(scope="module")
def places(pf):
    bind(PORTS[1], "vfio-pci")
    create_vfs(PORTS[1], 3)
    api, cli = Api(PORTS[1]), Cli(pf)
    yield {"api": (api, api), "vfctl": (cli, pf), "policy": (Policy(cli), pf), "testpmd": (Ext(pf), pf)}
    cli.close()
    api.close()


# --- what registers say -------------------------------------------------------


def registers(process, name):
    """Registers whose names begin with `name`, by name."""
    return {key: value for key, value in dump(process, name).items() if key.startswith(name)}


def register(process, name):
    return registers(process, name)[name]


def settings(process, vf=VF):
    """A VF's settings as telemetry tells them."""
    return process.telemetry(f"/vfctl/vf,0,{vf}")["/vfctl/vf"]["settings"]


def port_settings(process):
    return process.telemetry("/vfctl/port,0")["/vfctl/port"]["settings"]


def owner(process, mac):
    """The pools that an address filter gives an address to; 0: there is none."""
    octets = bytes.fromhex(mac.replace(":", ""))
    low, high = int.from_bytes(octets[:4], "little"), int.from_bytes(octets[4:], "little")
    ral, rah = registers(process, "RAL"), registers(process, "RAH")
    for name, value in rah.items():
        if value >> 31 and value & 0xFFFF == high and ral[name.replace("RAH", "RAL")] == low:
            return value >> 18 & 0xFF
    return 0


def members(process, vid):
    """The VFs that are in a VLAN, a bit each; the PF is in all."""
    for value in registers(process, "VLVF").values():
        if value >> 31 and value & 0xFFF == vid:
            return value >> 12 & 0x7F
    return 0


def bit(name, number):
    """A look at one bit of a register."""
    return lambda process: register(process, name) >> number & 1


def field(name, mask):
    """A look at some bits of a register."""
    return lambda process: register(process, name) & mask


# Name, value, what telemetry then has, and a look at the chip: function, before, after.
# QEMU has no registers of rate, mirror and storm control at all: what is written there reads as
# 0. Down to these, each setting is shown on our register model (test/unit/igbiov/test_pf_vf.c).
FIELDS = [
    ("mac", MAC, MAC, (lambda p: owner(p, MAC), 0, BIT)),
    ("mac_locked", "on", 1, None),
    ("max_macs", "1", 1, None),
    ("macs", OTHER, [OTHER], (lambda p: owner(p, OTHER), 0, BIT)),
    ("allow_macs", f"{MAC},{OTHER}", [MAC, OTHER], None),
    ("vlan", "100", 100, (lambda p: (members(p, 100), register(p, "VMVIR1") & 0xFFF), (0, 0), (BIT, 100))),
    ("qos", "3", 3, None),
    ("trunk", "10-20,30", ["10-20", "30"], None),
    ("max_vlans", "2", 2, None),
    ("strip", "on", 1, (bit("VMOLR1", 30), 0, 1)),
    ("insert", "200", 200, (lambda p: (members(p, 200), register(p, "VMVIR1") & 0xFFF), (0, 0), (BIT, 200))),
    ("max_tx_rate", "100", 100, None),
    ("spoofchk_mac", "off", 0, (bit("DTXSWC", VF), 1, 0)),
    ("spoofchk_vlan", "off", 0, (bit("DTXSWC", 8 + VF), 1, 0)),
    ("trust", "on", 1, None),
    ("allow_promisc", "on", 1, None),
    ("allow_allmulti", "on", 1, None),
    ("broadcast", "off", 0, (bit("VMOLR1", 27), 1, 0)),
    ("untagged", "off", 0, (bit("VMOLR1", 24), 1, 0)),
    ("unknown_unicast", "on", 1, (bit("VMOLR1", 26), 0, 1)),
    ("all_multicast", "on", 1, (bit("VMOLR1", 28), 0, 1)),
    ("state", "off", "off", None),
    ("rx", "off", 0, None),
    ("tx", "off", 0, None),
    ("max_mtu", "1000", 1000, (field("VMOLR1", 0x3FFF), 1526, 1030)),
    ("queues", "2", 2, (bit("VMOLR1", 17), 0, 1)),
    ("mirror", "rx:pf", "rx:pf", None),
    ("budget", "10", 10, None),
    ("burst", "20", 20, None),
    ("quarantine_after", "30", 30, None),
]
PORT_FIELDS = [
    ("loopback", "off", 0, (bit("DTXSWC", 31), 1, 0)),
    ("drop_enable", "off", 0, (lambda p: register(p, "QDE") != 0, True, False)),
    ("default_pool", "1", "1", (field("VT_CTL", 7 << 7 | 1 << 29), None, 1 << 7)),
    ("storm_broadcast", "10", 10, None),
    ("storm_multicast", "20", 20, None),
]
PLACES = ("api", "vfctl", "policy", "testpmd")


def text_of(value):
    """As one types what telemetry tells; it has no booleans."""
    return ",".join(value) if isinstance(value, list) else str(value)


def check_look(process, look, which):
    if look and look[which] is not None:
        assert look[0](process) == look[which]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("name", "value", "told", "look"), FIELDS, ids=[row[0] for row in FIELDS])
def test_a_vf_has_what_an_operator_sets(places, place, name, value, told, look):
    way, process = places[place]
    before = settings(process)
    check_look(process, look, 1)
    way.set(name, value)
    try:
        after = settings(process)
        assert after == {**before, name: told}
        check_look(process, look, 2)
    finally:
        way.set(name, text_of(before[name]) or "none")
    assert settings(process) == before
    check_look(process, look, 1)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("name", "value", "told", "look"), PORT_FIELDS, ids=[row[0] for row in PORT_FIELDS])
def test_a_port_has_what_an_operator_sets(places, place, name, value, told, look):
    way, process = places[place]
    before = port_settings(process)
    check_look(process, look, 1)
    way.port_set(name, value)
    try:
        assert port_settings(process) == {**before, name: told}
        check_look(process, look, 2)
    finally:
        way.port_set(name, text_of(before[name]))
    assert port_settings(process) == before
    check_look(process, look, 1)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("name", "value", "says"), [
    ("vlan", "4095", "4094"),
    ("vlan_proto", "802.1ad", "802.1ad"),
    ("qos", "8", "7"),
    ("max_tx_rate", "1000000", "max_tx_rate"),
    ("mac", "ff:ff:ff:ff:ff:ff", "unicast"),
    ("max_mtu", "10", "68"),
    ("queues", "3", "2"),
    ("mirror", "tx:pf", "mirror"),
    ("mirror", "rx:1", "itself"),
    ("state", "up", "state"),
])
def test_a_bad_value_is_refused_with_a_reason_and_changes_nothing(places, place, name, value, says):
    way, process = places[place]
    before = settings(process)
    with pytest.raises(Refused, match=f"(?s).*{says}"):
        way.set(name, value)
    assert settings(process) == before


@pytest.mark.parametrize("place", PLACES)
def test_another_ones_address_is_refused(places, place):
    way, process = places[place]
    with pytest.raises(Refused, match="VF 0"):
        way.set("mac", settings(process, 0)["mac"])


# --- what it does to frames -----------------------------------------------------


@pytest.fixture(scope="module")
def net(pf):
    net = {"pf": pf.station} | stations(VFS, pf.vfs, "vfs")
    for station in net.values():
        station.testpmd.wait_link(station.port)
    net["pf"].cmd("set promisc {} off")
    yield net
    net["vf0"].close()


@pytest.fixture
def wanted(pf):
    """Sets what an operator wants of VFs, and undoes it after the test."""
    changed = {}

    def want(vf, text):
        before = settings(pf, vf)
        for word in text.split():
            name = word.partition("=")[0]
            changed.setdefault(vf, {}).setdefault(name, text_of(before[name]) or "none")
        answer = pf.telemetry(f"/vfctl/set,0,{vf},{text}")["/vfctl/set"]
        assert "error" not in answer, answer

    yield want
    for vf, names in changed.items():
        text = " ".join(f"{name}={value}" for name, value in names.items())
        answer = pf.telemetry(f"/vfctl/set,0,{vf},{text}")["/vfctl/set"]
        assert "error" not in answer, answer


def seen(net, source, frames, **expected):
    """Sends frames; asserts that these stations receive these frames, and the others none.

    A VF in a VLAN of its own can't be fenced by broadcasts as in exchange(): who should
    receive is waited for, and then all must be quiet.
    """
    got = {name: [] for name in net}

    def look():
        new = False
        for name, station in net.items():
            taken = station.take()
            got[name] += taken
            new = new or bool(taken)
        return new

    look()
    got = {name: [] for name in net}
    net[source].send(frames)
    for name, want in expected.items():
        wait_for(f"{name} receives {len(want)} frames", lambda name=name, want=want: look() and False
                 or len(got[name]) >= len(want), interval=0.05)
    quiet = 0
    while quiet < 5:
        quiet = 0 if look() else quiet + 1
        time.sleep(0.1)
    # QEMU's NIC brings a VF its own broadcast back.
    assert {name: taken for name, taken in got.items() if taken and name != source} == expected


def recover(station):
    """A VF does what its application does after RTE_ETH_EVENT_INTR_RESET."""
    station.testpmd.cmd("stop")
    for word in ("stop", "reset", "start"):
        station.cmd(f"port {word} {{}}")
    station.testpmd.cmd("start")
    station.testpmd.wait_link(station.port)


def test_vfs_of_a_port_vlan_see_each_other_untagged_and_nobody_else(net, wanted):
    wanted(0, "vlan=100 qos=3")
    wanted(1, "vlan=100")
    everybody = numbered(BROADCAST, net["vf0"].mac)
    # The PF filters no VLANs, so it is in all that there are.
    tagged = numbered(BROADCAST, net["vf0"].mac, vlan=3 << 13 | 100, size=64)
    seen(net, "vf0", everybody, vf1=everybody, pf=tagged)
    own = numbered(net["vf1"].mac, net["vf0"].mac)
    seen(net, "vf0", own, vf1=own)
    # To who isn't in it, neither tagged nor untagged.
    seen(net, "vf0", numbered(net["vf2"].mac, net["vf0"].mac))
    seen(net, "vf2", numbered(net["vf1"].mac, net["vf2"].mac))


def test_a_trunk_sees_the_tag_and_priority_of_a_port_vlan(net, wanted):
    wanted(0, "vlan=100 qos=3")
    net["vf2"].cmd("vlan set filter on {}")
    net["vf2"].cmd("rx_vlan add 100 {}")
    try:
        tagged = numbered(net["vf2"].mac, net["vf0"].mac, vlan=3 << 13 | 100, size=64)
        seen(net, "vf0", numbered(net["vf2"].mac, net["vf0"].mac), vf2=tagged)
    finally:
        net["vf2"].cmd("rx_vlan rm 100 {}")


def test_a_vf_of_a_port_vlan_cannot_hop(net, wanted):
    wanted(1, "vlan=100")
    net["vf1"].cmd("vlan set filter on {}")
    assert "refuses to let the VF into a VLAN" in net["vf1"].cmd("rx_vlan add 200 {}")
    assert members(net["pf"].testpmd, 200) == 0


def test_a_vf_joins_only_vlans_of_its_trunk_and_loses_those_that_leave_it(net, wanted):
    wanted(1, "trunk=10-20,30")
    net["vf1"].cmd("vlan set filter on {}")
    assert "refuses" in net["vf1"].cmd("rx_vlan add 21 {}")
    assert "refuses" not in net["vf1"].cmd("rx_vlan add 30 {}")
    frames = numbered(net["vf1"].mac, net["vf0"].mac, vlan=30)
    seen(net, "vf0", frames, vf1=frames)
    wanted(1, "trunk=10-20")
    seen(net, "vf0", frames)
    net["vf1"].cmd("rx_vlan rm 30 {}")


def test_tags_are_stripped_for_who_wants_them_stripped(net, wanted):
    net["vf1"].cmd("vlan set filter on {}")
    net["vf1"].cmd("rx_vlan add 40 {}")
    try:
        frames = numbered(net["vf1"].mac, net["vf0"].mac, vlan=40, size=100)
        seen(net, "vf0", frames, vf1=frames)
        wanted(1, "strip=on")
        seen(net, "vf0", frames, vf1=numbered(net["vf1"].mac, net["vf0"].mac, size=96))
    finally:
        net["vf1"].cmd("rx_vlan rm 40 {}")


def test_untagged_frames_get_the_vlan_to_insert(net, wanted):
    wanted(0, "insert=50")
    net["vf1"].cmd("vlan set filter on {}")
    net["vf1"].cmd("rx_vlan add 50 {}")
    try:
        tagged = numbered(net["vf1"].mac, net["vf0"].mac, vlan=50, size=64)
        seen(net, "vf0", numbered(net["vf1"].mac, net["vf0"].mac), vf1=tagged)
    finally:
        net["vf1"].cmd("rx_vlan rm 50 {}")


# QEMU's NIC knows neither MPME nor ROPE: all_multicast and unknown_unicast show in registers only.
@pytest.mark.parametrize(("text", "target", "gets"), [
    ("broadcast=off", BROADCAST, False), ("broadcast=on", BROADCAST, True),
    ("macs=" + OTHER, OTHER, True), ("macs=none", OTHER, False),
    ("untagged=off", None, False), ("untagged=on", None, True),
    ("rx=off", None, False), ("rx=on", None, True),
])
def test_a_vf_receives_what_it_may(net, wanted, text, target, gets):
    wanted(1, text)
    frames = numbered(target or net["vf1"].mac, net["vf0"].mac)
    expected = {"vf1": frames} if gets else {}
    if target == BROADCAST:
        expected |= {"vf2": frames, "pf": frames}
    seen(net, "vf0", frames, **expected)


@pytest.mark.parametrize("tx", ["off", "on"])
def test_a_vf_sends_only_while_it_may(net, wanted, tx):
    wanted(1, f"tx={tx}")
    frames = numbered(net["vf0"].mac, net["vf1"].mac)
    seen(net, "vf1", frames, **({"vf0": frames} if tx == "on" else {}))
    if tx == "off":
        # What it couldn't send lies in its ring: a reset empties that.
        wanted(1, "tx=on")
        recover(net["vf1"])
        for station in net.values():
            station.take()


def test_a_new_address_comes_with_the_vfs_reset(net, wanted):
    old = net["vf1"].mac
    wanted(1, f"mac={MAC}")
    recover(net["vf1"])
    try:
        assert net["vf1"].mac == MAC
        frames = numbered(MAC, net["vf0"].mac)
        seen(net, "vf0", frames, vf1=frames)
        seen(net, "vf0", numbered(old, net["vf0"].mac))
    finally:
        wanted(1, f"mac={old}")
        recover(net["vf1"])
    assert net["vf1"].mac == old


def test_a_locked_address_cannot_be_changed(net, wanted):
    wanted(1, "mac_locked=on")
    assert "error" in net["vf1"].cmd("mac_addr set {} " + MAC)
    assert "error" in net["vf1"].cmd("mac_addr add {} " + MAC)


def test_only_addresses_of_the_list_can_be_taken(net, wanted):
    wanted(1, f"allow_macs={MAC}")
    assert "error" in net["vf1"].cmd("mac_addr add {} " + OTHER)
    assert "error" not in net["vf1"].cmd("mac_addr add {} " + MAC)
    net["vf1"].cmd("mac_addr remove {} " + MAC)


def test_promiscuity_is_granted_to_who_may_and_taken_back(net, wanted):
    assert "refuses promiscuous mode" in net["vf1"].cmd("set promisc {} on") + net["vf1"].testpmd.log
    wanted(1, "trust=on")
    net["vf1"].cmd("set promisc {} on")
    assert "Promiscuous mode: enabled" in net["vf1"].cmd("show port info {}")
    assert settings_info(net, 1)["promisc"] == 1
    wanted(1, "trust=off")
    assert settings_info(net, 1)["promisc"] == 0
    net["vf1"].cmd("set promisc {} off")


def settings_info(net, vf):
    return net["pf"].testpmd.telemetry(f"/vfctl/vf,0,{vf}")["/vfctl/vf"]["info"]


def test_a_vf_whose_link_is_off_hears_of_it_and_of_its_return(net, wanted):
    wanted(1, "state=off")
    net["vf1"].testpmd.wait_link(net["vf1"].port, up=False)
    pf = net["pf"].testpmd
    assert register(pf, "VFRE") & BIT == 0 and register(pf, "VFTE") & BIT == 0
    wanted(1, "state=auto")
    recover(net["vf1"])
    frames = numbered(net["vf1"].mac, net["vf0"].mac)
    seen(net, "vf0", frames, vf1=frames)


def test_vfs_reach_each_other_only_while_the_switch_loops_back(net):
    pf = net["pf"].testpmd
    frames = numbered(net["vf1"].mac, net["vf0"].mac)
    pf.telemetry("/vfctl/port_set,0,loopback=off")
    try:
        seen(net, "vf0", frames)
    finally:
        pf.telemetry("/vfctl/port_set,0,loopback=on")
    seen(net, "vf0", frames, vf1=frames)


def test_an_mtu_beyond_the_limit_is_refused(net, wanted):
    wanted(1, "max_mtu=1600")
    assert "refuses" in net["vf1"].cmd("port config mtu {} 1700") + net["vf1"].testpmd.tail(5)


def test_what_a_vf_sent_and_received_is_counted_and_forgotten(net):
    pf = net["pf"].testpmd

    def counts(vf):
        return pf.telemetry(f"/vfctl/vf,0,{vf}")["/vfctl/vf"]["stats"]

    for vf in (0, 1):
        pf.telemetry(f"/vfctl/stats_reset,0,{vf}")
    assert counts(1)["rx_packets"] == counts(0)["tx_packets"] == 0
    frames = numbered(net["vf1"].mac, net["vf0"].mac)
    seen(net, "vf0", frames, vf1=frames)
    assert counts(1)["rx_packets"] >= len(frames) and counts(0)["tx_packets"] >= len(frames)
    assert counts(1)["rx_bytes"] >= sum(map(len, frames))
    before = counts(1)
    net["vf1"].cmd("mac_addr set {} " + net["vf0"].mac)
    assert counts(1)["refused"]["mac_taken"] == before["refused"]["mac_taken"] + 1


def test_settings_outlive_a_restart_of_the_pf(net, wanted):
    wanted(1, "vlan=100 max_tx_rate=100 spoofchk_mac=off")
    pf = net["pf"].testpmd
    before = settings(pf)
    pf.cmd("stop")
    pf.restart(0)
    pf.cmd("start")
    assert settings(pf) == before
    assert members(pf, 100) == BIT and register(pf, "VMVIR1") & 0xFFF == 100
    assert register(pf, "DTXSWC") >> VF & 1 == 0
    pf.wait_link(0)
    for name in VFS:
        recover(net[name])


def test_vfs_come_and_go_while_the_pf_runs(places):
    api, _ = places["api"]
    api.ask("set 4 vlan=77")
    api.ask("num_vfs 5")
    assert "vfs=5 exists=1" in api.ask("info 4")
    assert api.ask("get 4 vlan") == "77"
    vf = os.readlink(f"/sys/bus/pci/devices/{PORTS[1]}/virtfn4").rpartition("/")[2]
    with Testpmd([vf], driver=OURS, name="fifth"):
        assert members(api, 77) == 1 << 4
        with pytest.raises(Refused, match="(?s)held|open"):
            api.ask("num_vfs 2")
    api.ask("num_vfs 2")
    assert "vfs=2 exists=0" in api.ask("info 4")
    assert "num-vfs" in api.ask("events")
    api.ask("num_vfs 3")
    api.ask("set 4 vlan=0")


def test_an_application_vetoes_what_policy_allows(places):
    api, _ = places["api"]
    vf = os.readlink(f"/sys/bus/pci/devices/{PORTS[1]}/virtfn0").rpartition("/")[2]
    with Testpmd([vf], driver=OURS, name="vetoed") as guest:
        api.ask("veto 1")
        assert "error" in guest.cmd(f"mac_addr set 0 {STRANGER}")
        assert "vetoed=1" in api.ask("stats 0")
        api.ask("veto -1")
        assert "error" not in guest.cmd(f"mac_addr set 0 {STRANGER}")
