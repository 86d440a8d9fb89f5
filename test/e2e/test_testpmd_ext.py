# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""VF commands in testpmd's grammar, on a PF with three VFs, in the testpmd that is installed.

Each is read back by `show vf`; what it does is seen with frames, where QEMU's NIC does it,
or in the PF's registers. Port 1 of the PF's process is a tap's: another driver's.
"""

import json
import re
from pathlib import Path

import pytest
from lab import (PORTS, Testpmd, bind, create_vfs, exchange, numbered, stations, virtual_functions,
                 wait_for)

pytestmark = pytest.mark.usefixtures("shared_nics")
VFS = ("vf0", "vf1", "vf2")
STRANGER = "02:00:00:00:99:99"
EXTRA = "02:00:00:00:11:22"


@pytest.fixture(scope="module")
def net(shared_nics):
    for port in PORTS:
        bind(port, "vfio-pci")
    vfs = create_vfs(PORTS[0], 3)
    net = stations(["far"], [PORTS[1]], "far")
    net |= stations(["pf"], [PORTS[0]], "pf", launcher=True)
    net |= stations(VFS, vfs, "vfs")
    net["pf"].cmd("set promisc {} off")
    for station in net.values():
        station.testpmd.wait_link(station.port)
    yield net
    for station in net.values():
        station.close()


@pytest.fixture(scope="module")
def pf(net):
    return net["pf"].testpmd


def said(pf, command):
    """What a command printed, without what was logged and what else happened just then."""
    return re.sub(r"^(Port \d+: .* event|[A-Z_]+: .*)?\n", "", pf.cmd(command).replace(f"{command}\n", ""), flags=re.M)


def done(pf, command):
    """A command that says nothing, as those that succeed do."""
    assert said(pf, command) == "", command


def refused(pf, command):
    """The reason, one line."""
    answer = said(pf, command)
    assert re.fullmatch(r"error: .*\n", answer), f"{command}: {answer}"
    return answer


def fields(text):
    return dict(re.findall(r"^  ([a-z_]+): (.*)$", text, re.M))


def settings(pf, vf):
    return fields(pf.cmd(f"show vf 0 {vf}"))


def register(pf, name):
    return int(pf.telemetry(f"/ethdev/regs,0,{name}")["/ethdev/regs"]["group_0"][name], 16)


def bit(name, number):
    return lambda pf: register(pf, name) >> number & 1


def low(name, mask):
    return lambda pf: register(pf, name) & mask


# testpmd's own commands for one VF: the words before and after its number, values, the
# field that has them then, and where the chip has them (looked for at the first one).
OF_A_VF = [
    ("set vf mac antispoof 0 {vf} {}", ("off", "on"), "spoofchk_mac", bit("DTXSWC", 1), (0, 1)),
    ("set vf vlan antispoof 0 {vf} {}", ("off", "on"), "spoofchk_vlan", bit("DTXSWC", 9), (0, 1)),
    ("set vf vlan stripq 0 {vf} {}", ("on", "off"), "strip", bit("VMOLR1", 30), (1, 0)),
    ("set vf vlan insert 0 {vf} {}", ("77", "0"), "insert", low("VMVIR1", 0xFFF), (77, 0)),
    ("set vf broadcast 0 {vf} {}", ("off", "on"), "broadcast", bit("VMOLR1", 27), (0, 1)),
    ("set vf promisc 0 {vf} {}", ("on", "off"), "unknown_unicast", bit("VMOLR1", 26), (1, 0)),
    ("set vf allmulti 0 {vf} {}", ("on", "off"), "all_multicast", bit("VMOLR1", 28), (1, 0)),
    ("set port 0 vf {vf} rxmode AUPE {}", ("off", "on"), "untagged", bit("VMOLR1", 24), (0, 1)),
    ("set port 0 vf {vf} rxmode ROPE {}", ("on", "off"), "unknown_unicast", bit("VMOLR1", 26), (1, 0)),
    ("set port 0 vf {vf} rxmode BAM {}", ("off", "on"), "broadcast", bit("VMOLR1", 27), (0, 1)),
    ("set port 0 vf {vf} rxmode MPE {}", ("on", "off"), "all_multicast", bit("VMOLR1", 28), (1, 0)),
    ("set port 0 vf {vf} rx {}", ("off", "on"), "rx", bit("VFRE", 1), (0, 1)),
    ("set port 0 vf {vf} tx {}", ("off", "on"), "tx", bit("VFTE", 1), (0, 1)),
    ("set vf tx max-bandwidth 0 {vf} {}", ("100", "0"), "max_tx_rate", None, None),
    ("set port 0 vf {vf} rate {} queue_mask 0x3", ("200", "0"), "max_tx_rate", None, None),
]
# And those that it hasn't.
MORE_OF_A_VF = [
    ("set vf trust 0 {vf} {}", ("on", "off"), "trust", None, None),
    ("set vf link_state 0 {vf} {}", ("on", "auto"), "state", None, None),
    ("set vf max_tx_rate 0 {vf} {}", ("50", "0"), "max_tx_rate", None, None),
    ("set vf 0 {vf} trunk {} max_vlans 2", ("10-20,30", "all"), "trunk", None, None),
    ("set vf 0 {vf} mac_locked={}", ("on", "off"), "mac_locked", None, None),
]
OF_A_PORT = [
    ("set tx loopback 0 {}", ("off", "on"), "loopback", bit("DTXSWC", 31), (0, 1)),
    ("set all queues drop 0 {}", ("off", "on"), "drop_enable", lambda pf: register(pf, "QDE") != 0, (False, True)),
    ("set port 0 storm_broadcast {}", ("10", "0"), "storm_broadcast", None, None),
]


@pytest.mark.parametrize(("command", "values", "field", "look", "seen"), OF_A_VF + MORE_OF_A_VF,
                         ids=[row[0] for row in OF_A_VF + MORE_OF_A_VF])
def test_a_command_sets_what_it_says_of_its_vf_only(pf, command, values, field, look, seen):
    others = settings(pf, 0), settings(pf, 2)
    before = settings(pf, 1)
    for at, value in enumerate(values):
        done(pf, command.format(value, vf=1))
        assert settings(pf, 1)[field] == value
        if look:
            assert look(pf) == seen[at]
    assert settings(pf, 1) == before | ({"max_vlans": "2"} if "max_vlans" in command else {})
    assert (settings(pf, 0), settings(pf, 2)) == others


@pytest.mark.parametrize(("command", "values", "field", "look", "seen"), OF_A_PORT, ids=[row[0] for row in OF_A_PORT])
def test_a_command_sets_what_it_says_of_the_port(pf, command, values, field, look, seen):
    before = fields(pf.cmd("show vf 0"))
    for at, value in enumerate(values):
        done(pf, command.format(value))
        assert fields(pf.cmd("show vf 0"))[field] == value
        if look:
            assert look(pf) == seen[at]
    assert fields(pf.cmd("show vf 0")) == before


def only(net, source, frames):
    """Who received any of them, and what."""
    return {name: got for name, got in exchange(net, source, frames).items() if got}


def test_one_more_address_is_received_without_asking(net, pf):
    frames = numbered(EXTRA, net["vf0"].mac)
    assert only(net, "vf0", frames) == {"far": frames}
    done(pf, f"mac_addr add port 0 vf 1 {EXTRA}")
    assert settings(pf, 1)["macs"] == EXTRA
    assert only(net, "vf0", frames) == {"vf1": frames}
    assert EXTRA in refused(pf, f"mac_addr add port 0 vf 2 {EXTRA}").lower()
    done(pf, f"mac_addr remove port 0 vf 1 {EXTRA}")
    assert only(net, "vf0", frames) == {"far": frames}


def test_vlans_may_be_joined_and_not_any_more(net, pf):
    vf = net["vf1"]
    tagged = numbered(vf.mac, net["vf0"].mac, vlan=30)
    vf.cmd("vlan set filter on {}")
    done(pf, "set vf trunk 0 1 none")
    assert "refuses to let the VF into a VLAN" in vf.cmd("rx_vlan add 30 {}")
    done(pf, "rx_vlan add 30 port 0 vf 0x6")
    assert [settings(pf, n)["trunk"] for n in range(3)] == ["all", "30", "all"]
    assert "refuses" not in vf.cmd("rx_vlan add 30 {}")
    done(pf, "set vf vlan antispoof 0 0 off")
    assert only(net, "vf0", tagged) == {"vf1": tagged}
    # Stripped of its tag.
    done(pf, "set vf vlan stripq 0 1 on")
    assert only(net, "vf0", tagged) == {"vf1": [one[:12] + one[16:] for one in tagged]}
    done(pf, "set vf vlan stripq 0 1 off")
    done(pf, "rx_vlan rm 30 port 0 vf 0x2")
    assert settings(pf, 1)["trunk"] == "none"
    assert only(net, "vf0", tagged) == {}
    vf.cmd("rx_vlan rm 30 {}")
    for command in ("set vf vlan tag 0 1 on", "set vf untagged 0 1 on", "set vf vlan antispoof 0 0 on"):
        done(pf, command)
    assert settings(pf, 1)["trunk"] == "all"


def leave_by_the_wire(net, source, frames, expected):
    """Without exchange()'s own frames, which may be tagged, or kept from others, too."""
    net["far"].take()
    net[source].send(frames)
    got = []
    wait_for("frames leave by the wire", lambda: len(got.extend(net["far"].take()) or got) >= len(frames))
    assert got == expected


