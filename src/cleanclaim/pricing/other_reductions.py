"""Cuts that are not worked out: the lines on which one may fall have no certain price.

Beside therapy, Medicare cuts surgery, endoscopy, imaging, cardiovascular and ophthalmology tests when several units
meet for one patient, day and billing group, each by a rule of its own; and some modifiers make a price another one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from cleanclaim.pricing.claim_groups import billing_groups
from cleanclaim.pricing.distinct import distinct
from cleanclaim.pricing.exact import Flags, Integers, absent, is_one_of
from cleanclaim.pricing.statuses import PriceStatus
from cleanclaim.pricing.worksheet import Worksheet

CHANGING_MODIFIERS: Final = (
    "22",
    "50",
    "52",
    "53",
    "54",
    "55",
    "56",
    "62",
    "66",
    "73",
    "74",
    "78",
    "80",
    "81",
    "82",
    "AS",
)
"""More or less work, both sides, part of the care, several surgeons or an assistant: paid more or less than the fee."""


def changed_by_modifier(work: Worksheet) -> Flags:
    """Lines whose modifiers change what is paid."""
    return work.modifiers.have_any(CHANGING_MODIFIERS).yes


def mark_other_families(work: Worksheet, family: Integers, may_be_of_any: Flags) -> None:
    """Leave the price open where two or more units of one family meet, or may.

    Args:
        work: the lines; a line alone in its group keeps its price.
        family: of each line, 0 for none.
        may_be_of_any: lines of codes that may belong to a family.
    """
    denied = work.marked(PriceStatus.BILLED_FOR_DENIAL)
    member = (family > 0) & ~denied
    # Most tables are of therapy alone.
    if not member.any():
        return
    found = member & (work.units.values != 1)
    found |= member & work.of_claims(absent(work.claims["coverage_order"]))
    scope = work.claims["payer_multiple_procedure_reduction_scope"]
    by_tax_id, by_npi = is_one_of(scope, ("tax_id",)), is_one_of(scope, ("billing_npi",))
    may_meet = may_be_of_any & ~denied
    for key, counts in (("billing_npi", ~by_tax_id), ("billing_tax_id", ~by_npi)):
        if counts.any():
            found |= work.of_claims(counts) & _meeting(
                billing_groups(work.claims, key)[work.claim], family, member, may_meet
            )
    work.mark(found & ~work.basis_is("charges", "per_diem"), PriceStatus.REDUCTION_UNKNOWN)


def _meeting(groups: Integers, family: Integers, member: Flags, may_meet: Flags) -> Flags:
    """Members that have, or may have, another of their family in their group, or no known group."""
    meets = member & (groups < 0)
    rows = np.flatnonzero(member & ~meets)
    own = distinct(groups[rows] * (int(family.max()) + 1) + family[rows]).of_row
    meets[rows[np.bincount(own)[own] > 1]] = True
    return meets | (member & np.isin(groups, groups[may_meet]))
