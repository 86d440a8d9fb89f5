/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <stdio.h>
#include <string.h>

#include <rte_bus_pci.h>
#include <rte_interrupts.h>

#include "machine.h"

#define RING 128

static struct machine *the_machine;
static struct rte_pci_driver *drivers[2];

/* --- what the bus, VFIO and the kernel would do --- */

void __wrap_rte_pci_register(struct rte_pci_driver *driver);
int __wrap_rte_intr_callback_register(const struct rte_intr_handle *handle, rte_intr_callback_fn cb,
				      void *arg);
int __wrap_rte_intr_callback_unregister(const struct rte_intr_handle *handle,
					rte_intr_callback_fn cb, void *arg);
int __wrap_rte_intr_enable(const struct rte_intr_handle *handle);
int __wrap_rte_intr_disable(const struct rte_intr_handle *handle);
int __wrap_rte_intr_ack(const struct rte_intr_handle *handle);
int __wrap_rte_vfio_noiommu_is_enabled(void);
int __wrap_rte_pci_set_bus_master(const struct rte_pci_device *pci, bool enable);
int __wrap_igbiov_sriov_count(const char *pf);
int __wrap_igbiov_sriov_set(const char *pf, uint16_t nb_vfs, char *why, size_t size);
int __wrap_igbiov_sriov_holder(const char *pf, char *why, size_t size);
uint64_t __wrap_igbiov_sriov_life(const char *pf);

void
__wrap_rte_pci_register(struct rte_pci_driver *driver)
{
	drivers[drivers[0] != NULL] = driver;
}

static struct function *
function_of(const struct rte_intr_handle *handle)
{
	for (unsigned int i = 0; i < MACHINE_FNS; i++)
		if (the_machine->f[i].pci.intr_handle == handle)
			return &the_machine->f[i];
	fail_msg("an interrupt handle that is no function's");
	return NULL;
}

int
__wrap_rte_intr_callback_register(const struct rte_intr_handle *handle, rte_intr_callback_fn cb,
				  void *arg)
{
	struct function *f = function_of(handle);

	assert_null(f->handler);
	f->handler = cb;
	f->handler_arg = arg;
	return 0;
}

int
__wrap_rte_intr_callback_unregister(const struct rte_intr_handle *handle, rte_intr_callback_fn cb,
				    void *arg)
{
	struct function *f = function_of(handle);

	if (f->handler != cb || f->handler_arg != arg)
		return -ENOENT;
	f->handler = NULL;
	return 1;
}

int
__wrap_rte_intr_enable(const struct rte_intr_handle *handle)
{
	struct function *f = function_of(handle);

	if (f->machine->intr_fails)
		return -EIO;
	f->nb_vectors = RTE_MAX(rte_intr_max_intr_get(handle), 1);
	return 0;
}

int
__wrap_rte_intr_disable(const struct rte_intr_handle *handle)
{
	function_of(handle)->nb_vectors = 0;
	return 0;
}

int
__wrap_rte_intr_ack(const struct rte_intr_handle *handle)
{
	(void)handle;
	return 0;
}

int
__wrap_rte_vfio_noiommu_is_enabled(void)
{
	return the_machine->no_iommu;
}

int
__wrap_rte_pci_set_bus_master(const struct rte_pci_device *pci, bool enable)
{
	function_of(pci->intr_handle)->bus_master = enable;
	return 0;
}

int
__wrap_igbiov_sriov_count(const char *pf)
{
	assert_string_equal(pf, machine_pf(the_machine)->pci.name);
	return the_machine->m->nb_vfs;
}

int
__wrap_igbiov_sriov_set(const char *pf, uint16_t nb_vfs, char *why, size_t size)
{
	assert_string_equal(pf, machine_pf(the_machine)->pci.name);
	snprintf(why, size, "the kernel says so");
	if (the_machine->sriov_error != 0)
		return the_machine->sriov_error;
	the_machine->m->nb_vfs = nb_vfs;
	the_machine->nb_creations++;
	return 0;
}

int
__wrap_igbiov_sriov_holder(const char *pf, char *why, size_t size)
{
	assert_string_equal(pf, machine_pf(the_machine)->pci.name);
	if (the_machine->vfs_held)
		snprintf(why, size, "VF 0 is open: process 7");
	return the_machine->vfs_held ? -EBUSY : 0;
}

uint64_t
__wrap_igbiov_sriov_life(const char *pf)
{
	assert_string_equal(pf, machine_pf(the_machine)->pci.name);
	return the_machine->nb_creations;
}