def test_frames_of_a_vf_get_the_tag_that_was_set(net, pf):
    plain = numbered(STRANGER, net["vf1"].mac)
    done(pf, "set vf vlan insert 0 1 77")
    try:
        leave_by_the_wire(net, "vf1", plain, numbered(STRANGER, net["vf1"].mac, vlan=77, size=64))
    finally:
        done(pf, "set vf vlan insert 0 1 0")
    leave_by_the_wire(net, "vf1", plain, plain)


def test_loopback_off_keeps_vfs_apart(net, pf):
    frames = numbered(net["vf1"].mac, net["vf0"].mac)
    done(pf, "set tx loopback 0 off")
    try:
        leave_by_the_wire(net, "vf0", frames, frames)
        assert net["vf1"].take() == []
    finally:
        done(pf, "set tx loopback 0 on")
    assert only(net, "vf0", frames) == {"vf1": frames}


def test_a_port_vlan_with_priority(net, pf):
    done(pf, "set vf vlan 0 1 100 qos 3")
    try:
        assert (settings(pf, 1)["vlan"], settings(pf, 1)["qos"]) == ("100", "3")
        assert register(pf, "VMVIR1") & 0xFFFF == 3 << 13 | 100
        assert "port VLAN 100" in refused(pf, "rx_vlan add 30 port 0 vf 0x2")
    finally:
        done(pf, "set vf 0 1 vlan 0 qos 0")


