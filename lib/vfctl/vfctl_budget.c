/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) the igbiov authors
 */

/*
 * How often a VF is served. Each message and each function reset costs it 1 /
 * `budget` of a second; it may owe up to `burst` of these (ITU-T I.371's generic
 * cell rate algorithm, which needs one number a VF and no timer). Pure.
 */

#include "vfctl_internal.h"

static uint64_t
price_ns(const struct vfctl_settings *settings)
{
	return VFCTL_NS_PER_S / RTE_MAX(settings->budget, 1u);
}

uint64_t
vfctl_budget_next_ns(const struct vfctl_budget *budget, const struct vfctl_settings *settings)
{
	uint64_t credit_ns = (RTE_MAX(settings->burst, 1u) - 1) * price_ns(settings);

	return budget->owed_ns > credit_ns ? budget->owed_ns - credit_ns : 0;
}

bool
vfctl_budget_take(struct vfctl_budget *budget, const struct vfctl_settings *settings,
		  uint64_t now_ns)
{
	if (vfctl_budget_next_ns(budget, settings) > now_ns)
		return false;
	budget->owed_ns = RTE_MAX(budget->owed_ns, now_ns) + price_ns(settings);
	return true;
}

uint64_t
vfctl_budget_violations(const struct vfctl_budget *budget, uint64_t now_ns)
{
	uint64_t forgotten = (now_ns - budget->forgiven_ns) / VFCTL_NS_PER_S;

	return budget->violations - RTE_MIN(budget->violations, forgotten);
}

bool
vfctl_budget_violation(struct vfctl_budget *budget, const struct vfctl_settings *settings,
		       uint64_t now_ns)
{
	uint64_t left = vfctl_budget_violations(budget, now_ns);

	/* Whole seconds only, or a steady trickle would never be forgiven anything. */
	if (left == 0)
		budget->forgiven_ns = now_ns;
	else
		budget->forgiven_ns += (budget->violations - left) * VFCTL_NS_PER_S;
	budget->violations = left + 1;
	if (budget->quarantined || settings->quarantine_after == 0 ||
	    budget->violations < settings->quarantine_after)
		return false;
	budget->quarantined = true;
	return true;
}

void
vfctl_budget_release(struct vfctl_budget *budget)
{
	*budget = (struct vfctl_budget){ 0 };
}
