/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * ethdev_pci.h and ethdev_driver.h: what their inline functions do with the ethdev library, whose
 * part this file plays, in a primary and in a secondary process.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ethdev_driver.h>
#include <ethdev_pci.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			printf("%s:%d: %s\n", __func__, __LINE__, #condition); \
			failures++; \
		} \
	} while (0)

#define PRIVATE_SIZE 100
#define DEVICE_NAME  "0000:01:00.0"

static unsigned int failures;

/* The ethdev library's side. */
static struct {
	enum rte_proc_type_t process;
	bool port_exists; /* what the primary allocated, for a secondary */
	bool local_memory_full;
	bool memory_full;
	int init_result;
	unsigned int announced;
	unsigned int released;
	unsigned int inits;
} lib;

static struct rte_eth_dev_data port_data;
static struct rte_eth_dev port;
static uint64_t memory[16];
static struct rte_pci_driver driver;
static struct rte_pci_device device;

enum rte_proc_type_t
rte_eal_process_type(void)
{
	return lib.process;
}

struct rte_eth_dev *
rte_eth_dev_allocate(const char *name)
{
	CHECK(lib.process == RTE_PROC_PRIMARY);
	CHECK(strcmp(name, DEVICE_NAME) == 0);
	if (lib.port_exists)
		return NULL;
	port.data = &port_data;
	port.state = RTE_ETH_DEV_UNUSED;
	return &port;
}

struct rte_eth_dev *
rte_eth_dev_attach_secondary(const char *name)
{
	CHECK(lib.process == RTE_PROC_SECONDARY);
	CHECK(strcmp(name, DEVICE_NAME) == 0);
	port.data = &port_data;
	return lib.port_exists ? &port : NULL;
}

struct rte_eth_dev *
rte_eth_dev_allocated(const char *name)
{
	CHECK(strcmp(name, DEVICE_NAME) == 0);
	return lib.port_exists ? &port : NULL;
}

int
rte_eth_dev_release_port(struct rte_eth_dev *dev)
{
	CHECK(dev == &port);
	lib.released++;
	return 0;
}

void
rte_eth_dev_probing_finish(struct rte_eth_dev *dev)
{
	CHECK(dev == &port);
	CHECK(lib.inits == 1);
	lib.announced++;
}

void *
rte_zmalloc_socket(const char *type, size_t size, unsigned int align, int socket)
{
	RTE_SET_USED(type);
	RTE_SET_USED(align);
	CHECK(size == PRIVATE_SIZE);
	CHECK(socket == device.device.numa_node);
	return lib.local_memory_full || lib.memory_full ? NULL : memory;
}

void *
rte_zmalloc(const char *type, size_t size, unsigned int align)
{
	RTE_SET_USED(type);
	RTE_SET_USED(align);
	CHECK(size == PRIVATE_SIZE);
	return lib.memory_full ? NULL : memory;
}

/* The driver's side. */
static int
init(struct rte_eth_dev *dev)
{
	lib.inits++;
	CHECK(dev->device == &device.device);
	CHECK(RTE_ETH_DEV_TO_PCI(dev) == &device);
	CHECK(dev->intr_handle == device.intr_handle);
	CHECK(lib.announced == 0);
	return lib.init_result;
}

static void
setup(enum rte_proc_type_t process)
{
	memset(&lib, 0, sizeof(lib));
	memset(&port, 0, sizeof(port));
	memset(&port_data, 0, sizeof(port_data));
	memset(&device, 0, sizeof(device));
	lib.process = process;
	lib.port_exists = process == RTE_PROC_SECONDARY;
	driver.drv_flags = RTE_PCI_DRV_NEED_MAPPING | RTE_PCI_DRV_INTR_LSC;
	device.driver = &driver;
	device.device.name = DEVICE_NAME;
	device.device.numa_node = 1;
	device.intr_handle = (struct rte_intr_handle *)memory;
}

static int
probe(void)
{
	return rte_eth_dev_pci_generic_probe(&device, PRIVATE_SIZE, init);
}

static void
test_probe_in_primary(void)
{
	setup(RTE_PROC_PRIMARY);
	port_data.dev_flags = RTE_ETH_DEV_INTR_RMV; /* a former owner's */
	CHECK(probe() == 0);
	CHECK(port_data.dev_private == memory);
	CHECK(port_data.dev_flags == RTE_ETH_DEV_INTR_LSC);
	CHECK(port_data.numa_node == 1);
	CHECK(lib.announced == 1);
	CHECK(lib.released == 0);

	setup(RTE_PROC_PRIMARY);
	lib.local_memory_full = true;
	CHECK(probe() == 0);
	CHECK(port_data.dev_private == memory);
}

