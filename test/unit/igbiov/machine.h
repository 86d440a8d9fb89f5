/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef MACHINE_H
#define MACHINE_H

/*
 * A machine with one 82576: the drivers are probed as the PCI bus would do it,
 * and used through ethdev's API. What VFIO and the kernel would do (interrupts,
 * the number of VFs) is played here; see the --wrap options in meson.build.
 */

#include <stdlib.h>
#include <unistd.h>

#include "port.h"

#define MACHINE_FNS 9 /* seven VFs, one too many, the PF */

struct machine;

/* A function of the chip, and the port over it. */
struct function {
	struct machine *machine;
	unsigned int fn;
	struct rte_pci_device pci;
	struct rte_devargs devargs;
	bool probed;
	bool bus_master;
	uint16_t port_id;
	struct rte_mempool *pool;
	rte_intr_callback_fn handler;
	void *handler_arg;
	int nb_vectors; /* open; 0's interrupts end in the handler, the others' in an eventfd */
	unsigned int nb_lsc, nb_reset; /* events that the application saw */
};

struct machine {
	struct model *m;
	struct function f[MACHINE_FNS];
	bool no_iommu;
	bool no_msix;
	bool intr_fails; /* rte_intr_enable() does */
	bool deaf;	 /* interrupts are lost */
	/* sysfs and procfs */
	int sriov_error;
	bool vfs_held;
	unsigned int nb_creations;
};

struct machine *machine_new(unsigned int nb_vfs);
/* Closes what is open; fails the test on misuse, missing mbufs and leaked handlers. */
void machine_free(struct machine *machine);
void machine_numvfs(struct machine *machine, unsigned int nb_vfs);

/* A test that has a machine with so many VFs as *state. */
#define ON_MACHINE(f, nb_vfs) \
	cmocka_unit_test_prestate_setup_teardown(f, machine_setup, machine_teardown, \
						 (void *)(uintptr_t)(nb_vfs))
int machine_setup(void **state);
int machine_teardown(void **state);

/* Before probe; the text must outlive the function. */
void machine_devargs(struct function *f, char *args);

/* As the bus does it: what probe returned. */
int function_probe(struct machine *machine, unsigned int fn);
int function_remove(struct machine *machine, unsigned int fn);
struct function *machine_pf(struct machine *machine);
struct function *machine_vf(struct machine *machine, unsigned int vf);
struct igbiov_adapter *function_adapter(struct function *f);
/* One queue of each kind, 128 descriptors. */
int function_configure(struct function *f, uint64_t rx_offloads, uint16_t mtu);
/* Configures and starts; asserts that it works. */
void function_start(struct function *f);
/* Probes and starts the PF, and then the first `vfs` VFs. */
void machine_start(struct machine *machine, unsigned int vfs);

/* A frame; VLAN below 0: untagged. */
struct rte_mbuf *frame_new(struct function *f, const struct rte_ether_addr *dst,
			   const struct rte_ether_addr *src, int vlan, uint16_t len);
void frame_send(struct function *f, const struct rte_ether_addr *dst,
		const struct rte_ether_addr *src, int vlan);
/* Frees all that has arrived, and gives how many. */
unsigned int frames_take(struct function *f);
struct rte_ether_addr function_mac(const struct function *f);
/* Asked as an application does: RTE_ETH_LINK_UP, RTE_ETH_LINK_DOWN. */
bool link_is(struct function *f, uint16_t status);

/* Waits up to 5 s for what another thread does. */
#define EVENTUALLY(condition) \
	do { \
		for (int tries_ = 0; tries_ < 5000; tries_++) { \
			if (condition) \
				break; \
			usleep(1000); \
		} \
		assert_true(condition); \
	} while (0)

#endif /* MACHINE_H */