/* Runs where the register access was made, with the model's lock held. */
static void
interrupt(struct model *m, unsigned int fn, unsigned int vector)
{
	struct machine *machine = m->arg;
	struct function *f = &machine->f[fn];
	uint64_t one = 1;

	if (machine->deaf || f->handler == NULL || (int)vector >= f->nb_vectors)
		return;
	if (vector == 0)
		f->handler(f->handler_arg);
	else if (write(rte_intr_efds_index_get(f->pci.intr_handle, vector - 1), &one,
		       sizeof(one)) != sizeof(one))
		fail_msg("vector %u has no eventfd", vector);
}

int
machine_setup(void **state)
{
	*state = machine_new((uintptr_t)*state);
	return 0;
}

int
machine_teardown(void **state)
{
	machine_free(*state);
	return 0;
}

void
machine_numvfs(struct machine *machine, unsigned int nb_vfs)
{
	machine->m->nb_vfs = nb_vfs;
}

void
machine_devargs(struct function *f, char *args)
{
	f->devargs.args = args;
	f->pci.device.devargs = &f->devargs;
}

static void
pci_init(struct machine *machine, unsigned int fn)
{
	struct function *f = &machine->f[fn];
	bool is_pf = fn == MODEL_PF;
	struct model *m = machine->m;

	f->machine = machine;
	f->fn = fn;
	snprintf(f->pci.name, sizeof(f->pci.name), is_pf ? "0000:01:00.0" : "0000:02:10.%u", fn);
	f->pci.device.name = f->pci.name;
	f->pci.device.numa_node = SOCKET_ID_ANY;
	/* No test finds what another one left. */
	machine_devargs(f, is_pf ? "state=none" : "");
	f->pci.driver = drivers[!is_pf];
	f->pci.device.driver = &f->pci.driver->driver;
	f->pci.id.vendor_id = 0x8086;
	f->pci.id.device_id = is_pf ? PF_DEVICE : VF_DEVICE;
	f->pci.kdrv = RTE_PCI_KDRV_VFIO;
	f->pci.mem_resource[0].addr = (void *)(uintptr_t)(is_pf ? m->pf_bar : m->vf_bar[fn]);
	f->pci.mem_resource[0].len = is_pf ? MODEL_PF_WINDOW : MODEL_VF_WINDOW;
	f->pci.intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	rte_intr_type_set(f->pci.intr_handle, RTE_INTR_HANDLE_VFIO_MSIX);
}

struct machine *
machine_new(unsigned int nb_vfs)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	the_machine = machine;
	machine->m = model_new();
	machine->m->arg = machine;
	machine->m->on_interrupt = interrupt;
	/* A VF's wait is in virtual time, its partner's thread lives in real time. */
	machine->m->real_sleep = nb_vfs != 0 ? 20 : 0;
	for (unsigned int fn = 0; fn < MACHINE_FNS; fn++)
		pci_init(machine, fn);
	machine_numvfs(machine, nb_vfs);
	return machine;
}

void
machine_free(struct machine *machine)
{
	struct model *m = machine->m;
	unsigned int missing = 0, handlers = 0;

	/* VFs first, as an operator would. */
	for (unsigned int fn = 0; fn < MACHINE_FNS; fn++) {
		struct function *f = &machine->f[fn];

		if (f->probed)
			function_remove(machine, fn);
		if (f->pool != NULL) {
			missing += rte_mempool_in_use_count(f->pool);
			rte_mempool_free(f->pool);
		}
		handlers += f->handler != NULL;
		rte_intr_instance_free(f->pci.intr_handle);
	}
	the_machine = NULL;
	free(machine);
	model_finish(m);
	if (missing != 0)
		fail_msg("%u mbufs are missing", missing);
	if (handlers != 0)
		fail_msg("%u interrupt handlers are left", handlers);
}

struct function *
machine_pf(struct machine *machine)
{
	return &machine->f[MODEL_PF];
}

struct function *
machine_vf(struct machine *machine, unsigned int vf)
{
	return &machine->f[vf];
}

static int
on_event(uint16_t port_id, enum rte_eth_event_type type, void *arg, void *ret)
{
	struct function *f = arg;

	(void)port_id;
	(void)ret;
	if (type == RTE_ETH_EVENT_INTR_LSC)
		__atomic_add_fetch(&f->nb_lsc, 1, __ATOMIC_RELAXED);
	else
		__atomic_add_fetch(&f->nb_reset, 1, __ATOMIC_RELAXED);
	return 0;
}

