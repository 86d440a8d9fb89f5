/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_interrupts.h>

#include "nic.h"

#define INTEL	   0x8086
#define MAX_DRIVER 256

/* Offsets within a queue's block; both families agree. */
#define BASE_LOW       0x00
#define BASE_HIGH      0x04
#define LENGTH	       0x08
#define TAIL	       0x18
#define HEAD_WB	       0x38
#define HEAD_WB_ENABLE 1u

#define CTRL	   0x00
#define CTRL_RESET (1u << 26)
#define STATUS	   0x08
#define STATUS_UP  0x83 /* full duplex, link, 1 Gb/s */

#define MAILBOX_REQUEST	 0x01
#define MAILBOX_ANSWERED 0x30 /* PF's message, PF's acknowledgement */

#define MSG_RESET 0x01
#define MSG_ACK	  0x80000000u
#define MSG_NACK  0x40000000u
#define MSG_CTS	  0x20000000u
#define MSG_API	  0x08

#define RINGS_82576 \
	.mailbox = 0xC40, .mailbox_memory = 0x800, .rx = 0x2800, .tx = 0x3800, .stride = 0x100, \
	.ip_error = RXD_ERR_IPE, .l4_error = RXD_ERR_L4E

const struct nic_kind nic_82576_in_tree = { .driver = "net_e1000_igb_vf",
					    .device_id = 0x10CA,
					    RINGS_82576 };
const struct nic_kind nic_82576_ours = { .driver = "net_igbiov_vf",
					 .device_id = 0x10CA,
					 RINGS_82576 };
const struct nic_kind nic_82599_in_tree = { .driver = "net_ixgbe_vf",
					    .device_id = 0x10ED,
					    .mailbox = 0x2FC,
					    .mailbox_memory = 0x200,
					    .refused = MSG_API,
					    .rx = 0x1000,
					    .tx = 0x2000,
					    .stride = 0x40,
					    .ip_error = RTE_BIT32(31),
					    .l4_error = RTE_BIT32(30) };

static struct rte_pci_driver *drivers[MAX_DRIVER];
static struct nic *nics;

static volatile uint32_t *
reg(const struct nic *nic, uint32_t offset)
{
	return (volatile uint32_t *)(nic->bar + offset);
}

/* --- bus and interrupts: this program's symbols come before those of EAL and the PCI bus --- */

void
rte_pci_register(struct rte_pci_driver *driver)
{
	for (unsigned int i = 0; i < MAX_DRIVER; i++) {
		if (drivers[i] == NULL) {
			drivers[i] = driver;
			return;
		}
	}
}

void
rte_pci_unregister(struct rte_pci_driver *driver)
{
	(void)driver;
}

int
rte_pci_set_bus_master(const struct rte_pci_device *dev, bool enable)
{
	(void)dev;
	(void)enable;
	return 0;
}

int
rte_intr_callback_register(const struct rte_intr_handle *handle, rte_intr_callback_fn cb, void *arg)
{
	(void)handle;
	(void)cb;
	(void)arg;
	return 0;
}

int
rte_intr_callback_unregister(const struct rte_intr_handle *handle, rte_intr_callback_fn cb,
			     void *arg)
{
	(void)handle;
	(void)cb;
	(void)arg;
	return 1;
}

int
rte_intr_enable(const struct rte_intr_handle *handle)
{
	(void)handle;
	return 0;
}

int
rte_intr_disable(const struct rte_intr_handle *handle)
{
	(void)handle;
	return 0;
}

int
rte_intr_ack(const struct rte_intr_handle *handle)
{
	(void)handle;
	return 0;
}

/* --- the PF --- */

static void
answer(struct nic *nic)
{
	volatile uint32_t *words = reg(nic, nic->kind->mailbox_memory);
	uint32_t id = words[0] & 0xFFFF;

	if (id == MSG_RESET) {
		words[0] = MSG_RESET | MSG_ACK;
		words[1] = 0x00000002;
		words[2] = 0x0100;
		words[3] = 0;
	} else {
		words[0] |= id == nic->kind->refused ? MSG_NACK : MSG_ACK | MSG_CTS;
	}
	*reg(nic, nic->kind->mailbox) = MAILBOX_ANSWERED;
}

/*
 * Drivers wait for their PF with one of these, so the PF lives in them: no second thread, no real
 * time, and it works under valgrind.
 */
