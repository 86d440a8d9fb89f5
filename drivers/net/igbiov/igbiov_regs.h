/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#ifndef IGBIOV_REGS_H
#define IGBIOV_REGS_H

/**
 * @file
 * The 82576's registers, one row each: name, offset, stride, count, access and
 * the group that describes it in the datasheet's chapter on registers. Names are
 * the datasheet's. The same rows make the constants and the register dump.
 *
 * Access: RW, RO; RC is changed by reading, WO gives nothing back, W1C is
 * cleared by writing ones. Only RW, RO and W1C rows are dumped.
 */

#include <stdint.h>

#include <rte_bitops.h>

/* clang-format off */
#define IGBIOV_REGS(R)						\
	/* General */						\
	R(CTRL,		0x0000, 0, 1, RW, "General")		\
	R(STATUS,	0x0008, 0, 1, RO, "General")		\
	R(CTRL_EXT,	0x0018, 0, 1, RW, "General")		\
	R(MDIC,		0x0020, 0, 1, RW, "General")		\
	R(VET,		0x0038, 0, 1, RW, "General")		\
	R(LEDCTL,	0x0E00, 0, 1, RW, "General")		\
	/* NVM and semaphores */				\
	R(EECD,		0x0010, 0, 1, RW, "NVM")		\
	R(EERD,		0x0014, 0, 1, RW, "NVM")		\
	R(EEMNGCTL,	0x1010, 0, 1, RO, "NVM")		\
	R(SWSM,		0x5B50, 0, 1, RC, "Semaphores")		\
	R(SW_FW_SYNC,	0x5B5C, 0, 1, RW, "Semaphores")		\
	/* Flow control */					\
	R(FCAL,		0x0028, 0, 1, RW, "Flow control")		\
	R(FCAH,		0x002C, 0, 1, RW, "Flow control")		\
	R(FCT,		0x0030, 0, 1, RW, "Flow control")		\
	R(FCTTV,	0x0170, 0, 1, RW, "Flow control")		\
	R(FCRTL0,	0x2160, 0, 1, RW, "Flow control")		\
	R(FCRTH0,	0x2168, 0, 1, RW, "Flow control")		\
	R(FCRTV,	0x2460, 0, 1, RW, "Flow control")		\
	/* PCS, for SerDes media */				\
	R(PCS_CFG,	0x4200, 0, 1, RW, "PCS")		\
	R(PCS_LCTL,	0x4208, 0, 1, RW, "PCS")		\
	R(PCS_LSTS,	0x420C, 0, 1, RO, "PCS")		\
	R(CONNSW,	0x0034, 0, 1, RW, "General")		\
	/* Interrupts; the first five also lie at 0x1500, which QEMU doesn't know */ \
	R(ICR,		0x00C0, 0, 1, RC, "Interrupts")		\
	R(ICS,		0x00C8, 0, 1, WO, "Interrupts")		\
	R(IMS,		0x00D0, 0, 1, RW, "Interrupts")		\
	R(IMC,		0x00D8, 0, 1, WO, "Interrupts")		\
	R(IAM,		0x00E0, 0, 1, RW, "Interrupts")		\
	R(GPIE,		0x1514, 0, 1, RW, "Interrupts")		\
	R(EICS,		0x1520, 0, 1, WO, "Interrupts")		\
	R(EIMS,		0x1524, 0, 1, RW, "Interrupts")		\
	R(EIMC,		0x1528, 0, 1, WO, "Interrupts")		\
	R(EIAC,		0x152C, 0, 1, RW, "Interrupts")		\
	R(EIAM,		0x1530, 0, 1, RW, "Interrupts")		\
	R(EICR,		0x1580, 0, 1, RC, "Interrupts")		\
	R(EITR,		0x1680, 4, 25, RW, "Interrupts")		\
	R(IVAR,		0x1700, 4, 8, RW, "Interrupts")		\
	R(IVAR_MISC,	0x1740, 0, 1, RW, "Interrupts")		\
	/* Receive */						\
	R(RCTL,		0x0100, 0, 1, RW, "Receive")		\
	R(RXPBS,	0x2404, 0, 1, RW, "Receive")		\
	R(QDE,		0x2408, 0, 1, RW, "Receive")		\
	R(RXCSUM,	0x5000, 0, 1, RW, "Receive")		\
	R(RLPML,	0x5004, 0, 1, RW, "Receive")		\
	R(RFCTL,	0x5008, 0, 1, RW, "Receive")		\
	R(MTA,		0x5200, 4, 128, RW, "Receive")		\
	R(RAL,		0x5400, 8, 16, RW, "Receive")		\
	R(RAH,		0x5404, 8, 16, RW, "Receive")		\
	R(RAL16,	0x54E0, 8, 8, RW, "Receive")		\
	R(RAH16,	0x54E4, 8, 8, RW, "Receive")		\
	R(PSRTYPE,	0x5480, 4, 8, RW, "Receive")		\
	R(VFTA,		0x5600, 4, 128, RW, "Receive")		\
	R(MRQC,		0x5818, 0, 1, RW, "Receive")		\
	R(RETA,		0x5C00, 4, 32, RW, "Receive")		\
	R(RSSRK,	0x5C80, 4, 10, RW, "Receive")		\
	R(UTA,		0xA000, 4, 128, RW, "Receive")		\
	/* Transmit */						\
	R(TCTL,		0x0400, 0, 1, RW, "Transmit")		\
	R(TCTL_EXT,	0x0404, 0, 1, RW, "Transmit")		\
	R(TIPG,		0x0410, 0, 1, RW, "Transmit")		\
	R(TXPBS,	0x3404, 0, 1, RW, "Transmit")		\
	R(DTXCTL,	0x3590, 0, 1, RW, "Transmit")		\
	/* Virtualization */					\
	R(VMBMEM,	0x0800, 64, 8, RW, "Virtualization")		\
	R(P2VMAILBOX,	0x0C00, 4, 8, RW, "Virtualization")		\
	R(MBVFICR,	0x0C80, 0, 1, W1C, "Virtualization")		\
	R(MBVFIMR,	0x0C84, 0, 1, RW, "Virtualization")		\
	R(VFLRE,	0x0C88, 0, 1, W1C, "Virtualization")		\
	R(VFRE,		0x0C8C, 0, 1, RW, "Virtualization")		\
	R(VFTE,		0x0C90, 0, 1, RW, "Virtualization")		\
	R(DTXSWC,	0x3500, 0, 1, RW, "Virtualization")		\
	R(WVBR,		0x3554, 0, 1, RC, "Virtualization")		\
	R(VMVIR,	0x3700, 4, 8, RW, "Virtualization")		\
	R(VT_CTL,	0x581C, 0, 1, RW, "Virtualization")		\
	R(VMOLR,	0x5AD0, 4, 8, RW, "Virtualization")		\
	R(RPLOLR,	0x5AF0, 0, 1, RW, "Virtualization")		\
	R(VLVF,		0x5D00, 4, 32, RW, "Virtualization")		\
	R(VMRCTL,	0x5D80, 4, 4, RW, "Virtualization")		\
	R(VMRVLAN,	0x5D90, 4, 4, RW, "Virtualization")		\
	R(VMRVM,	0x5DA0, 4, 4, RW, "Virtualization")		\
	R(SCCRL,	0x5DB0, 0, 1, RW, "Storm control")		\
	R(BSCTRH,	0x5DB8, 0, 1, RW, "Storm control")		\
	R(MSCTRH,	0x5DBC, 0, 1, RW, "Storm control")		\
	R(RTTDQSEL,	0x3604, 0, 1, WO, "Transmit rate")		\
	R(RTTBCNRM,	0x3690, 0, 1, RW, "Transmit rate")		\
	R(RTTBCNRC,	0x36B0, 0, 1, WO, "Transmit rate")		\
	/* Direct cache access; the queues' part is in their blocks */ \
	R(DCA_CTRL,	0x5B74, 0, 1, RW, "DCA")		\
	/* Statistics */					\
	R(CRCERRS,	0x4000, 0, 1, RC, "Statistics")		\
	R(ALGNERRC,	0x4004, 0, 1, RC, "Statistics")		\
	R(SYMERRS,	0x4008, 0, 1, RC, "Statistics")		\
	R(RXERRC,	0x400C, 0, 1, RC, "Statistics")		\
	R(MPC,		0x4010, 0, 1, RC, "Statistics")		\
	R(SCC,		0x4014, 0, 1, RC, "Statistics")		\
	R(ECOL,		0x4018, 0, 1, RC, "Statistics")		\
	R(MCC,		0x401C, 0, 1, RC, "Statistics")		\
	R(LATECOL,	0x4020, 0, 1, RC, "Statistics")		\
	R(COLC,		0x4028, 0, 1, RC, "Statistics")		\
	R(RLEC,		0x4040, 0, 1, RC, "Statistics")		\
	R(XONRXC,	0x4048, 0, 1, RC, "Statistics")		\
	R(XONTXC,	0x404C, 0, 1, RC, "Statistics")		\
	R(XOFFRXC,	0x4050, 0, 1, RC, "Statistics")		\
	R(XOFFTXC,	0x4054, 0, 1, RC, "Statistics")		\
	R(FCRUC,	0x4058, 0, 1, RC, "Statistics")		\
	R(PRC64,	0x405C, 0, 1, RC, "Statistics")		\
	R(PRC127,	0x4060, 0, 1, RC, "Statistics")		\
	R(PRC255,	0x4064, 0, 1, RC, "Statistics")		\
	R(PRC511,	0x4068, 0, 1, RC, "Statistics")		\
	R(PRC1023,	0x406C, 0, 1, RC, "Statistics")		\
	R(PRC1522,	0x4070, 0, 1, RC, "Statistics")		\
	R(GPRC,		0x4074, 0, 1, RC, "Statistics")		\
	R(BPRC,		0x4078, 0, 1, RC, "Statistics")		\
	R(MPRC,		0x407C, 0, 1, RC, "Statistics")		\
	R(GPTC,		0x4080, 0, 1, RC, "Statistics")		\
	R(GORCL,	0x4088, 0, 1, RC, "Statistics")		\
	R(GORCH,	0x408C, 0, 1, RC, "Statistics")		\
	R(GOTCL,	0x4090, 0, 1, RC, "Statistics")		\
	R(GOTCH,	0x4094, 0, 1, RC, "Statistics")		\
	R(RNBC,		0x40A0, 0, 1, RC, "Statistics")		\
	R(RUC,		0x40A4, 0, 1, RC, "Statistics")		\
	R(RFC,		0x40A8, 0, 1, RC, "Statistics")		\
	R(ROC,		0x40AC, 0, 1, RC, "Statistics")		\
	R(RJC,		0x40B0, 0, 1, RC, "Statistics")		\
	R(TORL,		0x40C0, 0, 1, RC, "Statistics")		\
	R(TORH,		0x40C4, 0, 1, RC, "Statistics")		\
	R(TOTL,		0x40C8, 0, 1, RC, "Statistics")		\
	R(TOTH,		0x40CC, 0, 1, RC, "Statistics")		\
	R(TPR,		0x40D0, 0, 1, RC, "Statistics")		\
	R(TPT,		0x40D4, 0, 1, RC, "Statistics")		\
	R(PTC64,	0x40D8, 0, 1, RC, "Statistics")		\
	R(PTC127,	0x40DC, 0, 1, RC, "Statistics")		\
	R(PTC255,	0x40E0, 0, 1, RC, "Statistics")		\
	R(PTC511,	0x40E4, 0, 1, RC, "Statistics")		\
	R(PTC1023,	0x40E8, 0, 1, RC, "Statistics")		\
	R(PTC1522,	0x40EC, 0, 1, RC, "Statistics")		\
	R(MPTC,		0x40F0, 0, 1, RC, "Statistics")		\
	R(BPTC,		0x40F4, 0, 1, RC, "Statistics")		\
	R(SSVPC,	0x41A0, 0, 1, RC, "Statistics")		\
	R(PFVFGPRC,	0x10010, 0x100, 8, RO, "Statistics")	\
	R(PFVFGPTC,	0x10014, 0x100, 8, RO, "Statistics")	\
	R(PFVFGORC,	0x10018, 0x100, 8, RO, "Statistics")	\
	R(PFVFGOTC,	0x10034, 0x100, 8, RO, "Statistics")	\
	R(PFVFMPRC,	0x10038, 0x100, 8, RO, "Statistics")