int
function_probe(struct machine *machine, unsigned int fn)
{
	struct function *f = &machine->f[fn];
	int ret = f->pci.driver->probe(f->pci.driver, &f->pci);

	if (ret != 0)
		return ret;
	f->probed = true;
	assert_int_equal(rte_eth_dev_get_port_by_name(f->pci.name, &f->port_id), 0);
	rte_eth_dev_callback_register(f->port_id, RTE_ETH_EVENT_INTR_LSC, on_event, f);
	rte_eth_dev_callback_register(f->port_id, RTE_ETH_EVENT_INTR_RESET, on_event, f);
	return 0;
}

int
function_remove(struct machine *machine, unsigned int fn)
{
	struct function *f = &machine->f[fn];

	rte_eth_dev_callback_unregister(f->port_id, RTE_ETH_EVENT_INTR_LSC, on_event, f);
	rte_eth_dev_callback_unregister(f->port_id, RTE_ETH_EVENT_INTR_RESET, on_event, f);
	f->probed = false;
	return f->pci.driver->remove(&f->pci);
}

struct igbiov_adapter *
function_adapter(struct function *f)
{
	return rte_eth_dev_allocated(f->pci.name)->data->dev_private;
}

int
function_configure(struct function *f, uint64_t rx_offloads, uint16_t mtu)
{
	const struct rte_eth_conf conf = {
		.rxmode = { .offloads = rx_offloads, .mtu = mtu },
		.txmode.offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT,
		.intr_conf.lsc = 1,
	};
	int ret;

	if (f->pool == NULL)
		f->pool = mempool_new(512, RTE_PKTMBUF_HEADROOM + 2048);
	ret = rte_eth_dev_configure(f->port_id, 1, 1, &conf);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(f->port_id, 0, RING, SOCKET_ID_ANY, NULL, f->pool);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(f->port_id, 0, RING, SOCKET_ID_ANY, NULL);
	return ret;
}

void
function_start(struct function *f)
{
	assert_int_equal(function_configure(f, 0, RTE_ETHER_MTU), 0);
	assert_int_equal(rte_eth_dev_start(f->port_id), 0);
}

void
machine_start(struct machine *machine, unsigned int vfs)
{
	assert_int_equal(function_probe(machine, MODEL_PF), 0);
	function_start(machine_pf(machine));
	for (unsigned int vf = 0; vf < vfs; vf++) {
		assert_int_equal(function_probe(machine, vf), 0);
		function_start(machine_vf(machine, vf));
	}
}

struct rte_mbuf *
frame_new(struct function *f, const struct rte_ether_addr *dst, const struct rte_ether_addr *src,
	  int vlan, uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(f->pool);
	uint8_t *data;

	assert_non_null(m);
	assert_in_range(len, RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN, rte_pktmbuf_tailroom(m));
	data = rte_pktmbuf_mtod(m, uint8_t *);
	m->data_len = len;
	m->pkt_len = len;
	memset(data, 0x5A, len);
	memcpy(data, dst, RTE_ETHER_ADDR_LEN);
	memcpy(data + RTE_ETHER_ADDR_LEN, src, RTE_ETHER_ADDR_LEN);
	data[12] = 0x88;
	data[13] = 0xB5;
	if (vlan >= 0) {
		data[12] = 0x81;
		data[13] = 0x00;
		data[14] = vlan >> 8;
		data[15] = vlan;
	}
	return m;
}

void
frame_send(struct function *f, const struct rte_ether_addr *dst, const struct rte_ether_addr *src,
	   int vlan)
{
	struct rte_mbuf *m = frame_new(f, dst, src, vlan, 100);

	assert_int_equal(rte_eth_tx_burst(f->port_id, 0, &m, 1), 1);
}

unsigned int
frames_take(struct function *f)
{
	struct rte_mbuf *pkts[RING];
	unsigned int total = 0;
	uint16_t n;

	while ((n = rte_eth_rx_burst(f->port_id, 0, pkts, RTE_DIM(pkts))) > 0) {
		rte_pktmbuf_free_bulk(pkts, n);
		total += n;
	}
	return total;
}

struct rte_ether_addr
function_mac(const struct function *f)
{
	return rte_eth_dev_allocated(f->pci.name)->data->mac_addrs[0];
}

bool
link_is(struct function *f, uint16_t status)
{
	struct rte_eth_link link;

	return rte_eth_link_get_nowait(f->port_id, &link) == 0 && link.link_status == status;
}
