/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "igbiov_io.h"
#include "model.h"

#define WINDOWS_LEN (MODEL_PF_WINDOW + MODEL_VFS * MODEL_VF_WINDOW)

enum access {
	UNKNOWN,
	RW,
	RO,
	RC,
	WO,
	W1C
};

struct word {
	const char *name;
	enum access access;
};

#define ROW(name, offset, stride, count, access, group) { #name, offset, stride, count, access },

static const struct row {
	const char *name;
	uint32_t offset, stride, count;
	enum access access;
} pf_rows[] = { IGBIOV_REGS(ROW) }, vf_rows[] = { IGBIOV_VF_REGS(ROW) },
  queue_rows[] = { IGBIOV_QUEUE_REGS(ROW) };

static struct word pf_words[MODEL_PF_WINDOW / 4], vf_words[MODEL_VF_WINDOW / 4];
static struct model *chip;
static pthread_t test_thread;

static void
words_add(struct word *words, const struct row *row, uint32_t base)
{
	for (uint32_t i = 0; i < row->count; i++) {
		struct word *w = &words[(base + row->offset + i * row->stride) / 4];

		/* Registers with two names (RAL16 is RAL's upper half) must agree. */
		assert(w->name == NULL || w->access == row->access);
		*w = (struct word){ row->name, row->access };
	}
}

static void
words_init(void)
{
	if (pf_words[0].name != NULL)
		return;
	for (unsigned int i = 0; i < RTE_DIM(pf_rows); i++)
		words_add(pf_words, &pf_rows[i], 0);
	/* A row has one stride, VMBMEM two: 64 octets by VF, 4 by word. */
	for (uint32_t reg = REG(VMBMEM); reg < REGN(VMBMEM, MODEL_VFS); reg += 4)
		pf_words[reg / 4] = (struct word){ "VMBMEM", RW };
	for (unsigned int i = 0; i < RTE_DIM(vf_rows); i++)
		words_add(vf_words, &vf_rows[i], 0);
	for (unsigned int i = 0; i < RTE_DIM(queue_rows); i++) {
		bool tx = queue_rows[i].name[0] == 'T';

		for (unsigned int q = 0; q < MODEL_QUEUES; q++)
			words_add(pf_words, &queue_rows[i], (tx ? 0xE000 : 0xC000) + q * 0x40);
		for (unsigned int q = 0; q < 2; q++)
			words_add(vf_words, &queue_rows[i], (tx ? 0x3800 : 0x2800) + q * 0x100);
	}
}

void
model_misuse(struct model *m, const char *format, ...)
{
	va_list args;

	if (m->misuse++ > 0)
		return;
	va_start(args, format);
	vsnprintf(m->misuse_text, sizeof(m->misuse_text), format, args);
	va_end(args);
}

struct model *
model_new(void)
{
	pthread_mutexattr_t attr;
	struct model *m = calloc(1, sizeof(*m));

	assert(m != NULL && chip == NULL);
	words_init();
	m->wire = calloc(MODEL_WIRE_MAX, sizeof(*m->wire));
	m->windows = mmap(NULL, WINDOWS_LEN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert(m->wire != NULL && m->windows != MAP_FAILED);
	m->pf_bar = m->windows;
	for (unsigned int vf = 0; vf < MODEL_VFS; vf++)
		m->vf_bar[vf] = m->windows + MODEL_PF_WINDOW + vf * MODEL_VF_WINDOW;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&m->lock, &attr);
	m->bound_us = UINT64_MAX;
	m->cable = true;
	m->link_speed = 2;
	model_nvm_default(m);
	model_power_on(m);
	test_thread = pthread_self();
	chip = m;
	return m;
}

void
model_free(struct model *m)
{
	if (m == NULL)
		return;
	chip = NULL;
	munmap(m->windows, WINDOWS_LEN);
	pthread_mutex_destroy(&m->lock);
	free(m->wire);
	free(m);
}

void
model_counts_clear(struct model *m)
{
	m->reads = 0;
	m->writes = 0;
	m->tail_writes = 0;
	m->tx_contexts = 0;
	m->tx_marks = 0;
	memset(m->reads_of, 0, sizeof(m->reads_of));
	memset(m->writes_of, 0, sizeof(m->writes_of));
}

