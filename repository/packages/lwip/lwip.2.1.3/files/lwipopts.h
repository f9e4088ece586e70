/*
 * lwipopts.h - lwIP for a server of the target "Xen PVH".
 *
 * IPv4 and TCP with a fixed address, without threads; sized for 64 relayed
 * connections of two ends each, in memory that is fixed when it is compiled.
 */
#ifndef XEN_LWIPOPTS_H
#define XEN_LWIPOPTS_H

#define NO_SYS				1
#define LWIP_NETCONN			0
#define LWIP_SOCKET			0
#define LWIP_STATS			0

#define LWIP_IPV4			1
#define LWIP_IPV6			0
#define LWIP_ARP			1
#define LWIP_ICMP			1
#define LWIP_TCP			1
#define LWIP_UDP			0
#define LWIP_RAW			0
#define LWIP_DHCP			0
#define LWIP_DNS			0
/* TCP asks for segments that fit: what attacks reassembly finds nothing */
#define IP_REASSEMBLY			0
#define IP_FRAG				0

#define MEM_ALIGNMENT			8
/* what 128 ends have not had acknowledged, and the headers of it */
#define MEM_SIZE			(4 * 1024 * 1024)
#define PBUF_POOL_SIZE			512
/* both ends of 64 connections, 128 that wait, and what waits for its end */
#define MEMP_NUM_TCP_PCB		320
#define MEMP_NUM_TCP_PCB_LISTEN		4
#define MEMP_NUM_TCP_SEG		4096

#define TCP_MSS				1460
#define TCP_WND				16384
#define TCP_SND_BUF			(16 * TCP_MSS)
#define TCP_LISTEN_BACKLOG		1
/* what arrives out of order may not take all buffers */
#define TCP_OOSEQ_MAX_BYTES		TCP_WND
#define TCP_OOSEQ_MAX_PBUFS		16

#define LWIP_HOOK_FILENAME		"xenif.h"
#define LWIP_HOOK_TCP_ISN(li, lp, ri, rp)	entropy_u32()

#endif
