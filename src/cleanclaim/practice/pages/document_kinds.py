"""The kinds of stored documents: what they are to a clinic, and which files are taken, by their first bytes."""

from __future__ import annotations

from cleanclaim.practice.models import DocumentKind

BEGINS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
"""First bytes, media type and ending of the kinds of file that are taken."""
LABELS = {
    DocumentKind.ORDER.value: "order or referral",
    DocumentKind.PLAN.value: "signed plan of care",
    DocumentKind.CARD.value: "insurance card",
    DocumentKind.ABN.value: "signed notice (ABN)",
    DocumentKind.EOB.value: "explanation of benefits (EOB)",
    DocumentKind.SELF_PAY.value: "signed request not to bill a plan",
    DocumentKind.OTHER.value: "other",
}


def media_type_of(data: bytes) -> str:
    """What a file is by its first bytes; empty where it is none of the kinds that are taken."""
    return next((media for begins, media, _ending in BEGINS if data.startswith(begins)), "")
