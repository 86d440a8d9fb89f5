/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

/* Counts an operation; its error if it is one that fails. */
static int
enter(struct fake *fake, enum fake_op op)
{
	fake->nb_ops[op]++;
	fake->ops++;
	if (fake->ops == fake->fail_at || (fake->failing & RTE_BIT32(op)) != 0)
		return -EIO;
	return 0;
}

static uint64_t
op_resets_take(void *priv)
{
	struct fake *fake = priv;

	return __atomic_exchange_n(&fake->resets, 0, __ATOMIC_ACQ_REL);
}

static uint64_t
op_requests_take(void *priv)
{
	struct fake *fake = priv;

	return __atomic_exchange_n(&fake->requests, 0, __ATOMIC_ACQ_REL);
}

static int
op_request_get(void *priv, uint16_t vf_id, struct vfctl_request *req)
{
	struct fake *fake = priv;
	struct fake_vf *vf = &fake->vf[vf_id];

	vf->nb_gets++;
	if (vf->holds_mailbox)
		return -EAGAIN;
	if (vf->lost)
		return -EIO;
	*req = vf->msg;
	if (fake->on_get != NULL)
		fake->on_get(fake, vf_id);
	return 0;
}

static int
op_request_answer(void *priv, uint16_t vf_id, const struct vfctl_request *req,
		  enum vfctl_verdict verdict, const struct rte_ether_addr *mac, bool clear_to_send)
{
	struct fake *fake = priv;
	struct fake_vf *vf = &fake->vf[vf_id];

	if (req->type != vf->msg.type)
		fake->misuse++;
	vf->verdict = verdict;
	vf->mac = *mac;
	vf->clear_to_send = clear_to_send;
	__atomic_fetch_add(&vf->nb_answers, 1, __ATOMIC_RELEASE);
	if (vf->floods)
		__atomic_fetch_or(&fake->requests, RTE_BIT64(vf_id), __ATOMIC_RELEASE);
	return vf->deaf ? -EIO : 0;
}

static int
op_vf_notify(void *priv, uint16_t vf_id, bool clear_to_send, enum vfctl_link_state state)
{
	struct fake *fake = priv;
	struct fake_vf *vf = &fake->vf[vf_id];

	vf->nb_tells++;
	if (vf->holds_mailbox)
		return -EAGAIN;
	vf->notice_cts = clear_to_send;
	vf->notice_state = state;
	__atomic_fetch_add(&vf->nb_notices, 1, __ATOMIC_RELEASE);
	return 0;
}

static int
op_vf_enable(void *priv, uint16_t vf_id, bool rx, bool tx)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_ENABLE);

	if (rc == 0) {
		fake->row[vf_id].enabled = rx || tx;
		fake->row[vf_id].rx = rx;
		fake->row[vf_id].tx = tx;
	}
	return rc;
}

static int
op_vf_defaults(void *priv, uint16_t vf_id)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_DEFAULTS);
	unsigned int i;

	if (rc != 0)
		return rc;
	for (i = 0; i < FAKE_FILTER; i++)
		if (fake->filter[i].owner == vf_id)
			fake->filter[i].owner = -1;
	fake->row[vf_id] = (struct fake_row){
		.enabled = fake->row[vf_id].enabled,
		.rx = fake->row[vf_id].rx,
		.tx = fake->row[vf_id].tx,
		.spoofchk_mac = true,
		.spoofchk_vlan = true,
		.accept = VFCTL_ACCEPT_DEFAULT,
		.queues = 1,
		.rate = fake->row[vf_id].rate,
	};
	return 0;
}

static struct fake_entry *
entry_of(struct fake *fake, const struct rte_ether_addr *mac)
{
	unsigned int i;

	for (i = 0; i < FAKE_FILTER; i++)
		if (fake->filter[i].owner >= 0 && rte_is_same_ether_addr(&fake->filter[i].mac, mac))
			return &fake->filter[i];
	return NULL;
}

static int
op_vf_mac_add(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct fake *fake = priv;
	unsigned int i;
	int rc = enter(fake, FAKE_MAC_ADD);

	if (entry_of(fake, mac) != NULL || rte_is_same_ether_addr(mac, &fake->pf_mac))
		fake->misuse++;
	if (rc != 0)
		return rc;
	for (i = 0; i < fake->filter_size; i++) {
		if (fake->filter[i].owner < 0) {
			fake->filter[i] = (struct fake_entry){ *mac, vf_id };
			return 0;
		}
	}
	return -ENOSPC;
}

