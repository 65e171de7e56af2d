"""A visit too long for one claim is filed as several; what was said of its size alone is settled by that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cleanclaim.check.findings import Finding
from cleanclaim.claims.splitting import ClaimSplitError, split_claim
from cleanclaim.records import Claim, Visit
from cleanclaim.rules.kit import Safety
from cleanclaim.x12.guide import load_guide

_OF_SIZE = frozenset({"CF103", "DX304"})
"""Rules that object to nothing but the number of lines or diagnoses."""


def filed_as(claim: Claim | None) -> tuple[Claim, ...]:
    """The claims that are filed for it, each within the limits of the file and the form.

    One that cannot be parted is left as it is, so that it is named, with what it lacks, when it is written.
    """
    if claim is None:
        return ()
    limits = load_guide().limits
    try:
        return split_claim(claim, limits["lines_per_claim"], limits["diagnoses_per_claim"])
    except ClaimSplitError:
        return (claim,)


def settle_size(
    findings: Iterable[Finding], visit: Visit, parts: tuple[Claim, ...]
) -> tuple[list[Finding], list[Finding]]:
    """Part the findings that stand from those that filing in parts settles.

    A diagnosis that no line points to may find no room on any part: then which ones count is for the therapist to say,
    and the finding stands.
    """
    limits = load_guide().limits
    listed = set(visit.diagnoses or ())
    fits = all(
        len(part.lines) <= limits["lines_per_claim"] and len(part.diagnoses) <= limits["diagnoses_per_claim"]
        for part in parts
    )
    keeps_all = len(parts) > 1 and fits and listed == {code for part in parts for code in part.diagnoses}
    standing: list[Finding] = []
    settled: list[Finding] = []
    for finding in findings:
        if keeps_all and finding.code in _OF_SIZE:
            title = f"Filed as {len(parts)} claims: {', '.join(part.id for part in parts)}"
            settled.append(replace(finding, fix_title=title, fix_safety=Safety.SAFE.value))
        else:
            standing.append(finding)
    return standing, settled