void
model_bound(struct model *m, uint64_t us)
{
	m->bound_us = m->now_us + us;
}

void
model_stick(struct model *m, unsigned int fn, uint32_t reg, uint32_t mask, uint32_t value)
{
	assert(m->nb_sticks < MODEL_STICKS);
	m->stick[m->nb_sticks].fn = fn;
	m->stick[m->nb_sticks].reg = reg;
	m->stick[m->nb_sticks].mask = mask;
	m->stick[m->nb_sticks].value = value;
	m->nb_sticks++;
}

void
model_unstick(struct model *m)
{
	m->nb_sticks = 0;
}

uint32_t
model_peek(const struct model *m, uint32_t reg)
{
	return m->pf[reg / 4];
}

void
model_poke(struct model *m, uint32_t reg, uint32_t value)
{
	m->pf[reg / 4] = value;
}

uint32_t
model_vf_peek(const struct model *m, unsigned int vf, uint32_t reg)
{
	return m->vf[vf][reg / 4];
}

void
model_vf_poke(struct model *m, unsigned int vf, uint32_t reg, uint32_t value)
{
	m->vf[vf][reg / 4] = value;
}

uint32_t
model_rxq_peek(const struct model *m, unsigned int q, uint32_t reg)
{
	return model_peek(m, 0xC000 + q * 0x40 + reg);
}

uint32_t
model_txq_peek(const struct model *m, unsigned int q, uint32_t reg)
{
	return model_peek(m, 0xE000 + q * 0x40 + reg);
}

/* The lock is given back first: cmocka leaves by longjmp. */
static void
time_pass(struct model *m, unsigned int us)
{
	m->now_us += us;
	if (m->now_us <= m->bound_us)
		return;
	if (!pthread_equal(pthread_self(), test_thread)) {
		model_misuse(m, "another thread waits beyond the bound");
		return;
	}
	m->bound_us = UINT64_MAX;
	while (pthread_mutex_unlock(&m->lock) == 0)
		;
	fail_msg("the driver waits beyond the bound");
}

/* Which function's window, and where in it. */
static unsigned int
locate(const struct model *m, const volatile void *addr, uint32_t *reg)
{
	uintptr_t off = (uintptr_t)addr - (uintptr_t)m->windows;

	assert(off < WINDOWS_LEN && off % 4 == 0);
	if (off < MODEL_PF_WINDOW) {
		*reg = off;
		return MODEL_PF;
	}
	off -= MODEL_PF_WINDOW;
	*reg = off % MODEL_VF_WINDOW;
	return off / MODEL_VF_WINDOW;
}

static const struct word *
word_of(unsigned int fn, uint32_t reg)
{
	return fn == MODEL_PF ? &pf_words[reg / 4] : &vf_words[reg / 4];
}

/* A VF's queues, mailbox memory and split types are the PF's registers, elsewhere. */
static uint32_t
pf_alias(unsigned int vf, uint32_t reg)
{
	if (reg >= 0x2800 && reg < 0x2A00)
		return 0xC000 + (vf + (reg - 0x2800) / 0x100 * 8) * 0x40 + reg % 0x100;
	if (reg >= 0x3800 && reg < 0x3A00)
		return 0xE000 + (vf + (reg - 0x3800) / 0x100 * 8) * 0x40 + reg % 0x100;
	if (reg >= REG(VMBMEM_VF) && reg < REGN(VMBMEM_VF, 16))
		return REGN(VMBMEM, vf) + reg - REG(VMBMEM_VF);
	if (reg == REG(VFPSRTYPE))
		return REGN(PSRTYPE, vf);
	return 0;
}

static uint32_t *
cell(struct model *m, unsigned int fn, uint32_t reg)
{
	uint32_t alias;

	if (fn == MODEL_PF)
		return &m->pf[reg / 4];
	alias = pf_alias(fn, reg);
	return alias != 0 ? &m->pf[alias / 4] : &m->vf[fn][reg / 4];
}

