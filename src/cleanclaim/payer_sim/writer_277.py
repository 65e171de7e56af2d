"""The answer to a claim status inquiry (277, 005010X212)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cleanclaim.money import plain
from cleanclaim.payer_sim.claim_status import Standing
from cleanclaim.payer_sim.envelope import Segment, eight, value
from cleanclaim.payer_sim.inquiries import Party, StatusInquiry

KIND = ("HN", "277", "005010X212")


def segments(reference: str, answers: Sequence[tuple[StatusInquiry, Standing]], day: date) -> list[Segment]:
    """The transaction between its header and its trailer: the inquiry's levels and what is said of each claim."""
    words = value(reference, 50) or "0"
    found: list[Segment] = [("BHT", "0010", "08", words, eight(day), "1200", "DG")]
    level = 0
    by_ends: dict[tuple[Party, Party, Party], list[tuple[StatusInquiry, Standing]]] = {}
    for asked, standing in answers:
        by_ends.setdefault((asked.who.payer, asked.who.receiver, asked.who.provider), []).append((asked, standing))
    for (payer, receiver, provider), group in by_ends.items():
        source, level = level + 1, level + 3
        found.append(("HL", str(source), "", "20", "1"))
        found.append(("NM1", "PR", "2", value(payer.name, 60) or "SIMULATED PAYER", *[""] * 4, *_number(payer, "PI")))
        found.append(("HL", str(source + 1), str(source), "21", "1"))
        found.append(_party("41", receiver, "46"))
        found.append(("HL", str(level), str(source + 1), "19", "1"))
        found.append(_party("1P", provider, "XX"))
        above = level
        for asked, standing in group:
            level += 1
            has_dependent = asked.who.dependent is not None
            found.append(("HL", str(level), str(above), "22", "1" if has_dependent else "0"))
            member = asked.who.subscriber
            name = (value(member.name, 60) or "UNKNOWN", value(member.given_name, 35))
            found.append(("NM1", "IL", "1", *name, "", "", "", *_number(member, "MI")))
            if asked.who.dependent is not None:
                level += 1
                patient = asked.who.dependent
                found.append(("HL", str(level), str(level - 1), "23"))
                found.append(("NM1", "QC", "1", value(patient.name, 60) or "UNKNOWN", value(patient.given_name, 35)))
            found.extend(_claim(asked, standing, day))
    return found


def _number(party: Party, otherwise: str) -> tuple[str, str]:
    return party.number_kind or otherwise, value(party.number) or "0"


def _party(entity: str, party: Party, number_kind: str) -> Segment:
    kind, name = ("1" if party.is_person else "2"), value(party.name, 60) or "UNKNOWN"
    given = value(party.given_name, 35) if party.is_person else ""
    return ("NM1", entity, kind, name, given, "", "", "", *_number(party, number_kind))


def _claim(asked: StatusInquiry, standing: Standing, day: date) -> Iterator[Segment]:
    """What is said of one claim: its status, amounts and payment, the numbers of both sides, its days."""
    decided, settled = standing.decided, standing.settled
    yield "TRN", "2", value(asked.who.traces[0][0], 50) or "0"
    if decided is None:
        charge = "" if asked.charge_cents is None else plain(asked.charge_cents)
        yield "STC", standing.status, eight(day), "", charge, "0" if charge else ""
    elif settled is None:
        yield "STC", standing.status, eight(day), "", plain(decided.claim.charge_cents), "0"
    else:
        paid = (eight(settled.paid_on), "", eight(settled.paid_on), value(settled.trace_number, 16))
        amounts = (plain(decided.claim.charge_cents), plain(standing.paid_cents))
        yield "STC", standing.status, eight(day), "", *amounts, *paid
    if decided is not None:
        yield "REF", "1K", value(decided.claim.payer_control_number, 50)
    account = asked.account or (decided.claim.control_number if decided is not None else "")
    if account:
        yield "REF", "EJ", value(account, 50)
    begins = decided.claim.begins_on if decided is not None else asked.who.day
    ends = decided.claim.ends_on if decided is not None else asked.through
    if begins is not None and ends is not None and ends > begins:
        yield "DTP", "472", "RD8", f"{eight(begins)}-{eight(ends)}"
    elif begins is not None:
        yield "DTP", "472", "D8", eight(begins)
