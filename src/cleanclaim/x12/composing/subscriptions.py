"""Who pays and under whose policy: the segments that a payer's own level and another payer's have in common."""

from __future__ import annotations

from collections.abc import Mapping

from cleanclaim.records import Claim, ClaimPayer, Relationship
from cleanclaim.x12.composing.values import Role, Values, Written
from cleanclaim.x12.guide import Guide


class Subscriptions:
    """Composes SBR, the policy's holder and the payer's name."""

    def __init__(self, guide: Guide, values: Values) -> None:
        self.relationships: Mapping[str, str] = guide.codes["relationship"]
        self._orders: Mapping[str, str] = guide.codes["payer_order"]
        self._plan_name = Written(values.cleaner, "plan name", values.longest["plan_name"])

    def terms(self, payer: ClaimPayer, relationship: str) -> str:
        """The payer's order, the group or plan, and the kind of payer; `relationship` in the file's code."""
        # A plan's name is said only where there is no group number.
        plan = self._plan_name[payer.plan_name] if payer.plan_name and not payer.group_number else ""
        return (
            f"SBR*{self._orders[payer.order]}*{relationship}*{payer.group_number}*{plan}"
            f"*{payer.medicare_secondary_type}****{payer.filing_indicator}~"
        )

    def holder(self, claim: Claim, payer: ClaimPayer, role: Role) -> str:
        """Who holds the policy: the patient, or the subscriber named with the payer."""
        if payer.subscriber is None or payer.relationship is Relationship.SELF:
            name, address = role.person.text(claim.patient.name), role.address.text(claim.patient.address)
        else:
            subscriber = payer.subscriber
            name = role.person.text(subscriber.name)
            address = "" if subscriber.address is None else role.address.text(subscriber.address)
        return f"NM1*IL*1*{name}*MI*{payer.member_id}~{address}"

    @staticmethod
    def named(payer: ClaimPayer, role: Role) -> str:
        """The payer's name, number and, where known, address."""
        text = f"NM1*PR*2*{role.name[payer.name]}*****PI*{payer.identifier}~"
        return text if payer.address is None else text + role.address.text(payer.address)
