/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_QUEUE_H
#define IGBIOV_QUEUE_H

/**
 * @file
 * Rings, shared by PF and VF. A burst sees its queue struct and nothing else:
 * the hot members come first, the rest isn't touched in bursts.
 */

#include <ethdev_driver.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "igbiov_desc.h"
#include "igbiov_hw.h"

#define IGBIOV_RX_FREE_THRESH 64
#define IGBIOV_TX_RS_THRESH   32

/** Counts of one queue; the burst's lcore writes, anyone reads. */
struct igbiov_queue_stats {
	uint64_t packets;
	uint64_t bytes;	 /**< As in the mbuf: no CRC. */
	uint64_t errors; /**< RX: frames dropped as malformed; TX: mbufs the chip can't take. */
};

/** Descriptors that a vector burst may read beyond a ring's end; never done, and nobody's. */
#define IGBIOV_RX_PAD 16

struct igbiov_rxq {
	volatile union igbiov_rx_desc *ring;
	struct rte_mbuf **sw_ring; /**< The mbuf behind each descriptor. */
	volatile void *tail_reg;
	struct rte_mempool *pool;
	uint64_t mbuf_init; /**< Image of rearm_data. */
	/** Of ol_flags what isn't the frame's: EXTERNAL, for a pool of those. */
	uint64_t flags_init;
	uint16_t next;	      /**< Descriptor to look at. */
	uint16_t refill;      /**< First descriptor without an mbuf. */
	uint16_t nb_hold;     /**< Descriptors without an mbuf. */
	uint16_t free_thresh; /**< Refill in batches of so many; divides nb_desc. */
	uint16_t nb_desc;
	bool drop_rest; /**< Inside a frame that is being dropped. */
	struct igbiov_queue_stats stats __rte_cache_aligned;
	struct rte_mbuf *first, *last; /**< Frame under way over several buffers. */
	/**
	 * From an mbuf's address to that of the octet where its frame begins, when that is
	 * one distance for the whole pool: then arming a descriptor reads no mbuf. Else 0.
	 */
	uint64_t data_distance;
	/** Most that a descriptor may say to be in its buffer; as often as a vector wants it. */
	uint32_t max_len[4];

	/* Not touched in bursts where all goes well. */
	uint64_t alloc_failed __rte_cache_aligned; /**< mbufs that the pool didn't have. */
	uint32_t offloads;			   /* RTE_ETH_RX_OFFLOAD_ fit 32 bits here */
	uint32_t reg_base;			   /**< Block of registers in BAR 0. */
	rte_iova_t ring_iova;
	uint32_t buf_size; /**< Octets the chip may write, whole KiB. */
	uint16_t queue_id;
	uint16_t port_id;
	uint8_t pthresh, hthresh, wthresh;
	bool drop_en;
	bool deferred; /**< Waits for its own start when the port starts. */
	const struct rte_memzone *mz;
	uint64_t missed;	  /**< RQDPC so far; the register forgets when read. */
	struct rte_mbuf pad_mbuf; /**< Behind the descriptors of the pad. */

	/*
	 * Header split. On such a queue a descriptor's place in sw_ring or hdr_ring holds an
	 * mbuf as long as it is ours, and else NULL; one that a frame didn't use stays there.
	 */
	struct rte_mbuf **hdr_ring;  /**< The mbuf for each descriptor's headers; NULL: no split. */
	uint16_t hdr_size;	     /**< Octets of headers that the chip may write. */
	uint32_t psrtype;	     /**< Frames that it splits. */
	union rte_eth_rxseg segs[2]; /**< As asked for. */
};

/** Descriptors whose last one carries RS: what is done, and freed, together. */
struct igbiov_tx_block {
	struct rte_mempool *pool; /**< Of all its mbufs when these go back as they are, or NULL. */
	uint16_t nb_descs;
	uint16_t nb_mbufs;
	uint16_t nb_packets;
};

/**
 * What the last packet asked for. The next that asks for the same goes without a look at its
 * details: the chip holds its context. By rows of 16 octets, as vectors load them.
 */
