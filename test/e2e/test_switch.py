# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) the igbiov authors
"""Who receives which frame: a PF, three of its VFs, and a port at the other end of the wire.

The far port is promiscuous: it sees all that leaves the NIC.
"""

import pytest
from lab import (BROADCAST, PORTS, bind, create_vfs, exchange, frame, numbered, stations,
                 wait_for)

pytestmark = pytest.mark.usefixtures("shared_nics")
GROUP = "01:00:5e:00:12:34"
OTHER_GROUP = "01:00:5e:00:43:21"
NOBODY = "02:00:00:00:99:99"
VFS = ("vf0", "vf1", "vf2")


@pytest.fixture(scope="module")
def net(shared_nics):
    for port in PORTS:
        bind(port, "vfio-pci")
    vfs = create_vfs(PORTS[0], 4)
    net = stations(["far"], [PORTS[1]], "far") | stations(["pf"], [PORTS[0]], "pf")
    net |= stations(VFS, vfs[:3], "vfs")
    net["pf"].cmd("set promisc {} off")
    for station in net.values():
        station.testpmd.wait_link(station.port)
    yield net
    for station in net.values():
        station.close()


def only(net, **expected):
    """What exchange() returns where these receive these frames and the others none."""
    return {name: expected.get(name, []) for name in net}


def without(received, *names):
    return {name: frames for name, frames in received.items() if name not in names}


@pytest.mark.parametrize(("source", "target"), [
    ("vf0", "vf1"), ("vf1", "vf0"), ("vf0", "pf"), ("pf", "vf0"),
    ("vf0", "far"), ("far", "vf0"), ("pf", "far"), ("far", "pf")])
def test_a_frame_reaches_its_owner_and_nobody_else(net, source, target):
    frames = numbered(net[target].mac, net[source].mac)
    assert exchange(net, source, frames) == only(net, **{target: frames})


def test_a_frame_to_nobody_leaves_by_the_wire_only(net):
    frames = numbered(NOBODY, net["vf0"].mac)
    assert exchange(net, "vf0", frames) == only(net, far=frames)


@pytest.mark.parametrize("source", ["vf0", "pf", "far"])
def test_broadcast_reaches_everybody(net, source):
    frames = numbered(BROADCAST, net[source].mac)
    everybody = {name: frames for name in net}
    assert without(exchange(net, source, frames), source) == without(everybody, source)


@pytest.mark.parametrize("member", ["vf1", "pf"])
def test_multicast_reaches_who_has_joined(net, member):
    from_wire = numbered(GROUP, net["far"].mac)
    from_vf = numbered(GROUP, net["vf0"].mac)
    assert exchange(net, "far", from_wire) == only(net)
    net[member].cmd("mcast_addr add {} " + GROUP)
    assert exchange(net, "far", from_wire) == only(net, **{member: from_wire})
    assert exchange(net, "vf0", from_vf) == only(net, **{member: from_vf}, far=from_vf)
    assert exchange(net, "far", numbered(OTHER_GROUP, net["far"].mac)) == only(net)
    net[member].cmd("mcast_addr remove {} " + GROUP)
    assert exchange(net, "far", from_wire) == only(net)


def test_a_frame_to_a_vf_is_not_seen_by_one_that_asks_for_all(net):
    sniffer = net["vf2"]
    assert "refuses promiscuous mode" in sniffer.cmd("set promisc {} on") + sniffer.testpmd.log
    assert "Promiscuous mode: disabled" in sniffer.cmd("show port info {}")
    sniffer.cmd("set allmulti {} on")
    assert "Allmulticast mode: disabled" in sniffer.cmd("show port info {}")
    frames = numbered(net["vf1"].mac, net["vf0"].mac)
    assert exchange(net, "vf0", frames)["vf2"] == []
    # The sniffer's eyes are open: the same frames, to its own address.
    frames = numbered(sniffer.mac, net["vf0"].mac)
    assert exchange(net, "vf0", frames)["vf2"] == frames


@pytest.mark.parametrize("source", ["far", "vf0"])
def test_a_tagged_frame_is_seen_only_by_vfs_of_its_vlan(net, source):
    member, stranger = net["vf1"], net["vf2"]
    own = numbered(member.mac, net[source].mac, vlan=100)
    strangers = numbered(stranger.mac, net[source].mac, vlan=100)
    everybodys = numbered(BROADCAST, net[source].mac, vlan=100)

    def seen(frames):
        return {name: got for name, got in exchange(net, source, frames).items()
                if name in ("vf1", "vf2")}

    def strange():
        return [seen(frames) for frames in (own, strangers, everybodys)]

    nothing = {"vf1": [], "vf2": []}
    assert strange() == [nothing] * 3
    member.cmd("vlan set filter on {}")
    member.cmd("rx_vlan add 100 {}")
    assert strange() == [{"vf1": own, "vf2": []}, nothing, {"vf1": everybodys, "vf2": []}]
    # Another's VLAN doesn't cut off who is untagged, and the other way round.
    plain = numbered(stranger.mac, net[source].mac)
    assert seen(plain) == {"vf1": [], "vf2": plain}
    stranger.cmd("vlan set filter on {}")
    stranger.cmd("rx_vlan add 100 {}")
    both = {"vf1": everybodys, "vf2": everybodys}
    assert strange() == [{"vf1": own, "vf2": []}, {"vf1": [], "vf2": strangers}, both]
    stranger.cmd("rx_vlan rm 100 {}")
    assert strange() == [{"vf1": own, "vf2": []}, nothing, {"vf1": everybodys, "vf2": []}]
    member.cmd("rx_vlan rm 100 {}")
    assert strange() == [nothing] * 3