static int
op_vf_mac_remove(void *priv, uint16_t vf_id, const struct rte_ether_addr *mac)
{
	struct fake *fake = priv;
	struct fake_entry *entry = entry_of(fake, mac);
	int rc = enter(fake, FAKE_MAC_REMOVE);

	if (entry == NULL || entry->owner != vf_id)
		fake->misuse++;
	else if (rc == 0)
		entry->owner = -1;
	return rc;
}

static int
op_vf_multicast_set(void *priv, uint16_t vf_id, const uint16_t *hash, uint16_t nb)
{
	struct fake *fake = priv;
	struct fake_row *row = &fake->row[vf_id];
	int rc = enter(fake, FAKE_MULTICAST);

	if (nb > VFCTL_MC_HASH_MAX) {
		fake->misuse++;
		return -EINVAL;
	}
	if (rc != 0)
		return rc;
	memset(row->hash, 0, sizeof(row->hash));
	memcpy(row->hash, hash, nb * sizeof(*hash));
	row->nb_hashes = nb;
	return 0;
}

static int
op_vf_vlan_set(void *priv, uint16_t vf_id, uint16_t vid, bool on)
{
	struct fake *fake = priv;
	struct fake_row *row = &fake->row[vf_id];
	int rc = enter(fake, FAKE_VLAN);

	if (vid == 0 || vid >= 4095 || ((row->vlan[vid / 64] & RTE_BIT64(vid % 64)) != 0) == on) {
		fake->misuse++;
		return -EINVAL;
	}
	if (rc != 0)
		return rc;
	row->vlan[vid / 64] ^= RTE_BIT64(vid % 64);
	row->nb_vlans += on ? 1 : -1;
	return 0;
}

static int
op_vf_max_frame_set(void *priv, uint16_t vf_id, uint32_t octets)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_MAX_FRAME);

	if (rc == 0)
		fake->row[vf_id].max_frame = octets;
	return rc;
}

static int
op_vf_accept_set(void *priv, uint16_t vf_id, uint32_t accept)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_ACCEPT);

	if (rc == 0)
		fake->row[vf_id].accept = accept;
	return rc;
}

static int
op_vf_spoofchk_set(void *priv, uint16_t vf_id, bool mac, bool vlan)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_SPOOFCHK);

	if (rc == 0) {
		fake->row[vf_id].spoofchk_mac = mac;
		fake->row[vf_id].spoofchk_vlan = vlan;
	}
	return rc;
}

static int
op_vf_tagging_set(void *priv, uint16_t vf_id, const struct vfctl_tagging *tagging)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_TAGGING);

	if (rc == 0)
		fake->row[vf_id].tagging = *tagging;
	return rc;
}

static int
op_vf_rate_set(void *priv, uint16_t vf_id, uint32_t mbps)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_RATE);

	if (rc == 0)
		fake->row[vf_id].rate = mbps;
	return rc;
}

static int
op_vf_queues_set(void *priv, uint16_t vf_id, uint16_t queues)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_QUEUES);

	if (rc == 0)
		fake->row[vf_id].queues = queues;
	return rc;
}

static int
op_vf_mirror_set(void *priv, uint16_t vf_id, const struct vfctl_mirror *mirror)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_MIRROR);

	if (rc == 0)
		fake->row[vf_id].mirror = *mirror;
	return rc;
}

static void
op_vf_listen(void *priv, uint64_t vfs)
{
	struct fake *fake = priv;

	fake->listening = vfs;
}

static enum vfctl_verdict
op_vf_ask_app(void *priv, uint16_t vf_id, const struct vfctl_request *req)
{
	struct fake *fake = priv;

	RTE_SET_USED(vf_id);
	RTE_SET_USED(req);
	if (fake->on_ask != NULL)
		fake->on_ask(fake);
	return fake->app;
}

static void
op_vf_stats_take(void *priv, uint16_t vf_id, struct vfctl_hw_stats *stats)
{
	struct fake *fake = priv;

	*stats = fake->vf[vf_id].counted;
	fake->vf[vf_id].counted = (struct vfctl_hw_stats){ 0 };
}

static uint64_t
op_spoofs_take(void *priv)
{
	struct fake *fake = priv;
	uint64_t spoofs = fake->spoofs;

	fake->spoofs = 0;
	return spoofs;
}

/* A chip that can't mirror what one VF sends, nor put service tags. */
static int
op_vf_settings_check(void *priv, uint16_t vf_id, const struct vfctl_settings *settings, char *why,
		     size_t size)
{
	RTE_SET_USED(priv);
	RTE_SET_USED(vf_id);
	if (settings->vlan_proto == RTE_ETHER_TYPE_QINQ) {
		snprintf(why, size, "vlan_proto: this chip has no 802.1ad");
		return -ENOTSUP;
	}
	if (settings->mirror.what & VFCTL_MIRROR_TX) {
		snprintf(why, size, "mirror: this chip can't mirror what a VF sends");
		return -ENOTSUP;
	}
	return 0;
}