/* What a VF sees at the same names: its own window. */
#define IGBIOV_VF_REGS(R)					\
	R(VTCTRL,	0x0000, 0, 1, RW, "VF")		\
	R(VTSTATUS,	0x0008, 0, 1, RO, "VF")		\
	R(VTEICS,	0x1520, 0, 1, WO, "VF")		\
	R(VTEIMS,	0x1524, 0, 1, RW, "VF")		\
	R(VTEIMC,	0x1528, 0, 1, WO, "VF")		\
	R(VTEIAC,	0x152C, 0, 1, RW, "VF")		\
	R(VTEIAM,	0x1530, 0, 1, RW, "VF")		\
	R(VTEICR,	0x1580, 0, 1, RC, "VF")		\
	R(VTEITR,	0x1680, 4, 3, RW, "VF")		\
	R(VTIVAR,	0x1700, 0, 1, RW, "VF")		\
	R(VTIVAR_MISC,	0x1740, 0, 1, RW, "VF")		\
	R(VMBMEM_VF,	0x0800, 4, 16, RW, "VF")		\
	R(V2PMAILBOX,	0x0C40, 0, 1, RC, "VF")		\
	R(VFPSRTYPE,	0x0F0C, 0, 1, RW, "VF")		\
	R(VFGPRC,	0x0F10, 0, 1, RO, "VF")		\
	R(VFGPTC,	0x0F14, 0, 1, RO, "VF")		\
	R(VFGORC,	0x0F18, 0, 1, RO, "VF")		\
	R(VFGOTC,	0x0F34, 0, 1, RO, "VF")		\
	R(VFMPRC,	0x0F3C, 0, 1, RO, "VF")		\
	R(VFGPRLBC,	0x0F40, 0, 1, RO, "VF")		\
	R(VFGPTLBC,	0x0F44, 0, 1, RO, "VF")

