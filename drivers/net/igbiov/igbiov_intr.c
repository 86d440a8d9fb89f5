/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <errno.h>
#include <string.h>

#include <rte_interrupts.h>

#include "igbiov_ethdev.h"
#include "igbiov_intr.h"
#include "igbiov_vf.h"

#define MISC_VECTOR	   0
#define MISC_INTERVAL_US   500
#define UNREGISTER_TRIES   100
#define UNREGISTER_STEP_US 1000
/*
 * The VF's mailbox vector. QEMU's model takes VTIVAR_MISC's number as a mask of
 * vectors, so that 0 means none and 1 means vector 0; the chip takes it as a
 * number. With 1, the chip raises vector 1 and the model vector 0: both end in
 * the same eventfd.
 */
#define VF_MBX_VECTOR  1
#define VF_VECTORS     2
#define VF_VECTOR_MASK 0x7u

static void
pf_handler(void *arg)
{
	struct rte_eth_dev *dev = arg;
	struct igbiov_adapter *ad = dev->data->dev_private;
	uint32_t icr = hw_rd(&ad->hw, REG(ICR));
	uint32_t events = 0;

	/* All ones: the function is gone; removal is EAL's to tell. */
	if (icr != UINT32_MAX) {
		if (icr & ICR_LSC)
			events |= VFCTL_EV_LINK;
		if (icr & ICR_VMMB)
			events |= VFCTL_EV_VF;
		if (events != 0)
			vfctl_wake(ad->vfctl, events);
	}
	rte_intr_ack(dev->intr_handle);
}

static void
vf_handler(void *arg)
{
	struct rte_eth_dev *dev = arg;

	igbiov_vf_mailbox_look(dev);
	rte_intr_ack(dev->intr_handle);
}

static rte_intr_callback_fn
handler(const struct igbiov_adapter *ad)
{
	return ad->hw.chip.is_vf ? vf_handler : pf_handler;
}

/* One eventfd behind both of the VF's vectors: see VF_MBX_VECTOR. */
static int
vf_vectors(struct rte_intr_handle *handle)
{
	int ret = rte_intr_max_intr_set(handle, VF_VECTORS);

	if (ret == 0)
		ret = rte_intr_nb_efd_set(handle, VF_VECTORS - 1);
	if (ret == 0)
		ret = rte_intr_efds_index_set(handle, 0, rte_intr_fd_get(handle));
	return ret;
}

int
igbiov_intr_init(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	int ret;

	if (rte_intr_type_get(dev->intr_handle) != RTE_INTR_HANDLE_VFIO_MSIX) {
		IGBIOV_LOG(&ad->hw, ERR,
			   "no MSI-X: start EAL without --vfio-intr, or with --vfio-intr=msix");
		return -ENOTSUP;
	}
	igbiov_intr_disable(dev);
	ret = ad->hw.chip.is_vf ? vf_vectors(dev->intr_handle) : 0;
	if (ret == 0)
		ret = rte_intr_callback_register(dev->intr_handle, handler(ad), dev);
	if (ret == 0) {
		ret = rte_intr_enable(dev->intr_handle);
		if (ret != 0)
			rte_intr_callback_unregister(dev->intr_handle, handler(ad), dev);
	}
	if (ret != 0) {
		IGBIOV_LOG(&ad->hw, ERR, "can't set up MSI-X: %s", strerror(-ret));
		return ret < 0 ? ret : -EIO;
	}
	ad->intr_ready = true;
	return 0;
}

void
igbiov_intr_fini(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	int ret = 0;

	if (!ad->intr_ready)
		return;
	ad->intr_ready = false;
	igbiov_intr_disable(dev);
	rte_intr_disable(dev->intr_handle);
	/* The handler may be running on EAL's thread: -EAGAIN until it ends. */
	for (unsigned int i = 0; i < UNREGISTER_TRIES; i++) {
		ret = rte_intr_callback_unregister(dev->intr_handle, handler(ad), dev);
		if (ret != -EAGAIN)
			break;
		igbiov_delay_us(UNREGISTER_STEP_US);
	}
	if (ret < 0)
		IGBIOV_LOG(&ad->hw, WARNING, "interrupt handler still registered: %s",
			   strerror(-ret));
	if (ad->hw.chip.is_vf) {
		/* The handle's own fd isn't an event fd any more. */
		rte_intr_efds_index_set(dev->intr_handle, 0, -1);
		rte_intr_nb_efd_set(dev->intr_handle, 0);
		rte_intr_max_intr_set(dev->intr_handle, 0);
	}
}

void
igbiov_pf_intr_enable(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	const uint32_t vector = RTE_BIT32(MISC_VECTOR);
	uint32_t causes = ICR_LSC;

	if (ad->pools)
		causes |= ICR_VMMB;
	hw_wr(&ad->hw, REG(GPIE), GPIE_NSICR | GPIE_MSIX_MODE | GPIE_EIAME | GPIE_PBA);
	hw_wr(&ad->hw, REG(IVAR_MISC), (MISC_VECTOR | IVAR_VALID) << IVAR_MISC_OTHER_SHIFT);
	/* A flood of messages costs few interrupts, and an honest one waits little. */
	hw_wr(&ad->hw, REGN(EITR, MISC_VECTOR), EITR_INTERVAL(MISC_INTERVAL_US));
	hw_wr(&ad->hw, REG(MBVFIMR), ad->vf_listen);
	hw_rd(&ad->hw, REG(ICR));
	hw_wr(&ad->hw, REG(EIAC), vector);
	hw_wr(&ad->hw, REG(IMS), causes);
	hw_wr(&ad->hw, REG(EIMS), vector);
}

void
igbiov_vf_intr_enable(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;

	hw_rd(&ad->hw, REG(VTEICR));
	hw_wr(&ad->hw, REG(VTIVAR_MISC), VF_MBX_VECTOR | IVAR_VALID);
	hw_wr(&ad->hw, REG(VTEIAC), VF_VECTOR_MASK);
	hw_wr(&ad->hw, REG(VTEIAM), 0);
	hw_wr(&ad->hw, REG(VTEIMS), VF_VECTOR_MASK);
	ad->ivar_misc = hw_rd(&ad->hw, REG(VTIVAR_MISC));
}

bool
igbiov_vf_intr_lost(const struct rte_eth_dev *dev)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;

	return hw_rd(&ad->hw, REG(VTIVAR_MISC)) != ad->ivar_misc;
}

void
igbiov_intr_disable(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;

	if (ad->hw.chip.is_vf) {
		hw_wr(&ad->hw, REG(VTEIMC), UINT32_MAX);
		return;
	}
	hw_wr(&ad->hw, REG(IMC), UINT32_MAX);
	/* EIMS is shared: the other bits are the VFs' vectors, through which they hear of us. */
	hw_wr(&ad->hw, REG(EIMC), RTE_BIT32(MISC_VECTOR));
}