struct igbiov_tx_kind {
	uint64_t single; /**< TX_SINGLE. */
	uint64_t flags;	 /**< TX_KIND_FLAGS of its ol_flags, or TX_NO_KIND. */
	/** Its VLAN tag, as by TX_VLAN(), and of tx_offload the lengths of its headers. */
	uint64_t vlan, lens;
	uint64_t vlan_mask, lens_mask; /**< As far as it asked for them. */
	uint64_t address;	       /**< 0 */
	uint64_t cmd;		       /**< Second half of its descriptor, lengths left out. */
	uint32_t no_min[3];
	uint32_t min_len; /**< All of the headers that the chip works on. */
	uint32_t no_max[3];
	uint32_t max_len;
	uint32_t more; /**< max_len - min_len */
} __rte_cache_aligned;

struct igbiov_txq {
	volatile union igbiov_tx_desc *ring;
	/**
	 * mbufs under way, oldest first, one for each data descriptor. A context has none, so
	 * this ring's places aren't those of the descriptors; it has as many.
	 */
	struct rte_mbuf **sw_ring;
	volatile void *tail_reg;
	/** Head write-back: the descriptor up to which the chip has sent. NULL: DD says it. */
	volatile uint32_t *head;
	struct igbiov_tx_block *blocks; /**< Oldest first. */
	/**
	 * Written since the last RS: in its place at the tail from the beginning. A copy to there would
	 * take loads across stores just made, which wait until these and all before them are in
	 * the cache, descriptors among them whose lines the chip has.
	 */
	struct igbiov_tx_block *open;
	uint16_t block_head, block_tail; /**< Free-running; block_mask wraps them. */
	uint16_t block_mask;
	uint16_t next;	  /**< Descriptor to write. */
	uint16_t clean;	  /**< Oldest descriptor not yet freed. */
	uint16_t sw_next; /**< Place of the next mbuf. */
	uint16_t sw_clean;
	uint16_t nb_free;
	uint16_t nb_desc;
	uint16_t free_thresh;
	uint16_t rs_thresh;
	bool one_pool; /**< All mbufs are of one: MBUF_FAST_FREE was asked for. */

	struct igbiov_tx_kind last;
	struct igbiov_queue_stats stats;

	/* Not touched by packets of the last one's kind. */
	struct igbiov_tx_context {
		uint32_t vlan_macip, type_cmd, mss_idx;
	} ctx __rte_cache_aligned; /**< What the chip holds, so as not to send it again. */
	bool ctx_valid;
	struct igbiov_tx_mt *mt; /**< For several threads, or NULL. */
	uint64_t offloads;
	uint32_t reg_base;
	rte_iova_t ring_iova;
	uint16_t queue_id;
	uint16_t port_id;
	uint8_t pthresh, hthresh, wthresh;
	bool deferred;
	const struct rte_memzone *mz;
};

/* igbiov_queue.c, igbiov_queue_run.c: control path. ethdev serialises these per port. */

/** Offloads that any queue here can have. VF: what its PF decides is left out. */
#define IGBIOV_RX_OFFLOADS \
	(RTE_ETH_RX_OFFLOAD_CHECKSUM | RTE_ETH_RX_OFFLOAD_SCATTER | \
	 RTE_ETH_RX_OFFLOAD_VLAN_FILTER | RTE_ETH_RX_OFFLOAD_BUFFER_SPLIT)
#define IGBIOV_TX_OFFLOADS \
	(RTE_ETH_TX_OFFLOAD_VLAN_INSERT | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
	 RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM | \
	 RTE_ETH_TX_OFFLOAD_SCTP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO | \
	 RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE | \
	 RTE_ETH_TX_OFFLOAD_MT_LOCKFREE)

int igbiov_rxq_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		     unsigned int socket_id, const struct rte_eth_rxconf *conf,
		     struct rte_mempool *pool);
int igbiov_txq_setup(struct rte_eth_dev *dev, uint16_t queue_id, uint16_t nb_desc,
		     unsigned int socket_id, const struct rte_eth_txconf *conf);
void igbiov_rxq_release(struct rte_eth_dev *dev, uint16_t queue_id);
void igbiov_txq_release(struct rte_eth_dev *dev, uint16_t queue_id);
void igbiov_rxq_info_get(struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_rxq_info *info);
void igbiov_txq_info_get(struct rte_eth_dev *dev, uint16_t queue_id, struct rte_eth_txq_info *info);