/*
 * A queue's registers, relative to its block. Blocks lie at 0xC000 and 0xE000,
 * 0x40 apart, for the PF, at 0x2800 and 0x3800, 0x100 apart, for a VF.
 */
#define IGBIOV_QUEUE_REGS(R)					\
	R(RDBAL,	0x00, 0, 1, RW, "Receive")		\
	R(RDBAH,	0x04, 0, 1, RW, "Receive")		\
	R(RDLEN,	0x08, 0, 1, RW, "Receive")		\
	R(SRRCTL,	0x0C, 0, 1, RW, "Receive")		\
	R(RDH,		0x10, 0, 1, RW, "Receive")		\
	R(RXCTL,	0x14, 0, 1, RW, "DCA")		\
	R(RDT,		0x18, 0, 1, RW, "Receive")		\
	R(RXDCTL,	0x28, 0, 1, RW, "Receive")		\
	R(RQDPC,	0x30, 0, 1, RC, "Receive")		\
	R(TDBAL,	0x00, 0, 1, RW, "Transmit")		\
	R(TDBAH,	0x04, 0, 1, RW, "Transmit")		\
	R(TDLEN,	0x08, 0, 1, RW, "Transmit")		\
	R(TDH,		0x10, 0, 1, RW, "Transmit")		\
	R(TXCTL,	0x14, 0, 1, RW, "DCA")		\
	R(TDT,		0x18, 0, 1, RW, "Transmit")		\
	R(TXDCTL,	0x28, 0, 1, RW, "Transmit")		\
	R(TDWBAL,	0x38, 0, 1, RW, "Transmit")		\
	R(TDWBAH,	0x3C, 0, 1, RW, "Transmit")