def test_statistics_are_shown_and_cleared(net, pf):
    done(pf, "clear vf stats 0 1")
    before = pf.cmd("show vf stats 0 1")
    assert "RX-packets: 0 " in before
    frames = numbered(net["vf1"].mac, net["far"].mac)
    exchange(net, "far", frames)
    shown = pf.cmd("show vf stats 0 1")
    assert int(re.search(r"RX-packets: (\d+)", shown)[1]) >= len(frames)
    net["vf1"].cmd("set promisc {} on")
    assert re.search(r"promisc\S*=1 ", pf.cmd("show vf stats 0 1"))
    assert "promisc" in pf.cmd("show vf events 0")
    done(pf, "clear vf stats 0 1")
    assert re.search(r"promisc\S*=0 ", pf.cmd("show vf stats 0 1"))


@pytest.mark.parametrize(("command", "why"), [
    ("set vf mac addr 0 1 ff:ff:ff:ff:ff:ff", "unicast"),
    ("set vf vlan insert 0 1 4095", "4094"),
    ("set vf vlan insert 0 9 5", "no VF 9"),
    ("rx_vlan add 4095 port 0 vf 1", "1 to 4094"),
    ("rx_vlan add 5 port 0 vf 0x80", "VF mask"),
    ("set vf tx max-bandwidth 0 1 1000000", "max_tx_rate"),
    ("set vf tc tx max-bandwidth 0 1 0 100", "no traffic classes"),
    ("set vf split drop 0 1 off", "set all queues drop 0 off"),
    ("set vf 0 1 vlan_proto 802.1ad vlan 5", "802.1ad"),
    ("set vf 0 1 nonsense 5", "nonsense"),
    ("set vf 0 1 vlan", "no value"),
    ("set port 0 default_pool 9", "default_pool"),
    ("set port 0 num_vfs 65", "no port has more"),
    ("vfctl apply 0 /nowhere.json", "/nowhere.json"),
    ("vfctl save 0 /nowhere/policy.json", "/nowhere"),
])
def test_what_cannot_be_done_says_why_and_changes_nothing(pf, command, why):
    before = [settings(pf, vf) for vf in range(3)], fields(pf.cmd("show vf 0"))
    assert why in refused(pf, command)
    assert ([settings(pf, vf) for vf in range(3)], fields(pf.cmd("show vf 0"))) == before


