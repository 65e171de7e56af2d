"""What statuses, severities and events of claims are called on pages, and the color each is shown in."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.check.summary import BLOCKING
from cleanclaim.practice.models import ClaimFinding, ClaimStatus
from cleanclaim.records import Frequency
from cleanclaim.rules.kit import Severity


@dataclass(frozen=True, slots=True)
class Label:
    """Words and a color; `says` explains them."""

    words: str
    tone: str = ""
    says: str = ""


STATUS_LABELS: dict[str, Label] = {
    ClaimStatus.HELD.value: Label("Needs a fix", "bad", "a finding would have it rejected, denied or taken back"),
    ClaimStatus.QUESTION.value: Label("Has a question", "warn", "the note leaves open what is billed"),
    ClaimStatus.NOT_JUDGED.value: Label("Not judged", "bad", "a rule failed, so nothing is said about the claim"),
    ClaimStatus.READY.value: Label("Ready", "good", "clean as far as judged; can be filed"),
    ClaimStatus.SUPERBILL.value: Label("Patient pays", "info", "nothing is filed; the patient gets a superbill"),
    ClaimStatus.ON_HOLD.value: Label("On hold", "warn", "a person holds it back"),
    ClaimStatus.SUBMITTED.value: Label("Filed", "", "went out in a file"),
    ClaimStatus.CLOSED.value: Label("Closed", "", "void, replaced, or given to the patient"),
}
"""Statuses in the order in which they are worked."""

SEVERITY_LABELS: dict[str, Label] = {
    Severity.REJECT.value: Label("rejected at the door", "bad"),
    Severity.DENY.value: Label("denied", "bad"),
    Severity.RECOUP.value: Label("paid, then taken back", "bad"),
    Severity.LEFT.value: Label("money left", "warn"),
    Severity.ADVICE.value: Label("advice", "info"),
}
"""What would happen, the worst first."""

FREQUENCY_WORDS = {
    Frequency.ORIGINAL.value: "",
    Frequency.REPLACEMENT.value: "replacement",
    Frequency.VOID.value: "void",
}

_WORST_FIRST = list(SEVERITY_LABELS)


def worst_first(findings: list[ClaimFinding]) -> list[ClaimFinding]:
    """Findings in the order in which they hurt: by what would happen, then by dollars."""
    return sorted(findings, key=lambda row: (_WORST_FIRST.index(row.severity), -(row.cents or 0), row.rule, row.place))


def is_blocking(finding: ClaimFinding) -> bool:
    """Whether a finding holds its claim back while it stands."""
    return finding.severity in BLOCKING