/* clang-format on */

#define IGBIOV_REG_ENUM(name, offset, stride, count, access, group) \
	IGBIOV_##name = (offset), IGBIOV_##name##_STRIDE = (stride), \
	IGBIOV_##name##_COUNT = (count),

enum igbiov_reg {
	IGBIOV_REGS(IGBIOV_REG_ENUM)
	IGBIOV_VF_REGS(IGBIOV_REG_ENUM) IGBIOV_QUEUE_REGS(IGBIOV_REG_ENUM)
};

/** Offset of a register by its datasheet name, and of entry `i` of an array. */
#define REG(name)     ((uint32_t)IGBIOV_##name)
#define REGN(name, i) ((uint32_t)(IGBIOV_##name + (i) * IGBIOV_##name##_STRIDE))

/* CTRL */
#define CTRL_FD		    RTE_BIT32(0)
#define CTRL_GIO_MASTER_DIS RTE_BIT32(2)
#define CTRL_SLU	    RTE_BIT32(6)
#define CTRL_FRCSPD	    RTE_BIT32(11)
#define CTRL_FRCDPX	    RTE_BIT32(12)
#define CTRL_RST	    RTE_BIT32(26)
#define CTRL_RFCE	    RTE_BIT32(27)
#define CTRL_TFCE	    RTE_BIT32(28)
#define CTRL_VME	    RTE_BIT32(30)

