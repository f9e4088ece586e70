#include <stdbool.h>
#include <string.h>

#include "io.h"
#include "platform/clock.h"
#include "platform/entropy.h"
#include "platform/net.h"

/* Transports of QEMU's microvm: 24 of 512 bytes. */
#define MMIO_FIRST	0xfeb00000u
#define MMIO_STEP	512u
#define MMIO_COUNT	24u

#define MAGIC		0x000
#define MAGIC_VALUE	0x74726976
#define VERSION		0x004
#define DEVICE_ID	0x008
#define DEVICE_NET	1
#define DEVICE_FEATURES	0x010
#define DEVICE_F_SELECT	0x014
#define DRIVER_FEATURES	0x020
#define DRIVER_F_SELECT	0x024
#define QUEUE_SELECT	0x030
#define QUEUE_SIZE_MAX	0x034
#define QUEUE_SIZE	0x038
#define QUEUE_READY	0x044
#define QUEUE_NOTIFY	0x050
#define IRQ_STATUS	0x060
#define IRQ_ACK		0x064
#define STATUS		0x070
#define QUEUE_DESC	0x080
#define QUEUE_AVAIL	0x090
#define QUEUE_USED	0x0a0
#define CONFIG		0x100

#define S_ACKNOWLEDGE	1u
#define S_DRIVER	2u
#define S_DRIVER_OK	4u
#define S_FEATURES_OK	8u

#define F_MAC		(1u << 5)
#define F_VERSION_1	(1u << 0)	/* bit 32: of the upper word */

#define DESC_WRITE	2u
#define NO_INTERRUPT	1u

#define RX		0u
#define TX		1u
#define SIZE		128u
#define HEADER		12u		/* virtio_net_hdr of version 1 */

struct desc {
	uint64_t at;
	uint32_t length;
	uint16_t flags, next;
};

struct queue {
	struct desc desc[SIZE];
	struct {
		volatile uint16_t flags, index;
		volatile uint16_t ring[SIZE];
	} avail;
	struct {
		volatile uint16_t flags, index;
		struct {
			volatile uint32_t id, length;
		} ring[SIZE];
	} used __attribute__((aligned(4)));
	uint16_t seen;			/* of used.index */
} __attribute__((aligned(16)));

struct frame {
	uint8_t header[HEADER];
	uint8_t data[NET_FRAME_MAX];
	uint8_t pad[2];
};

static uintptr_t device;
static struct queue queues[2];
static struct frame frames[2][SIZE];
static uint16_t tx_free[SIZE];
static unsigned tx_nfree;

/* The device is another processor: order our stores before its sight. */
static inline void
fence(void)
{
	__asm__ volatile("mfence" : : : "memory");
}

static void
offer(unsigned q, uint16_t id)
{
	struct queue *v = &queues[q];

	v->avail.ring[v->avail.index % SIZE] = id;
	fence();
	v->avail.index++;
	fence();
	if (!(v->used.flags & NO_INTERRUPT))
		mmio_write(device + QUEUE_NOTIFY, q);
}

static void
write64(uintptr_t reg, const volatile void *p)
{
	mmio_write(device + reg, (uint32_t)(uintptr_t)p);
	mmio_write(device + reg + 4, (uint32_t)((uintptr_t)p >> 32));
}

static const char *
queue_init(unsigned q)
{
	struct queue *v = &queues[q];

	mmio_write(device + QUEUE_SELECT, q);
	if (mmio_read(device + QUEUE_READY) != 0)
		return "virtio-net: a queue is in use already";
	if (mmio_read(device + QUEUE_SIZE_MAX) < SIZE)
		return "virtio-net: the queues are too short";
	for (unsigned i = 0; i < SIZE; i++) {
		v->desc[i].at = (uintptr_t)&frames[q][i];
		v->desc[i].length = HEADER + NET_FRAME_MAX;
		v->desc[i].flags = q == RX ? DESC_WRITE : 0;
	}
	/* what was sent is collected when room is needed */
	v->avail.flags = q == TX ? NO_INTERRUPT : 0;
	mmio_write(device + QUEUE_SIZE, SIZE);
	write64(QUEUE_DESC, v->desc);
	write64(QUEUE_AVAIL, &v->avail);
	write64(QUEUE_USED, &v->used);
	mmio_write(device + QUEUE_READY, 1);
	return NULL;
}