static void
test_probe_in_secondary(void)
{
	setup(RTE_PROC_SECONDARY);
	port_data.dev_flags = RTE_ETH_DEV_INTR_RMV;
	port_data.numa_node = 7;
	CHECK(probe() == 0);
	CHECK(port_data.dev_private == NULL);
	CHECK(port_data.dev_flags == RTE_ETH_DEV_INTR_RMV);
	CHECK(port_data.numa_node == 7);
	CHECK(lib.announced == 1);

	setup(RTE_PROC_SECONDARY);
	lib.port_exists = false;
	CHECK(probe() == -ENOMEM);
	CHECK(lib.inits == 0);
}

static void
test_probe_fails(void)
{
	setup(RTE_PROC_PRIMARY);
	lib.port_exists = true;
	CHECK(probe() == -ENOMEM);
	CHECK(lib.inits == 0 && lib.released == 0 && lib.announced == 0);

	setup(RTE_PROC_PRIMARY);
	lib.memory_full = true;
	CHECK(probe() == -ENOMEM);
	CHECK(lib.inits == 0 && lib.released == 1 && lib.announced == 0);

	setup(RTE_PROC_PRIMARY);
	lib.init_result = -EIO;
	CHECK(probe() == -EIO);
	CHECK(lib.inits == 1 && lib.released == 1 && lib.announced == 0);
}

static void
test_remove(void)
{
	setup(RTE_PROC_PRIMARY);
	CHECK(rte_eth_dev_pci_generic_remove(&device, init) == 0);
	CHECK(lib.inits == 0 && lib.released == 0);

	setup(RTE_PROC_PRIMARY);
	CHECK(probe() == 0);
	lib.port_exists = true;
	lib.announced = 0;
	CHECK(rte_eth_dev_pci_generic_remove(&device, init) == 0);
	CHECK(lib.inits == 2 && lib.released == 1);

	lib.init_result = -EBUSY;
	CHECK(rte_eth_dev_pci_generic_remove(&device, init) == -EBUSY);
	CHECK(lib.released == 1);

	/* A secondary's half that is released already. */
	setup(RTE_PROC_SECONDARY);
	port.state = RTE_ETH_DEV_UNUSED;
	CHECK(rte_eth_dev_pci_generic_remove(&device, init) == 0);
	CHECK(lib.inits == 0 && lib.released == 0);
}

static void
test_link_status(void)
{
	const struct rte_eth_link up = {
		.link_speed = 1000,
		.link_duplex = RTE_ETH_LINK_FULL_DUPLEX,
		.link_status = RTE_ETH_LINK_UP,
	};
	const struct rte_eth_link slower = {
		.link_speed = 100,
		.link_status = RTE_ETH_LINK_UP,
	};
	struct rte_eth_link read;

	setup(RTE_PROC_PRIMARY);
	port.data = &port_data;
	CHECK(rte_eth_linkstatus_set(&port, &up) == 0);
	CHECK(rte_eth_linkstatus_set(&port, &slower) == -1);
	rte_eth_linkstatus_get(&port, &read);
	CHECK(read.link_speed == 100 && read.link_status == RTE_ETH_LINK_UP);
}

/* No assertion at compile time reaches a bit: the byte is the one before rx_queue_state. */
static void
test_mode_bits(void)
{
	const uint8_t *byte = &port_data.rx_queue_state[0] - 1;

	setup(RTE_PROC_PRIMARY);
	port_data.promiscuous = 1;
	CHECK(*byte == 0x01);
	port_data.scattered_rx = 1;
	CHECK(*byte == 0x03);
	port_data.all_multicast = 1;
	CHECK(*byte == 0x07);
	port_data.dev_started = 1;
	CHECK(*byte == 0x0f);
	port_data.lro = 1;
	CHECK(*byte == 0x1f);
	port_data.dev_configured = 1;
	CHECK(*byte == 0x3f);
	port_data.flow_configured = 1;
	CHECK(*byte == 0x7f);
}

int
main(void)
{
	test_probe_in_primary();
	test_probe_in_secondary();
	test_probe_fails();
	test_remove();
	test_link_status();
	test_mode_bits();
	if (failures != 0)
		printf("%u checks failed\n", failures);
	return failures != 0;
}