/* STATUS */
#define STATUS_FD	     RTE_BIT32(0)
#define STATUS_LU	     RTE_BIT32(1)
#define STATUS_LAN_ID(s)     (((s) >> 2) & 3)
#define STATUS_SPEED(s)	     (((s) >> 6) & 3)
#define STATUS_SPEED_1G	     (2u << 6)
#define STATUS_PF_RST_DONE   RTE_BIT32(21)
#define STATUS_GIO_MASTER_EN RTE_BIT32(19)

/* CTRL_EXT */
#define CTRL_EXT_PFRSTD	      RTE_BIT32(14)
#define CTRL_EXT_LINK_MODE(c) (((c) >> 22) & 3)
#define LINK_MODE_COPPER      0
#define LINK_MODE_KX	      1
#define LINK_MODE_SGMII	      2
#define LINK_MODE_SERDES      3
#define CTRL_EXT_DRV_LOAD     RTE_BIT32(28)

/* MDIC */
#define MDIC_DATA      0xFFFFu
#define MDIC_REGADD(r) ((uint32_t)(r) << 16)
#define MDIC_PHYADD(p) ((uint32_t)(p) << 21)
#define MDIC_OP_WRITE  (1u << 26)
#define MDIC_OP_READ   (2u << 26)
#define MDIC_READY     RTE_BIT32(28)
#define MDIC_ERROR     RTE_BIT32(30)

/* EECD, EERD, EEMNGCTL, SWSM, SW_FW_SYNC */
#define EECD_EE_PRES   RTE_BIT32(8)
#define EECD_AUTO_RD   RTE_BIT32(9)
#define EERD_START     RTE_BIT32(0)
#define EERD_DONE      RTE_BIT32(1)
#define EERD_ADDR(w)   ((uint32_t)(w) << 2)
#define EERD_DATA(v)   ((uint16_t)((v) >> 16))
#define SWSM_SMBI      RTE_BIT32(0)
#define SWSM_SWESMBI   RTE_BIT32(1)
#define SW_FW_EEP      RTE_BIT32(0)
#define SW_FW_PHY(f)   RTE_BIT32(1 + (f))
#define SW_FW_FW_SHIFT 16

/* Causes in ICR, IMS, IMC */
#define ICR_LSC	 RTE_BIT32(2)
#define ICR_VMMB RTE_BIT32(8)

#define GPIE_NSICR	      RTE_BIT32(0)
#define GPIE_MSIX_MODE	      RTE_BIT32(4)
#define GPIE_EIAME	      RTE_BIT32(30)
#define GPIE_PBA	      RTE_BIT32(31)
#define IVAR_VALID	      0x80u
#define IVAR_MISC_OTHER_SHIFT 8

/* RCTL */
#define RCTL_RXEN    RTE_BIT32(1)
#define RCTL_UPE     RTE_BIT32(3)
#define RCTL_MPE     RTE_BIT32(4)
#define RCTL_LPE     RTE_BIT32(5)
#define RCTL_LBM_MAC RTE_BIT32(6)
#define RCTL_BAM     RTE_BIT32(15)
#define RCTL_VFE     RTE_BIT32(18)
#define RCTL_SECRC   RTE_BIT32(26)

/* RXCSUM */
#define RXCSUM_IPOFLD RTE_BIT32(8)
#define RXCSUM_TUOFLD RTE_BIT32(9)
#define RXCSUM_CRCOFL RTE_BIT32(11)
#define RXCSUM_PCSD   RTE_BIT32(13)

/* RAH */
#define RAH_POOLSEL_SHIFT 18
#define RAH_POOLSEL(p)	  RTE_BIT32(RAH_POOLSEL_SHIFT + (p))
#define RAH_AV		  RTE_BIT32(31)

