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
 * What VTIVAR_MISC says for the mailbox's vector, 0. The chip takes it as a number.
 * QEMU's model takes it as a mask of vectors, so that 0 means none and 1 means
 * vector 0. So a VF begins with 1: the chip then shows the PF's answers in bit 1.
 */
#define VF_MISC_BY_NUMBER (MISC_VECTOR | IVAR_VALID)
#define VF_MISC_BY_MASK	  (RTE_BIT32(MISC_VECTOR) | IVAR_VALID)
/* RX queue n's vector is the next but n: EAL gives an eventfd of its own to each after 0. */
#define RX_VECTOR RTE_INTR_VEC_RXTX_OFFSET

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
	igbiov_intr_rx_close(dev);
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
}

/* --- RX queues --- */

/* VF and PF have these at the same offsets. */
static_assert(IGBIOV_EIMS == IGBIOV_VTEIMS && IGBIOV_EIMC == IGBIOV_VTEIMC &&
		      IGBIOV_EITR == IGBIOV_VTEITR,
	      "one function for PF and VF");

static uint32_t
rx_vector_mask(const struct igbiov_adapter *ad)
{
	return (RTE_BIT32(ad->nb_rx_intr) - 1) << RX_VECTOR;
}

int
igbiov_intr_rx_check(const struct rte_eth_dev *dev)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;
	uint16_t max = ad->hw.chip.nb_rx_vectors;

	if (!dev->data->dev_conf.intr_conf.rxq || dev->data->nb_rx_queues <= max)
		return 0;
	/* A vector for two queues would wake one's sleeper only. */
	IGBIOV_LOG(
		&ad->hw, ERR,
		"intr_conf.rxq with %u RX queues: there are vectors for %u; configure fewer queues",
		dev->data->nb_rx_queues, max);
	return -ENOTSUP;
}

/* EAL can only give all vectors to the kernel anew. Nothing is lost: they are masked. */
static int
rx_vectors(struct rte_intr_handle *handle, uint16_t nb)
{
	int ret;

	rte_intr_disable(handle);
	if (nb != 0) {
		ret = rte_intr_efd_enable(handle, nb);
		if (ret == 0)
			ret = rte_intr_vec_list_alloc(handle, "igbiov rx vectors", nb);
		for (uint16_t i = 0; i < nb && ret == 0; i++)
			ret = rte_intr_vec_list_index_set(handle, i, RX_VECTOR + i);
		if (ret != 0)
			return ret;
	} else {
		rte_intr_efd_disable(handle);
		rte_intr_vec_list_free(handle);
	}
	return rte_intr_enable(handle);
}

int
igbiov_intr_rx_open(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	uint16_t nb = dev->data->dev_conf.intr_conf.rxq ? dev->data->nb_rx_queues : 0;
	int ret;

	if (nb == 0)
		return 0;
	ad->nb_rx_intr = nb;
	ret = rx_vectors(dev->intr_handle, nb);
	if (ret == 0)
		return 0;
	IGBIOV_LOG(&ad->hw, ERR,
		   "can't set up %u vectors for RX queues (%s): configure without intr_conf.rxq",
		   nb, strerror(-ret));
	igbiov_intr_rx_close(dev);
	return ret < 0 ? ret : -EIO;
}

void
igbiov_intr_rx_close(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;

	if (ad->nb_rx_intr == 0)
		return;
	ad->nb_rx_intr = 0;
	if (rx_vectors(dev->intr_handle, 0) != 0)
		IGBIOV_LOG(&ad->hw, WARNING, "interrupts don't come back: reset the port");
}

static void
rx_interval(const struct igbiov_adapter *ad)
{
	for (uint16_t i = 0; i < ad->nb_rx_intr; i++)
		hw_wr(&ad->hw, REGN(EITR, RX_VECTOR + i), EITR_INTERVAL(ad->args.itr_us));
}

static int
rx_intr(struct rte_eth_dev *dev, uint16_t queue_id, uint32_t reg)
{
	const struct igbiov_adapter *ad = dev->data->dev_private;

	if (queue_id >= ad->nb_rx_intr) {
		IGBIOV_LOG(
			&ad->hw, ERR,
			"RX queue %u has no interrupt: set intr_conf.rxq, configure and start the port",
			queue_id);
		return -ENOTSUP;
	}
	hw_wr(&ad->hw, reg, RTE_BIT32(RX_VECTOR + queue_id));
	return 0;
}

/*
 * A frame that came while the vector was masked has left its cause in EICR, and the
 * chip sends it when this unmasks: what arrives between an application's last poll and
 * this write wakes it. So does, once, a frame that it had polled before: sleeping again
 * is cheaper than to look at the ring here. Bits are set by ones alone, so no lock.
 */
int
igbiov_rx_intr_enable(struct rte_eth_dev *dev, uint16_t queue_id)
{
	return rx_intr(dev, queue_id, REG(EIMS));
}

int
igbiov_rx_intr_disable(struct rte_eth_dev *dev, uint16_t queue_id)
{
	return rx_intr(dev, queue_id, REG(EIMC));
}

/* --- what the chip is told --- */

/* An entry of IVAR has queues n and n + 8, RX and TX, in its octets. */
static void
pf_rx_route(const struct igbiov_adapter *ad)
{
	for (uint16_t i = 0; i < ad->nb_rx_intr; i++) {
		uint16_t q = igbiov_hw_queue(ad, i);
		uint32_t shift = q < 8 ? 0 : 16;

		hw_rmw(&ad->hw, REGN(IVAR, q % 8), 0xFFu << shift,
		       (RX_VECTOR + i + IVAR_VALID) << shift);
	}
	rx_interval(ad);
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
	pf_rx_route(ad);
	hw_wr(&ad->hw, REG(EIAC), vector | rx_vector_mask(ad));
	/* A queue's interrupt masks itself: whoever polls now needs no second one. */
	hw_wr(&ad->hw, REG(EIAM), rx_vector_mask(ad));
	hw_wr(&ad->hw, REG(IMS), causes);
	hw_wr(&ad->hw, REG(EIMS), vector);
}

void
igbiov_vf_intr_try(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;

	hw_rd(&ad->hw, REG(VTEICR));
	hw_wr(&ad->hw, REG(VTIVAR_MISC), VF_MISC_BY_MASK);
}

/* VTIVAR has the octets of RX queue 0, TX queue 0, RX queue 1, TX queue 1. */
static void
vf_rx_route(const struct igbiov_adapter *ad)
{
	uint32_t vtivar = 0;

	for (uint16_t i = 0; i < ad->nb_rx_intr; i++)
		vtivar |= (RX_VECTOR + i + IVAR_VALID) << (16 * i);
	hw_wr(&ad->hw, REG(VTIVAR), vtivar);
	rx_interval(ad);
}

void
igbiov_vf_intr_enable(struct rte_eth_dev *dev)
{
	struct igbiov_adapter *ad = dev->data->dev_private;
	const uint32_t vector = RTE_BIT32(MISC_VECTOR);

	if (hw_rd(&ad->hw, REG(VTEICR)) & RTE_BIT32(1))
		hw_wr(&ad->hw, REG(VTIVAR_MISC), VF_MISC_BY_NUMBER);
	vf_rx_route(ad);
	hw_wr(&ad->hw, REG(VTEIAC), vector | rx_vector_mask(ad));
	hw_wr(&ad->hw, REG(VTEIAM), rx_vector_mask(ad));
	hw_wr(&ad->hw, REG(VTEIMS), vector);
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