/** Fills limits, thresholds and ring sizes of dev_info that PF and VF share. */
void igbiov_queue_dev_info(struct rte_eth_dev_info *info);

/**
 * One queue of a started port, while the others go on; nobody may poll it meanwhile. A
 * stop gives every mbuf back, and waits up to 10 ms for what is to be sent; bursts on a
 * stopped queue move nothing. The chip drops frames for a stopped RX queue: take it out
 * of the redirection table first.
 * @return 0; -ENOMEM, RX: the mempool can't fill the ring; -ETIMEDOUT: the chip doesn't
 *   come up, and the queue stays stopped, or doesn't let go, and it stays started;
 *   -ENODEV: the function has gone, at a start. Each with a log line.
 */
int igbiov_rx_queue_start(struct rte_eth_dev *dev, uint16_t queue_id);
int igbiov_rx_queue_stop(struct rte_eth_dev *dev, uint16_t queue_id);
int igbiov_tx_queue_start(struct rte_eth_dev *dev, uint16_t queue_id);
int igbiov_tx_queue_stop(struct rte_eth_dev *dev, uint16_t queue_id);

/**
 * A ring in the driver's hands: whoever polls a queue that rests gets nothing, its TX
 * burst sends nothing, and neither rings a doorbell. Of TX, mbufs under way are freed.
 */
void igbiov_rxq_rest(struct igbiov_rxq *rxq);
void igbiov_txq_rest(struct igbiov_txq *txq);

/**
 * Gives the rings to the chip, but for those of deferred start: fills RX rings,
 * programs both kinds, enables them, and chooses the bursts.
 * @return 0; -ENOMEM when a mempool can't fill a ring; -ETIMEDOUT when a queue
 *   doesn't come up; -EINVAL when one isn't set up, or not for what the port now is.
 *   On failure nothing stays enabled.
 */
int igbiov_queues_start(struct rte_eth_dev *dev);

/** Takes the rings back and frees every mbuf in them; works on a dead function. */
void igbiov_queues_stop(struct rte_eth_dev *dev);

/** Is an MTU's frame longer than a buffer, or are there scattered frames anyway? */
bool igbiov_queues_need_scatter(const struct rte_eth_dev *dev, uint16_t mtu);

/** Does the chip have any ring of ours? */
bool igbiov_queues_running(const struct rte_eth_dev *dev);

/** Frees all queues; for close. */
void igbiov_queues_release(struct rte_eth_dev *dev);

struct igbiov_adapter;

/* igbiov_split.c: headers of a frame in one mempool's mbuf, the rest in another's. */

/** What a segment's proto_hdr can be. */
const uint32_t *igbiov_split_ptypes(struct rte_eth_dev *dev, size_t *nb);
/** Can the chip split so? 0, or -EINVAL with a log line. */
int igbiov_split_check(const struct igbiov_adapter *ad, uint16_t queue_id,
		       const struct rte_eth_rxconf *conf, uint16_t nb_desc);
/** Makes a queue that was checked split. 0 or -ENOMEM. */
int igbiov_split_make(struct igbiov_rxq *rxq, const struct rte_eth_rxconf *conf, uint16_t nb_desc,
		      unsigned int socket_id);
/** Does any queue of the port split? */
bool igbiov_split_any(const struct rte_eth_dev *dev);
/**
 * Tells the chip which frames to split: before the queues start.
 * @return 0, or -EINVAL with a log line when the queues disagree: the chip has one answer
 *   for all of a port.
 */
int igbiov_split_start(const struct rte_eth_dev *dev);
/** Frees what is in both rings. */
void igbiov_split_drain(struct igbiov_rxq *rxq);

/* igbiov_bursts.c */

/** Can this CPU do the bursts that a devarg asked for? 0, or -ENOTSUP with a log line. */
int igbiov_bursts_check(const struct igbiov_adapter *ad);

/** Chooses the burst functions; also for a secondary process, which has its own. */
void igbiov_bursts_choose(struct rte_eth_dev *dev);

/** May several threads send on one queue? A port's, not a queue's: it has one TX burst. */
bool igbiov_tx_mt_asked(const struct rte_eth_dev *dev);