static const char *
find(void)
{
	bool legacy = false;

	for (unsigned i = 0; i < MMIO_COUNT; i++) {
		uintptr_t at = MMIO_FIRST + i * MMIO_STEP;

		if (mmio_read(at + MAGIC) != MAGIC_VALUE ||
		    mmio_read(at + DEVICE_ID) != DEVICE_NET)
			continue;
		if (mmio_read(at + VERSION) == 2) {
			device = at;
			return NULL;
		}
		legacy = true;
	}
	if (legacy)
		return "virtio-net: only the old transport is offered (with "
		       "QEMU use -global virtio-mmio.force-legacy=false)";
	return "no virtio-net device on a virtio-mmio transport";
}

static const char *
negotiate(uint8_t mac[6])
{
	bool has_mac;

	mmio_write(device + STATUS, 0);
	for (uint64_t from = clock_ms(); mmio_read(device + STATUS) != 0;)
		if (clock_ms() - from > 1000)
			return "virtio-net: the device does not reset";
	mmio_write(device + STATUS, S_ACKNOWLEDGE | S_DRIVER);
	mmio_write(device + DEVICE_F_SELECT, 1);
	if (!(mmio_read(device + DEVICE_FEATURES) & F_VERSION_1))
		return "virtio-net: the device is older than virtio 1.0";
	mmio_write(device + DEVICE_F_SELECT, 0);
	has_mac = mmio_read(device + DEVICE_FEATURES) & F_MAC;
	mmio_write(device + DRIVER_F_SELECT, 0);
	mmio_write(device + DRIVER_FEATURES, has_mac ? F_MAC : 0);
	mmio_write(device + DRIVER_F_SELECT, 1);
	mmio_write(device + DRIVER_FEATURES, F_VERSION_1);
	mmio_write(device + STATUS, S_ACKNOWLEDGE | S_DRIVER | S_FEATURES_OK);
	if (!(mmio_read(device + STATUS) & S_FEATURES_OK))
		return "virtio-net: the device refuses our features";

	if (has_mac) {
		for (unsigned i = 0; i < 6; i++)
			mac[i] = *(volatile uint8_t *)(device + CONFIG + i);
	} else {
		entropy_fill(mac, 6);
		mac[0] = (uint8_t)((mac[0] & ~1u) | 2u);
	}
	return NULL;
}

const char *
net_init(uint8_t mac[6])
{
	const char *why = find();

	if (!why)
		why = negotiate(mac);
	if (!why)
		why = queue_init(RX);
	if (!why)
		why = queue_init(TX);
	if (why)
		return why;
	mmio_write(device + STATUS, S_ACKNOWLEDGE | S_DRIVER | S_FEATURES_OK |
				    S_DRIVER_OK);
	for (uint16_t i = 0; i < SIZE; i++) {
		offer(RX, i);
		tx_free[tx_nfree++] = i;
	}
	return NULL;
}

static void
tx_collect(void)
{
	struct queue *v = &queues[TX];

	while (v->seen != v->used.index && tx_nfree < SIZE) {
		fence();
		tx_free[tx_nfree++] =
			(uint16_t)(v->used.ring[v->seen % SIZE].id % SIZE);
		v->seen++;
	}
}

void *
net_tx_get(void)
{
	if (tx_nfree == 0)
		tx_collect();
	if (tx_nfree == 0)
		return NULL;
	return frames[TX][tx_free[tx_nfree - 1]].data;
}

void
net_tx_put(size_t n)
{
	uint16_t id = tx_free[--tx_nfree];

	memset(frames[TX][id].header, 0, HEADER);
	queues[TX].desc[id].length = (uint32_t)(HEADER + n);
	offer(TX, id);
}

const void *
net_rx_get(size_t *n)
{
	struct queue *v = &queues[RX];
	uint32_t id, length;

	if (v->seen == v->used.index) {
		/* before looking again, so that a later frame wakes us */
		mmio_write(device + IRQ_ACK, mmio_read(device + IRQ_STATUS));
		fence();
		if (v->seen == v->used.index)
			return NULL;
	}
	fence();
	id = v->used.ring[v->seen % SIZE].id % SIZE;
	length = v->used.ring[v->seen % SIZE].length;
	if (length < HEADER)
		length = HEADER;
	if (length > HEADER + NET_FRAME_MAX)
		length = HEADER + NET_FRAME_MAX;
	*n = length - HEADER;
	return frames[RX][id].data;
}

void
net_rx_put(void)
{
	struct queue *v = &queues[RX];

	offer(RX, (uint16_t)(v->used.ring[v->seen % SIZE].id % SIZE));
	v->seen++;
}