static int
op_port_settings_set(void *priv, const struct vfctl_port_settings *settings)
{
	struct fake *fake = priv;
	int rc = enter(fake, FAKE_PORT);

	if (rc == 0)
		fake->settings = *settings;
	return rc;
}

static int
op_num_vfs_check(void *priv, uint16_t nb_vfs, char *why, size_t size)
{
	const struct fake *fake = priv;

	RTE_SET_USED(nb_vfs);
	if (fake->num_vfs_refused)
		snprintf(why, size, "VF 1 is open: process 99");
	return fake->num_vfs_refused ? -EBUSY : 0;
}

static int
op_num_vfs_set(void *priv, uint16_t nb_vfs, char *why, size_t size)
{
	struct fake *fake = priv;

	if (fake->on_num_vfs != NULL)
		fake->on_num_vfs(fake);
	if (fake->num_vfs_error != 0) {
		snprintf(why, size, "VF 2 is held by process 1234");
		return fake->num_vfs_error;
	}
	fake->nb_vfs = nb_vfs;
	fake->life++;
	return 0;
}

static uint16_t
op_num_vfs_get(void *priv)
{
	const struct fake *fake = priv;

	return fake->nb_vfs;
}

static uint64_t
op_life_get(void *priv)
{
	const struct fake *fake = priv;

	return fake->life;
}

static bool
op_pf_owns_mac(void *priv, const struct rte_ether_addr *mac)
{
	const struct fake *fake = priv;

	return rte_is_same_ether_addr(mac, &fake->pf_mac);
}

static void
op_link_changed(void *priv)
{
	struct fake *fake = priv;

	__atomic_fetch_add(&fake->nb_links, 1, __ATOMIC_RELEASE);
	if (fake->on_link != NULL)
		fake->on_link(fake);
}

const struct vfctl_ops fake_ops = {
	.resets_take = op_resets_take,
	.requests_take = op_requests_take,
	.request_get = op_request_get,
	.request_answer = op_request_answer,
	.vf_notify = op_vf_notify,
	.vf_enable = op_vf_enable,
	.vf_defaults = op_vf_defaults,
	.vf_mac_add = op_vf_mac_add,
	.vf_mac_remove = op_vf_mac_remove,
	.vf_multicast_set = op_vf_multicast_set,
	.vf_vlan_set = op_vf_vlan_set,
	.vf_max_frame_set = op_vf_max_frame_set,
	.vf_listen = op_vf_listen,
	.vf_ask_app = op_vf_ask_app,
	.vf_accept_set = op_vf_accept_set,
	.vf_spoofchk_set = op_vf_spoofchk_set,
	.vf_tagging_set = op_vf_tagging_set,
	.vf_rate_set = op_vf_rate_set,
	.vf_queues_set = op_vf_queues_set,
	.vf_mirror_set = op_vf_mirror_set,
	.vf_stats_take = op_vf_stats_take,
	.spoofs_take = op_spoofs_take,
	.vf_settings_check = op_vf_settings_check,
	.port_settings_set = op_port_settings_set,
	.num_vfs_check = op_num_vfs_check,
	.num_vfs_set = op_num_vfs_set,
	.num_vfs_get = op_num_vfs_get,
	.life_get = op_life_get,
	.pf_owns_mac = op_pf_owns_mac,
	.link_changed = op_link_changed,
};

int fake_thread_error;
char fake_thread_name[RTE_THREAD_INTERNAL_NAME_SIZE];

int __wrap_rte_thread_create_internal_control(rte_thread_t *id, const char *name,
					      rte_thread_func fn, void *arg);

int
__wrap_rte_thread_create_internal_control(rte_thread_t *id, const char *name, rte_thread_func fn,
					  void *arg)
{
	if (fake_thread_error != 0)
		return fake_thread_error;
	snprintf(fake_thread_name, sizeof(fake_thread_name), "%s", name);
	return -rte_thread_create(id, NULL, fn, arg);
}

void
fake_init(struct fake *fake)
{
	*fake = (struct fake){ .pf_mac = { { 0x00, 0x1b, 0x21, 0x01, 0x02, 0x03 } } };
	fake->filter_size = FAKE_FILTER;
	fake->nb_vfs = FAKE_VFS;
	fake->now_ns = VFCTL_NS_PER_S;
	fake_wipe(fake);
}