/* MRQC */
#define MRQC_RSS_16Q	0x2u
#define MRQC_VMDQ	0x3u
#define MRQC_VMDQ_RSS	0x5u /* pools, and up to two queues in each: VMOLR.RSSE */
#define MRQC_TCPIPV4	RTE_BIT32(16)
#define MRQC_IPV4	RTE_BIT32(17)
#define MRQC_TCPIPV6_EX RTE_BIT32(18)
#define MRQC_IPV6_EX	RTE_BIT32(19)
#define MRQC_IPV6	RTE_BIT32(20)
#define MRQC_TCPIPV6	RTE_BIT32(21)
#define MRQC_UDPIPV4	RTE_BIT32(22)
#define MRQC_UDPIPV6	RTE_BIT32(23)
#define MRQC_UDPIPV6_EX RTE_BIT32(24)

/* TCTL: 15 tries before a collision gives up, as the datasheet recommends. */
#define TCTL_EN	     RTE_BIT32(1)
#define TCTL_PSP     RTE_BIT32(3)
#define TCTL_CT_MASK (0xFFu << 4)
#define TCTL_CT_15   (0xFu << 4)
#define TCTL_RTLC    RTE_BIT32(24)

/* P2VMAILBOX (PF's side) and V2PMAILBOX (VF's side) */
#define P2V_STS	  RTE_BIT32(0)
#define P2V_ACK	  RTE_BIT32(1)
#define P2V_VFU	  RTE_BIT32(2)
#define P2V_PFU	  RTE_BIT32(3)
#define P2V_RVFU  RTE_BIT32(4)
#define V2P_REQ	  RTE_BIT32(0)
#define V2P_ACK	  RTE_BIT32(1)
#define V2P_VFU	  RTE_BIT32(2)
#define V2P_PFU	  RTE_BIT32(3)
#define V2P_PFSTS RTE_BIT32(4)
#define V2P_PFACK RTE_BIT32(5)
#define V2P_RSTI  RTE_BIT32(6)
#define V2P_RSTD  RTE_BIT32(7)
/* These forget themselves when read: a reader must keep them. */
#define V2P_READ_TO_CLEAR (V2P_PFSTS | V2P_PFACK | V2P_RSTD)
#define MBVFICR_REQ_MASK  0xFFu
#define MBVFICR_ACK_SHIFT 16

/* VT_CTL */
#define VT_CTL_DEF_PL_SHIFT 7
#define VT_CTL_DIS_DEF_POOL RTE_BIT32(29)
#define VT_CTL_REPLEN	    RTE_BIT32(30)

/* DTXSWC */
#define DTXSWC_MACAS(p)	   RTE_BIT32(p)
#define DTXSWC_VLANAS(p)   RTE_BIT32(8 + (p))
#define DTXSWC_LOOPBACK_EN RTE_BIT32(31)

/* VMOLR, RPLOLR */
#define VMOLR_RLPML_MASK 0x3FFFu
#define VMOLR_LPE	 RTE_BIT32(16)
#define VMOLR_RSSE	 RTE_BIT32(17)
#define VMOLR_AUPE	 RTE_BIT32(24)
#define VMOLR_ROMPE	 RTE_BIT32(25)
#define VMOLR_ROPE	 RTE_BIT32(26)
#define VMOLR_BAM	 RTE_BIT32(27)
#define VMOLR_MPME	 RTE_BIT32(28)
#define VMOLR_STRVLAN	 RTE_BIT32(30)
#define VMOLR_STRCRC	 RTE_BIT32(31)
#define RPLOLR_STRVLAN	 RTE_BIT32(30)
#define RPLOLR_STRCRC	 RTE_BIT32(31)

/* VMVIR: without VMVIR_ALWAYS the frame's descriptor says what is inserted. */
#define VMVIR_PRIO_SHIFT 13
#define VMVIR_ALWAYS	 RTE_BIT32(30)

/* RTTBCNRC: link speed over the queue's, 14 bits before and 14 after the point */
#define RTTBCNRC_INT_SHIFT   14
#define RTTBCNRC_FACTOR_MASK 0x0FFFFFFFu
#define RTTBCNRC_RS_ENA	     RTE_BIT32(31)

/* VMRCTL: what a mirror rule copies, and to which pool */
#define VMRCTL_VPME	RTE_BIT32(0) /* what VMRVM's pools receive */
#define VMRCTL_VLME	RTE_BIT32(3) /* frames of the VLANs in VMRVLAN's entries of VLVF */
#define VMRCTL_MP_SHIFT 8