void
rte_delay_us_block(unsigned int us)
{
	rte_delay_us_sleep(us);
}

void
rte_delay_us_sleep(unsigned int us)
{
	(void)us;
	for (struct nic *nic = nics; nic != NULL; nic = nic->next) {
		if (*reg(nic, CTRL) & CTRL_RESET) {
			*reg(nic, CTRL) &= ~CTRL_RESET;
			/* Reset under way and reset done: neither, or the drivers would wait on. */
			*reg(nic, nic->kind->mailbox) = 0;
		} else if (*reg(nic, nic->kind->mailbox) & MAILBOX_REQUEST) {
			answer(nic);
		}
	}
}

/* --- a function --- */

static struct rte_pci_driver *
driver_find(const char *name)
{
	for (unsigned int i = 0; i < MAX_DRIVER && drivers[i] != NULL; i++)
		if (strcmp(drivers[i]->driver.name, name) == 0)
			return drivers[i];
	return NULL;
}

static void
pci_init(struct nic *nic, struct rte_pci_driver *driver, const char *devargs)
{
	static unsigned int count;
	struct rte_pci_device *pci = &nic->pci;

	snprintf(pci->name, sizeof(pci->name), "0000:%02x:10.0", ++count);
	snprintf(nic->args, sizeof(nic->args), "%s", devargs);
	nic->devargs.args = nic->args;
	pci->device.name = pci->name;
	pci->device.numa_node = SOCKET_ID_ANY;
	pci->device.devargs = &nic->devargs;
	pci->device.driver = &driver->driver;
	pci->driver = driver;
	pci->id.vendor_id = INTEL;
	pci->id.device_id = nic->kind->device_id;
	pci->kdrv = RTE_PCI_KDRV_VFIO;
	pci->mem_resource[0].addr = nic->bar;
	pci->mem_resource[0].len = NIC_BAR_LEN;
	pci->intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	rte_intr_type_set(pci->intr_handle, RTE_INTR_HANDLE_VFIO_MSIX);
}

struct nic *
nic_new(const struct nic_kind *kind, const char *devargs, uint16_t *port_id)
{
	struct rte_pci_driver *driver = driver_find(kind->driver);
	struct nic *nic;

	if (driver == NULL)
		return NULL;
	nic = calloc(1, sizeof(*nic));
	nic->kind = kind;
	nic->bar = mmap(NULL, NIC_BAR_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	*reg(nic, STATUS) = STATUS_UP;
	pci_init(nic, driver, devargs);
	nic->next = nics;
	nics = nic;
	if (driver->probe(driver, &nic->pci) != 0 ||
	    rte_eth_dev_get_port_by_name(nic->pci.name, port_id) != 0)
		return NULL;
	return nic;
}

static volatile void *
address(const struct nic *nic, uint32_t low)
{
	uint64_t iova = (uint64_t)*reg(nic, low + 4) << 32 | *reg(nic, low);

	/* IOVAs are virtual addresses here. */
	return (volatile void *)(uintptr_t)iova;
}

void
nic_attach(struct nic *nic, uint16_t nb_queues)
{
	for (uint16_t i = 0; i < nb_queues; i++) {
		struct nic_queue *q = &nic->queue[i];
		uint32_t rx = nic->kind->rx + i * nic->kind->stride;
		uint32_t tx = nic->kind->tx + i * nic->kind->stride;
		uint32_t head_wb = *reg(nic, tx + HEAD_WB);

		q->rx_ring = address(nic, rx + BASE_LOW);
		q->tx_ring = address(nic, tx + BASE_LOW);
		q->rx_size = *reg(nic, rx + LENGTH) / sizeof(q->rx_ring[0]);
		q->tx_size = *reg(nic, tx + LENGTH) / sizeof(q->tx_ring[0]);
		q->rx_tail = reg(nic, rx + TAIL);
		q->tx_tail = reg(nic, tx + TAIL);
		if (head_wb & HEAD_WB_ENABLE)
			q->head_wb = (volatile uint32_t *)((uintptr_t)address(nic, tx + HEAD_WB) &
							   ~3ul);
	}
}

volatile union igbiov_rx_desc *
nic_rx_next(struct nic_queue *q, uint32_t tail)
{
	volatile union igbiov_rx_desc *desc = &q->rx_ring[q->rx_head];

	if (q->rx_head == tail)
		return NULL;
	if (++q->rx_head == q->rx_size)
		q->rx_head = 0;
	return desc;
}