struct vfctl_conf
fake_conf(struct fake *fake)
{
	return (struct vfctl_conf){
		.name = "0000:01:00.0",
		.port_id = FAKE_PORT_ID,
		.pf_mac = &fake->pf_mac,
		.ops = &fake_ops,
		.priv = fake,
		.caps = {
			.nb_vfs = FAKE_VFS,
			.max_vfs = FAKE_VFS,
			.extra_macs = 2,
			.vlans = 4,
			.max_frame = 9728,
			.default_frame = 1522,
			.max_queues = 2,
			.max_rate = 1000,
		},
	};
}

static struct fake *clock_of; /* one port at a time has no thread */

static uint64_t
fake_now_ns(void)
{
	return clock_of->now_ns;
}

void
fake_start(struct fake *fake)
{
	struct vfctl_conf conf = fake_conf(fake);

	assert_int_equal(vfctl_port_new(&conf, &fake->port), 0);
	fake->port->thread.tick_ms = 500;
	clock_of = fake;
	fake->port->now_ns = fake_now_ns;
	assert_int_equal(vfctl_port_list_add(fake->port), 0);
	assert_int_equal(vfctl_start(fake->port), 0);
	vfctl_serve_round(fake->port);
}

void
fake_stop(struct fake *fake)
{
	vfctl_stop(fake->port);
	vfctl_port_list_remove(fake->port);
	free(fake->port);
	fake->port = NULL;
	assert_int_equal(fake->misuse, 0);
}

void
fake_wipe(struct fake *fake)
{
	unsigned int i;

	memset(fake->row, 0, sizeof(fake->row));
	for (i = 0; i < FAKE_FILTER; i++)
		fake->filter[i].owner = -1;
}

void
fake_send(struct fake *fake, uint16_t vf_id, const struct vfctl_request *req)
{
	fake->vf[vf_id].msg = *req;
	__atomic_fetch_or(&fake->requests, RTE_BIT64(vf_id), __ATOMIC_RELEASE);
}

enum vfctl_verdict
fake_ask(struct fake *fake, uint16_t vf_id, const struct vfctl_request *req)
{
	unsigned int before = fake->vf[vf_id].nb_answers;

	fake->now_ns += FAKE_MESSAGE_NS;
	fake_send(fake, vf_id, req);
	vfctl_serve_round(fake->port);
	assert_int_equal(fake->vf[vf_id].nb_answers, before + 1);
	return fake->vf[vf_id].verdict;
}

enum vfctl_verdict
fake_ask_reset(struct fake *fake, uint16_t vf_id)
{
	return fake_ask(fake, vf_id, &(struct vfctl_request){ .type = VFCTL_REQ_RESET });
}

enum vfctl_verdict
fake_ask_mac(struct fake *fake, uint16_t vf_id, enum vfctl_request_type type,
	     const struct rte_ether_addr *mac)
{
	return fake_ask(fake, vf_id, &(struct vfctl_request){ .type = type, .mac = *mac });
}

enum vfctl_verdict
fake_ask_vlan(struct fake *fake, uint16_t vf_id, uint16_t vid, bool on)
{
	return fake_ask(fake, vf_id,
			&(struct vfctl_request){ .type = VFCTL_REQ_VLAN, .vlan = { vid, on } });
}

enum vfctl_verdict
fake_ask_promisc(struct fake *fake, uint16_t vf_id, uint32_t promisc)
{
	return fake_ask(fake, vf_id,
			&(struct vfctl_request){ .type = VFCTL_REQ_PROMISC, .promisc = promisc });
}

enum vfctl_verdict
fake_ask_max_frame(struct fake *fake, uint16_t vf_id, uint32_t octets)
{
	return fake_ask(
		fake, vf_id,
		&(struct vfctl_request){ .type = VFCTL_REQ_MAX_FRAME, .max_frame = octets });
}

enum vfctl_verdict
fake_ask_multicast(struct fake *fake, uint16_t vf_id, uint16_t nb)
{
	struct vfctl_request req = { .type = VFCTL_REQ_MULTICAST, .mc.nb_hashes = nb };
	uint16_t i;

	for (i = 0; i < RTE_MIN(nb, VFCTL_MC_HASH_MAX); i++)
		req.mc.hash[i] = (uint16_t)(i * 31 + vf_id + 1);
	return fake_ask(fake, vf_id, &req);
}

void
fake_flr(struct fake *fake, uint16_t vf_id)
{
	fake->now_ns += FAKE_MESSAGE_NS;
	__atomic_fetch_or(&fake->resets, RTE_BIT64(vf_id), __ATOMIC_RELEASE);
	vfctl_serve_round(fake->port);
}