/* SCCRL, BSCTRH, MSCTRH */
#define SCCRL_MDICW	     RTE_BIT32(1)
#define SCCRL_BDICW	     RTE_BIT32(3)
#define SCCRL_INTERVAL_SHIFT 8
#define BSCTRH_MASK	     0x7FFFFu

/* DTXCTL */
#define DTXCTL_VLAN_ADDED RTE_BIT32(3)

/* EITR: in microseconds */
#define EITR_INTERVAL(us) ((uint32_t)(us) << 2)

/* RETA: with pools the entry's bit 3 picks the queue of the two */
#define RETA_POOL_QUEUE(q) ((uint32_t)(q) << 3)

/* VLVF */
#define VLVF_POOLSEL_SHIFT 12
#define VLVF_POOLSEL(p)	   RTE_BIT32(VLVF_POOLSEL_SHIFT + (p))
#define VLVF_POOLSEL_MASK  (0xFFu << VLVF_POOLSEL_SHIFT)
#define VLVF_VI_EN	   RTE_BIT32(31)

/* SRRCTL; the header buffer's size is in units of 64 octets, at bit 8 */
#define SRRCTL_BSIZEPKT_SHIFT  10 /* units of 1 KiB */
#define SRRCTL_BSIZEPKT_MASK   0x7Fu
#define SRRCTL_BSIZEHDR(len)   ((uint32_t)(len) / 64 << 8)
#define SRRCTL_BSIZEHDR_LEN(v) (((v) >> 8 & 0xF) * 64)
#define SRRCTL_DESC_MASK       (7u << 25)
#define SRRCTL_DESC_ADV_ONEBUF (1u << 25)
#define SRRCTL_DESC_ADV_SPLIT  (2u << 25)
#define SRRCTL_DROP_EN	       RTE_BIT32(31)

/* PSRTYPE, VFPSRTYPE: frames that are split, behind the last header that is named */
#define PSRTYPE_IPV4_TCP RTE_BIT32(2)
#define PSRTYPE_IPV4_UDP RTE_BIT32(3)
#define PSRTYPE_IPV6_TCP RTE_BIT32(8)
#define PSRTYPE_IPV6_UDP RTE_BIT32(9)

/* RXDCTL, TXDCTL */
#define XDCTL_PTHRESH(v) ((uint32_t)(v) & 0x1F)
#define XDCTL_HTHRESH(v) (((uint32_t)(v) & 0x1F) << 8)
#define XDCTL_WTHRESH(v) (((uint32_t)(v) & 0x1F) << 16)
#define XDCTL_ENABLE	 RTE_BIT32(25)

#define TDWBAL_HEAD_WB_EN RTE_BIT32(0)

/* DCA_CTRL; RXCTL, TXCTL: whose writes carry a tag, and which */
#define DCA_CTRL_DIS	  RTE_BIT32(0)
#define DCA_CTRL_MODE_1_0 (1u << 1)
#define RXCTL_DCA	  (7u << 5)    /* descriptors, headers, data */
#define TXCTL_DCA	  RTE_BIT32(5) /* descriptors */
#define TXCTL_WB_RELAXED  RTE_BIT32(11)
#define XCTL_TAG(t)	  ((uint32_t)(t) << 24)

/* PCS_CFG, PCS_LCTL */
#define PCS_CFG_PCS_EN	    RTE_BIT32(3)
#define PCS_LCTL_AN_ENABLE  RTE_BIT32(16)
#define PCS_LCTL_AN_RESTART RTE_BIT32(17)

/* PHY registers (IEEE 802.3 clause 22) */
#define PHY_BMCR	0
#define PHY_BMSR	1
#define PHY_ANAR	4
#define PHY_GBCR	9
#define BMCR_POWER_DOWN 0x0800u
#define BMCR_AN_RESTART 0x0200u
#define BMCR_AN_ENABLE	0x1000u
#define ANAR_SELECTOR	0x0001u
#define ANAR_10_HALF	0x0020u
#define ANAR_10_FULL	0x0040u
#define ANAR_100_HALF	0x0080u
#define ANAR_100_FULL	0x0100u
#define ANAR_PAUSES	0x0C00u
#define ANAR_SPEEDS	0x01E0u
#define GBCR_1000_FULL	0x0200u
#define GBCR_1000_HALF	0x0100u

#endif /* IGBIOV_REGS_H */
