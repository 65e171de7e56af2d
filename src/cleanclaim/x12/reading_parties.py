"""People, organizations and payers of a professional claim, out of the loops that name them."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.x12.interchange import Segment
from cleanclaim.x12.loops import LoopNode
from cleanclaim.x12.parsed import ParsedAddress, ParsedParty, ParsedPayer
from cleanclaim.x12.segment_values import ValueReader, reference, sum_of


@dataclass(slots=True)
class PartyReader:
    """Reads the parties of one transaction."""

    values: ValueReader

    def billing(self, level: LoopNode) -> ParsedParty | None:
        """Who bills, by its level, which has the specialty."""
        node = level.first("2010AA")
        if node is None:
            return None
        return self.party(node, specialty=level.segment("PRV", ("BI",)))

    def party(self, node: LoopNode | None, specialty: Segment | None = None) -> ParsedParty | None:
        """The party that a loop names; `None` where it names nobody."""
        if node is None or node.opening is None:
            return None
        name = node.opening
        specialty = specialty or node.segment("PRV")
        about = node.segment("DMG")
        tax = next(iter(node.every("REF", ("EI", "SY"))), None)
        is_npi = name.text(8) == "XX"
        return ParsedParty(
            name=name.text(3),
            given_name=name.text(4),
            middle_name=name.text(5),
            suffix=name.text(7),
            is_person={"1": True, "2": False}.get(name.text(2)),
            npi=name.text(9) if is_npi else "",
            identifier="" if is_npi else name.text(9),
            identifier_kind="" if is_npi else name.text(8),
            tax_id=tax.text(2) if tax is not None else "",
            tax_id_kind={"EI": "EIN", "SY": "SSN"}[tax.text(1)] if tax is not None else "",
            taxonomy=specialty.text(3) if specialty is not None else "",
            address=address_of(node),
            birth_date=None if about is None else self.values.day(node.id, about, 2),
            states_birth_date=about is not None and bool(about.text(2)),
            sex="" if about is None else about.text(3),
            phone=_phone(node),
        )

    def payer(self, level: LoopNode, holder: LoopNode | None, named: LoopNode | None) -> ParsedPayer | None:
        """A payer with the terms of its policy: of the level that states them, its holder and who is named."""
        terms = level.segment("SBR")
        if terms is None and named is None and holder is None:
            return None
        name = named.opening if named is not None else None
        member = holder.opening if holder is not None else None
        is_other = level.id == "2320"
        paid, left = (level.segment("AMT", (what,)) if is_other else None for what in ("D", "EAF"))
        return ParsedPayer(
            name=name.text(3) if name is not None else "",
            identifier=name.text(9) if name is not None else "",
            order=terms.text(1) if terms is not None else "",
            relationship=terms.text(2) if terms is not None else "",
            group_number=terms.text(3) if terms is not None else "",
            plan_name=terms.text(4) if terms is not None else "",
            medicare_secondary_type=terms.text(5) if terms is not None else "",
            filing_indicator=terms.text(9) if terms is not None else "",
            member_id=member.text(9) if member is not None else "",
            claim_number=reference(holder, "Y4"),
            paid_cents=None if paid is None else self.values.cents(level.id, paid, 2),
            adjusted_cents=sum_of(self.values.adjustments(level)[0]) if is_other else 0,
            remaining_cents=None if left is None else self.values.cents(level.id, left, 2),
            address=None if named is None else address_of(named),
            subscriber=self.party(holder),
        )


def address_of(node: LoopNode) -> ParsedAddress | None:
    """The address in a loop; `None` where there is neither a street nor a town."""
    street, town = node.segment("N3"), node.segment("N4")
    if street is None and town is None:
        return None
    return ParsedAddress(
        line1=street.text(1) if street is not None else "",
        line2=street.text(2) if street is not None else "",
        city=town.text(1) if town is not None else "",
        state=town.text(2) if town is not None else "",
        zip_code=town.text(3) if town is not None else "",
        country=town.text(4) if town is not None else "",
    )


def _phone(node: LoopNode) -> str:
    """The first telephone number among the up to three numbers of a party's contact."""
    contact = node.segment("PER")
    if contact is None:
        return ""
    return next((contact.text(place + 1) for place in (3, 5, 7) if contact.text(place) == "TE"), "")