int
fake_owner(const struct fake *fake, const struct rte_ether_addr *mac)
{
	unsigned int i;

	for (i = 0; i < FAKE_FILTER; i++)
		if (fake->filter[i].owner >= 0 && rte_is_same_ether_addr(&fake->filter[i].mac, mac))
			return fake->filter[i].owner;
	return -1;
}

unsigned int
fake_nb_macs(const struct fake *fake, uint16_t vf_id)
{
	unsigned int i, nb = 0;

	for (i = 0; i < FAKE_FILTER; i++)
		nb += fake->filter[i].owner == vf_id;
	return nb;
}

struct rte_ether_addr
fake_mac(uint8_t n)
{
	return (struct rte_ether_addr){ { 0x02, 0xaa, 0, 0, 0, n } };
}

static void
check_vf(const struct fake *fake, uint16_t vf_id)
{
	const struct vfctl_vf *vf = &fake->port->vf[vf_id];
	const struct vfctl_held *held = &vf->held;
	const struct fake_row *row = &fake->row[vf_id];
	uint16_t i;

	assert_int_equal(held->nb_filter, fake_nb_macs(fake, vf_id));
	for (i = 0; i < held->nb_filter; i++)
		assert_int_equal(fake_owner(fake, &held->filter[i]), vf_id);
	assert_memory_equal(held->vlan, row->vlan, sizeof(row->vlan));
	assert_int_equal(held->nb_vlans, row->nb_vlans);
	assert_int_equal(held->nb_hashes, row->nb_hashes);
	assert_memory_equal(held->hash, row->hash, row->nb_hashes * sizeof(row->hash[0]));
	assert_int_equal(held->accept, row->accept);
	assert_int_equal(held->queues, row->queues);
	assert_memory_equal(&held->tagging, &row->tagging, sizeof(row->tagging));
	assert_int_equal(held->mirror.what, row->mirror.what);
	if (vf->max_tx_rate != VFCTL_RATE_UNKNOWN)
		assert_int_equal(vf->max_tx_rate, row->rate);

	if (!held->clear_to_send) {
		assert_false(row->enabled);
		return;
	}
	assert_int_equal(fake_owner(fake, &held->mac), vf_id);
	assert_int_equal(held->max_frame, row->max_frame);
	assert_in_range(row->max_frame, 64,
			vfctl_policy_max_frame(&vf->settings, &fake->port->caps));
	assert_int_equal(held->accept, vfctl_policy_accept(&vf->settings, held->promisc));
	assert_int_equal(held->promisc & ~vfctl_policy_promisc(&vf->settings), 0);
	assert_in_range(vfctl_held_vlans(held, &vf->settings), 0, vf->settings.max_vlans);
	for (i = 1; i < VFCTL_VLAN_NB - 1; i++)
		if (vfctl_held_vlan(held, i))
			assert_true(vfctl_policy_vlan_allowed(&vf->settings, i));
	assert_int_equal(row->rx, vf->settings.rx);
	assert_int_equal(row->tx, vf->settings.tx);
	assert_int_equal(row->queues, vf->settings.queues);
	assert_int_equal(row->rate, vf->settings.max_tx_rate);
	assert_int_equal(row->spoofchk_mac, vf->settings.spoofchk_mac);
	assert_int_equal(row->spoofchk_vlan, vf->settings.spoofchk_vlan);
	for (i = 0; i < held->nb_filter; i++)
		assert_true(vfctl_policy_mac_allowed(&vf->settings, &held->filter[i]));
}

void
fake_check(const struct fake *fake)
{
	unsigned int i, k;

	assert_int_equal(fake->misuse, 0);
	for (i = 0; i < FAKE_FILTER; i++) {
		if (fake->filter[i].owner < 0)
			continue;
		assert_false(rte_is_same_ether_addr(&fake->filter[i].mac, &fake->pf_mac));
		for (k = i + 1; k < FAKE_FILTER; k++)
			if (fake->filter[k].owner >= 0)
				assert_false(rte_is_same_ether_addr(&fake->filter[i].mac,
								    &fake->filter[k].mac));
	}
	for (i = 0; i < fake->port->caps.nb_vfs; i++)
		check_vf(fake, (uint16_t)i);
	/* who doesn't exist has nothing */
	for (; i < FAKE_VFS; i++)
		assert_int_equal(fake_nb_macs(fake, (uint16_t)i) + fake->row[i].nb_vlans +
					 fake->row[i].enabled,
				 0);
}