def test_a_rate_of_one_of_two_queues_is_refused(pf):
    done(pf, "set vf queues 0 1 2")
    try:
        assert "use 0x3" in refused(pf, "set port 0 vf 1 rate 100 queue_mask 0x1")
        done(pf, "set port 0 vf 1 rate 100 queue_mask 0x3")
        assert settings(pf, 1)["max_tx_rate"] == "100"
    finally:
        done(pf, "set vf 0 1 queues 1 max_tx_rate 0")


def test_policy_is_saved_and_applied(pf):
    path = Path("/tmp/testpmd-ext.json")
    done(pf, "set vf 0 2 max_tx_rate 55 trust on")
    done(pf, f"vfctl save 0 {path}")
    assert json.loads(path.read_text())["vfs"]["2"]["max_tx_rate"] == 55
    wanted = settings(pf, 2)
    done(pf, "set vf 0 2 max_tx_rate 0 trust off")
    assert settings(pf, 2) != wanted
    done(pf, f"vfctl apply 0 {path}")
    assert settings(pf, 2) == wanted
    done(pf, "set vf 0 2 max_tx_rate 0 trust off")


def test_another_drivers_port_answers_as_ever(pf):
    assert said(pf, "set vf mac antispoof 1 0 on") == "function not implemented\n"
    assert said(pf, "set vf vlan insert 1 0 5") == "function not implemented\n"
    assert said(pf, "set tx loopback 1 off") == "function not implemented\n"
    assert said(pf, "rx_vlan add 5 port 1 vf 1") == "function not implemented or supported\n"
    assert "net_tap0) has no VF control" in refused(pf, "set vf trust 1 0 on")


def test_help_lists_them(pf):
    assert "help vf" in pf.cmd("help")
    text = pf.cmd("help vf")
    for words in ("set vf mac addr (port_id)", "set port (port_id) num_vfs", "max_tx_rate: ", "storm_broadcast: "):
        assert words in text


def test_vfs_come_and_go(net, pf):
    """The last one: it takes the VFs from the others."""
    refused(pf, "set port 0 num_vfs 2")
    assert len(virtual_functions(PORTS[0])) == 3
    net["vf0"].testpmd.quit()
    done(pf, "release vf 0 1")
    done(pf, f"set vf mac addr 0 1 {EXTRA}")
    for count in (2, 0, 3):
        done(pf, f"set port 0 num_vfs {count}")
        assert len(virtual_functions(PORTS[0])) == count
        assert f"num_vfs: {count} of 7" in pf.cmd("show vf 0")
    with Testpmd(virtual_functions(PORTS[0])[1:2], name="again") as again:
        assert again.mac(0) == EXTRA == settings(pf, 1)["mac"]
