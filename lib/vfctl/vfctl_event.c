/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/* What happened: the last events in a ring, and whoever watches. */

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "vfctl_internal.h"

/* clang-format off */
static const char *const event_name[VFCTL_EVENT_NB] = {
	[VFCTL_EVENT_RESET]      = "reset",
	[VFCTL_EVENT_REQUEST]    = "request",
	[VFCTL_EVENT_SETTINGS]   = "settings",
	[VFCTL_EVENT_QUARANTINE] = "quarantine",
	[VFCTL_EVENT_RELEASE]    = "release",
	[VFCTL_EVENT_SPOOF]      = "spoof",
	[VFCTL_EVENT_LINK]       = "link",
	[VFCTL_EVENT_NUM_VFS]    = "num-vfs",
};
/* clang-format on */

const char *
vfctl_event_name(enum vfctl_event_type type)
{
	return (unsigned int)type < VFCTL_EVENT_NB ? event_name[type] : "unknown";
}

void
vfctl_event_add(struct vfctl_port *port, enum vfctl_event_type type, uint16_t vf_id,
		enum vfctl_verdict verdict, const char *format, ...)
{
	struct vfctl_event event = { .type = type, .vf_id = vf_id, .verdict = verdict };
	struct timespec now;
	va_list args;

	va_start(args, format);
	vsnprintf(event.text, sizeof(event.text), format, args);
	va_end(args);
	clock_gettime(CLOCK_REALTIME, &now);
	event.time_ns = (uint64_t)now.tv_sec * VFCTL_NS_PER_S + (uint64_t)now.tv_nsec;
	event.number = ++port->nb_events;
	port->event[event.number % VFCTL_EVENTS] = event;
	/* Ours is a copy: a watcher's own calls may add events. */
	for (unsigned int i = 0; i < VFCTL_WATCHERS; i++)
		if (port->watcher[i].fn != NULL)
			port->watcher[i].fn(port->port_id, &event, port->watcher[i].arg);
}