int igbiov_rx_burst_mode_get(struct rte_eth_dev *dev, uint16_t queue_id,
			     struct rte_eth_burst_mode *mode);
int igbiov_tx_burst_mode_get(struct rte_eth_dev *dev, uint16_t queue_id,
			     struct rte_eth_burst_mode *mode);

/**
 * For a core that sleeps on memory (UMONITOR): where the next frame will show, and how.
 * On the lcore that polls the queue, anew for each sleep. igbiov_monitor.c
 */
struct rte_power_monitor_cond;
int igbiov_monitor_addr(void *rxq, struct rte_power_monitor_cond *condition);

/* igbiov_recycle.c: mbufs from a TX queue straight to an RX queue; one lcore has both. */
void igbiov_recycle_rxq_info_get(struct rte_eth_dev *dev, uint16_t queue_id,
				 struct rte_eth_recycle_rxq_info *info);
/** Moves what the chip has sent to where the RX queue lacks mbufs. @return how many. */
uint16_t igbiov_recycle_tx_reuse(void *txq, struct rte_eth_recycle_rxq_info *info);
/** Gives the chip n mbufs that were put behind the RX queue's next descriptors. */
void igbiov_recycle_rx_refill(void *rxq, uint16_t n);

/* igbiov_rx.c, igbiov_tx.c: data path. One lcore per queue; no locks, no logs. */

/** Frames over several buffers, too. */
uint16_t igbiov_rx_burst_scattered(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
/** One buffer a frame; what is longer is dropped and counted. */
uint16_t igbiov_rx_burst(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
/** Splits headers off, on queues that do; the others get igbiov_rx_burst_scattered(). */
uint16_t igbiov_rx_burst_split(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
/** As igbiov_rx_burst(), by vectors; each needs its CPU. */
uint16_t igbiov_rx_burst_sse(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_rx_burst_avx2(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_rx_burst_avx512(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
/** As igbiov_rx_burst_scattered(); frames in one buffer by vectors. */
uint16_t igbiov_rx_burst_sse_scattered(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_rx_burst_avx2_scattered(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_rx_burst_avx512_scattered(void *rxq, struct rte_mbuf **pkts, uint16_t nb_pkts);
/** All send whatever the chip can; the vectors are for runs of packets of one kind. */
uint16_t igbiov_tx_burst(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_tx_burst_sse(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_tx_burst_avx2(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_tx_burst_avx512(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
/** The same for several threads on one queue: igbiov_tx_mt.h. */
uint16_t igbiov_tx_burst_mt(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_tx_burst_sse_mt(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_tx_burst_avx2_mt(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
uint16_t igbiov_tx_burst_avx512_mt(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
/**
 * Says which packets the chip can't take, and sets pseudo-header sums.
 * @return count of good packets in front; rte_errno says what ails the next.
 */
uint16_t igbiov_tx_prepare(void *txq, struct rte_mbuf **pkts, uint16_t nb_pkts);
int igbiov_rx_descriptor_status(void *rxq, uint16_t offset);
int igbiov_tx_descriptor_status(void *txq, uint16_t offset);
uint32_t igbiov_rx_queue_count(void *rxq);
/** Descriptors in use, sent or not: until the next look for what is done. */
int igbiov_tx_queue_count(void *txq);
int igbiov_tx_done_cleanup(void *txq, uint32_t free_cnt);

/** What the descriptor of a frame's last buffer says of the whole frame. */
void igbiov_rx_describe(const struct igbiov_rxq *rxq, struct rte_mbuf *m,
			const volatile union igbiov_rx_desc *desc);

/**
 * Takes out what is longer than its buffer: no frame, whoever says so. Freed and counted.
 * @return how many are left.
 */
unsigned int igbiov_rx_expel(struct igbiov_rxq *rxq, struct rte_mbuf **pkts, unsigned int n);

/** Gives mbufs to descriptors that lack one, in batches; for start and bursts. */
void igbiov_rxq_refill(struct igbiov_rxq *rxq);
/** The same for a queue that splits. */
void igbiov_rxq_refill_split(struct igbiov_rxq *rxq);

#endif /* IGBIOV_QUEUE_H */
