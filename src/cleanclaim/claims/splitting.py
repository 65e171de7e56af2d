"""Claims that are too long for one form, and claims that replace or void an earlier one.

A claim file and the paper form share the same narrow places: so many lines, twelve diagnoses, four pointers a line.
What does not fit becomes several claims whose charges add up to the same cent.
"""

from __future__ import annotations

from collections.abc import Iterator

from cleanclaim.records import Claim, ClaimLine, ClaimPayer, Frequency

MOST_POINTERS = 4
"""Places for diagnosis pointers on a service line, on paper and in a file."""


class ClaimSplitError(ValueError):
    """A claim that cannot be split, replaced or voided as asked."""


def split_claim(claim: Claim, max_lines: int = 50, max_diagnoses: int = 12) -> tuple[Claim, ...]:
    """The claim as one or more claims within the limits; lines keep their order and their first four pointers.

    A claim that fits is returned as it is, save for pointers beyond the fourth. Otherwise each part gets the id with
    `-1`, `-2`, … behind it, the diagnoses its lines point to in their old order, and line numbers from 1; diagnoses
    that no line points to fill what room is left, the first part first, and are dropped when there is none. What the
    patient has paid is laid on the parts in order, each up to its charge, the rest on the last; what another payer has
    decided goes with its lines. Raises `ClaimSplitError` for a replacement or void that does not fit (it answers one
    claim of the payer's), for a decision on the claim as a whole, and for a pointer to no diagnosis.
    """
    if max_lines < 1 or max_diagnoses < MOST_POINTERS:
        raise ClaimSplitError(
            f"limits of {max_lines} lines and {max_diagnoses} diagnoses: expected 1 and {MOST_POINTERS} or more"
        )
    for line in claim.lines:
        if any(not 1 <= pointer <= len(claim.diagnoses) for pointer in line.pointers):
            raise ClaimSplitError(
                f"claim {claim.id}: line {line.number}: pointers {line.pointers}: expected 1 to {len(claim.diagnoses)}"
            )
    lines = tuple(_with_pointers(line, line.pointers[:MOST_POINTERS]) for line in claim.lines)
    if len(lines) <= max_lines and len(claim.diagnoses) <= max_diagnoses:
        return (claim if lines == claim.lines else claim.model_copy(update={"lines": lines}),)
    parts = list(_parts(lines, max_lines, max_diagnoses))
    if len(parts) > 1 and claim.frequency is not Frequency.ORIGINAL:
        raise ClaimSplitError(
            f"claim {claim.id}: frequency {claim.frequency}: expected 1, as it needs {len(parts)} claims"
        )
    spare = [
        position
        for position in range(1, len(claim.diagnoses) + 1)
        if not any(position in line.pointers for line in lines)
    ]
    paid = claim.patient_paid_cents
    made: list[Claim] = []
    for number, part in enumerate(parts, start=1):
        pointed = {pointer for line in part for pointer in line.pointers}
        room = max_diagnoses - len(pointed)
        positions = sorted(pointed.union(spare[:room]))
        spare = spare[room:]
        charge = sum(line.charge_cents for line in part)
        share = paid if number == len(parts) else min(paid, charge)
        paid -= share
        made.append(
            claim.model_copy(
                update={
                    "id": claim.id if len(parts) == 1 else f"{claim.id}-{number}",
                    "diagnoses": tuple(claim.diagnoses[position - 1] for position in positions),
                    "lines": tuple(_renumbered(part, positions)),
                    "patient_paid_cents": share,
                    "other_payers": claim.other_payers if len(parts) == 1 else _decided_on(claim, part),
                }
            )
        )
    return tuple(made)


def _parts(lines: tuple[ClaimLine, ...], max_lines: int, max_diagnoses: int) -> Iterator[list[ClaimLine]]:
    """Consecutive lines, as many together as the limits allow."""
    part: list[ClaimLine] = []
    pointed: set[int] = set()
    for line in lines:
        with_line = pointed.union(line.pointers)
        if part and (len(part) == max_lines or len(with_line) > max_diagnoses):
            yield part
            part, with_line = [], set(line.pointers)
        part.append(line)
        pointed = with_line
    yield part


def _renumbered(part: list[ClaimLine], positions: list[int]) -> Iterator[ClaimLine]:
    place = {position: index for index, position in enumerate(positions, start=1)}
    for number, line in enumerate(part, start=1):
        pointers = tuple(place[pointer] for pointer in line.pointers)
        yield line.model_copy(update={"number": number, "pointers": pointers})


def _decided_on(claim: Claim, part: list[ClaimLine]) -> tuple[ClaimPayer, ...]:
    """The other payers with what they decided on these lines, numbered as in the part."""
    place = {line.number: number for number, line in enumerate(part, start=1)}
    others: list[ClaimPayer] = []
    for payer in claim.other_payers:
        whole = payer.adjudication
        if whole is None:
            others.append(payer)
            continue
        if whole.adjustments or not whole.lines:
            raise ClaimSplitError(
                f"claim {claim.id}: {payer.order.value} payer: a decision on the claim as a whole: expected one on each"
                " line, as the claim needs several"
            )
        lines = tuple(line.model_copy(update={"line": place[line.line]}) for line in whole.lines if line.line in place)
        changes = {"lines": lines, "paid_cents": sum(line.paid_cents for line in lines)}
        others.append(payer.model_copy(update={"adjudication": whole.model_copy(update=changes)}))
    return tuple(others)


def _with_pointers(line: ClaimLine, pointers: tuple[int, ...]) -> ClaimLine:
    return line if pointers == line.pointers else line.model_copy(update={"pointers": pointers})


def void_of(claim: Claim, original_reference: str, *, claim_id: str = "") -> Claim:
    """The claim that takes the payer's claim `original_reference` back; `claim_id` where it gets an id of its own.

    Raises `ClaimSplitError` without a reference: a payer cannot tell what is voided.
    """
    return _answering(claim, Frequency.VOID, original_reference, claim_id)


def replacement_of(claim: Claim, original_reference: str, *, claim_id: str = "") -> Claim:
    """The claim as it stands in place of the payer's claim `original_reference`; it replaces all of it."""
    return _answering(claim, Frequency.REPLACEMENT, original_reference, claim_id)


def _answering(claim: Claim, frequency: Frequency, original_reference: str, claim_id: str) -> Claim:
    reference = original_reference.strip()
    if not reference:
        raise ClaimSplitError(f"claim {claim.id}: original reference: expected the payer's number of the earlier claim")
    changes = {"frequency": frequency, "original_reference": reference, "id": claim_id or claim.id}
    return claim.model_copy(update=changes)