static bool
access_count(struct model *m, unsigned int fn, uint32_t reg, bool write)
{
	if (m->removed_after != 0 && --m->removed_after == 0)
		m->removed = true;
	if (write)
		m->writes++;
	else
		m->reads++;
	if (fn == MODEL_PF && write)
		m->writes_of[reg / 4]++;
	else if (fn == MODEL_PF)
		m->reads_of[reg / 4]++;
	if (word_of(fn, reg)->access == UNKNOWN)
		model_misuse(m, "function %u: register 0x%x isn't in the table", fn, reg);
	return !m->removed;
}

static uint32_t
sticky(const struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	for (unsigned int i = 0; i < m->nb_sticks; i++)
		if (m->stick[i].fn == fn && m->stick[i].reg == reg)
			value = (value & ~m->stick[i].mask) | m->stick[i].value;
	return value;
}

/* The octet counters clear both halves when the upper one is read, and not before. */
static void
clear_on_read(struct model *m, uint32_t reg, uint32_t *c)
{
	/* Reading takes this one; see model_chip_read(). */
	if (reg == REG(SWSM))
		return;
	if (reg == REG(GORCL) || reg == REG(GOTCL) || reg == REG(TORL) || reg == REG(TOTL))
		return;
	if (reg == REG(GORCH) || reg == REG(GOTCH) || reg == REG(TORH) || reg == REG(TOTH))
		m->pf[reg / 4 - 1] = 0;
	*c = 0;
}

static uint32_t
read_locked(struct model *m, unsigned int fn, uint32_t reg)
{
	const struct word *w = word_of(fn, reg);
	uint32_t *c = cell(m, fn, reg);
	uint32_t value = *c;

	if (w->access == WO)
		model_misuse(m, "function %u: %s is write-only, and was read", fn, w->name);
	if (!model_mbx_read(m, fn, reg, &value)) {
		if (fn == MODEL_PF)
			value = model_chip_read(m, reg, value);
		if (w->access == RC)
			clear_on_read(m, reg, c);
	}
	value = sticky(m, fn, reg, value);
	return m->on_read != NULL ? m->on_read(m, fn, reg, value) : value;
}

static void
write_locked(struct model *m, unsigned int fn, uint32_t reg, uint32_t value)
{
	const struct word *w = word_of(fn, reg);
	uint32_t alias = fn == MODEL_PF ? reg : pf_alias(fn, reg);

	if (w->access == RO)
		model_misuse(m, "function %u: %s is read-only, and was written", fn, w->name);
	else if (model_mbx_write(m, fn, reg, value) || model_intr_write(m, fn, reg, value))
		;
	else if (alias >= 0xC000 && alias < 0xE400)
		model_queue_write(m, fn, alias, value);
	else if (fn == MODEL_PF)
		model_chip_write(m, reg, value);
	else
		*cell(m, fn, reg) = value;
	if (m->on_write != NULL)
		m->on_write(m, fn, reg, value);
}

uint32_t
igbiov_mmio_read(const volatile void *addr)
{
	struct model *m = chip;
	uint32_t reg, value = UINT32_MAX;
	unsigned int fn = locate(m, addr, &reg);

	pthread_mutex_lock(&m->lock);
	time_pass(m, 1);
	if (access_count(m, fn, reg, false))
		value = read_locked(m, fn, reg);
	pthread_mutex_unlock(&m->lock);
	return value;
}

void
igbiov_mmio_write(volatile void *addr, uint32_t value)
{
	struct model *m = chip;
	uint32_t reg;
	unsigned int fn = locate(m, addr, &reg);

	pthread_mutex_lock(&m->lock);
	time_pass(m, 1);
	if (access_count(m, fn, reg, true))
		write_locked(m, fn, reg, value);
	pthread_mutex_unlock(&m->lock);
}

void
igbiov_mmio_delay_us(unsigned int us)
{
	struct model *m = chip;

	pthread_mutex_lock(&m->lock);
	time_pass(m, us);
	if (m->on_delay != NULL)
		m->on_delay(m, us);
	pthread_mutex_unlock(&m->lock);
	if (m->real_sleep != 0)
		usleep(m->real_sleep);
}