def test_vlans_of_a_vf_are_limited(net):
    vf = net["vf0"]
    vf.cmd("vlan set filter on {}")
    answers = [vf.cmd(f"rx_vlan add {vid} {{}}") for vid in range(200, 210)]
    assert "refuses" not in answers[0]
    assert "refuses to let the VF into a VLAN" in answers[-1]
    for vid in range(200, 210):
        vf.cmd(f"rx_vlan rm {vid} {{}}")
    # Given back: there is room again.
    assert "refuses" not in vf.cmd("rx_vlan add 300 {}")
    vf.cmd("rx_vlan rm 300 {}")


@pytest.mark.parametrize(("station", "source"), [("vf0", "vf1"), ("vf0", "far"), ("pf", "vf1"), ("pf", "far")])
def test_a_new_address_works_and_the_old_one_no_more(net, station, source):
    changed, new = net[station], "02:11:22:33:44:55"
    old = changed.mac
    changed.cmd("mac_addr set {} " + new)
    try:
        assert changed.mac == new
        to_new, to_old = numbered(new, net[source].mac), numbered(old, net[source].mac)
        assert exchange(net, source, to_new) == only(net, **{station: to_new})
        assert exchange(net, source, to_old)[station] == []
    finally:
        changed.cmd("mac_addr set {} " + old)
    to_old = numbered(old, net[source].mac)
    assert exchange(net, source, to_old) == only(net, **{station: to_old})


@pytest.mark.parametrize(("thief", "owner"), [("vf0", "vf1"), ("vf0", "pf"), ("pf", "vf1")])
def test_nobody_gets_another_ones_address(net, thief, owner):
    own, theirs = net[thief].mac, net[owner].mac
    assert "error" in net[thief].cmd("mac_addr set {} " + theirs)
    assert "error" in net[thief].cmd("mac_addr add {} " + theirs)
    assert net[thief].mac == own
    for name in (thief, owner):
        frames = numbered(net[name].mac, net["far"].mac)
        assert exchange(net, "far", frames) == only(net, **{name: frames})


def test_the_address_a_vf_was_given_is_kept_for_it(net):
    given = net["vf1"].mac
    net["vf1"].cmd("mac_addr set {} 02:11:22:33:44:66")
    try:
        assert "error" in net["vf0"].cmd("mac_addr set {} " + given)
    finally:
        net["vf1"].cmd("mac_addr set {} " + given)
    frames = numbered(given, net["vf0"].mac)
    assert exchange(net, "vf0", frames) == only(net, vf1=frames)


@pytest.mark.parametrize("station", ["vf0", "pf"])
def test_more_addresses_up_to_the_quota(net, station):
    owner = net[station]
    extra = [f"02:aa:00:00:00:{n:02x}" for n in range(1, 30)]
    added = []
    for mac in extra:
        if "error" in owner.cmd("mac_addr add {} " + mac):
            break
        added.append(mac)
    try:
        assert 1 <= len(added) < len(extra)
        for mac in (added[0], added[-1], owner.mac):
            frames = numbered(mac, net["far"].mac, 8)
            assert exchange(net, "far", frames) == only(net, **{station: frames})
        # What was refused isn't received.
        frames = numbered(extra[len(added)], net["far"].mac, 8)
        assert exchange(net, "far", frames) == only(net)
    finally:
        for mac in added:
            owner.cmd("mac_addr remove {} " + mac)
    frames = numbered(added[0], net["far"].mac, 8)
    assert exchange(net, "far", frames) == only(net)


@pytest.mark.parametrize(("source", "target"), [("vf0", "vf1"), ("vf0", "pf"), ("far", "vf1"), ("pf", "far")])
def test_counters_count_frames_and_octets(net, source, target):
    a, b = net[source], net[target]
    frames = [frame(b.mac, a.mac, size=size) for size in (60, 64, 128, 500, 1000, 1514)]
    for station in (a, b):
        station.cmd("clear port stats {}")
        assert not any(station.testpmd.stats(station.port).values())
    a.send(frames)
    total = sum(map(len, frames))
    sent, received = a.testpmd, b.testpmd
    wait_for("frames counted", lambda: received.stats(b.port)["RX-packets"] == len(frames))
    tx, rx = sent.stats(a.port), received.stats(b.port)
    assert (tx["TX-packets"], tx["TX-bytes"], tx["TX-errors"]) == (len(frames), total, 0)
    assert (rx["RX-packets"], rx["RX-bytes"], rx["RX-errors"], rx["RX-missed"]) == (len(frames), total, 0, 0)
    tx, rx = sent.xstats(a.port), received.xstats(b.port)
    assert (tx["tx_good_packets"], tx["tx_q0_packets"], tx["tx_q0_bytes"]) == (len(frames), len(frames), total)
    assert (rx["rx_good_packets"], rx["rx_q0_packets"], rx["rx_q0_bytes"]) == (len(frames), len(frames), total)
