"""Tokens: how they are made, what they look like, and whom a call speaks for.

A token reads `cc1_CLINIC_SECRET`: the clinic's key in base64, so that a look-up happens in that clinic's scope alone,
and 256 random bits. Of the whole only the SHA-256 is kept.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cleanclaim.practice.access import Access
from cleanclaim.practice.api.scopes import Scope
from cleanclaim.practice.models import ApiToken, Clinic, Membership, Role

_TOKEN = re.compile(r"cc1_(?P<clinic>[A-Za-z0-9_-]{22})_(?P<secret>[A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a call speaks for."""

    token: ApiToken
    access: Access
    scopes: frozenset[str]


def make_token(
    clinic: Clinic, membership: Membership, label: str, scopes: Iterable[Scope], *, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token of a member, and its text, which is shown this once. The clinic is in scope."""
    text = f"cc1_{_short(clinic.id)}_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(
        clinic=clinic,
        membership=membership,
        label=label,
        digest=_digest(text),
        scopes=sorted(scope.value for scope in scopes),
        expires_at=expires_at,
    )
    return row, text


def clinic_of(request: HttpRequest) -> tuple[UUID, str] | None:
    """The clinic and the token that a request names, unproved; `None` where it names none."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    found = _TOKEN.fullmatch(text.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        return None
    return UUID(bytes=base64.urlsafe_b64decode(found["clinic"] + "==")), text.strip()


def caller_of(clinic: UUID, text: str, origin: str) -> Caller | None:
    """Whom a token speaks for; `None` where it is unknown, revoked or expired. The clinic is in scope."""
    row = (
        ApiToken.objects.select_related("membership__user", "membership__provider", "clinic__company")
        .filter(clinic_id=clinic, digest=_digest(text), revoked_at=None)
        .first()
    )
    if row is None or (row.expires_at is not None and row.expires_at <= timezone.now()):
        return None
    member = row.membership
    if not member.user.is_active or member.clinic_id != clinic:
        return None
    access = Access(member.user, row.clinic, Role(member.role), member.provider, origin)
    return Caller(row, access, frozenset(row.scopes))


def revoke(token: ApiToken) -> None:
    """End a token at once; one that was ended before stays as it was."""
    with transaction.atomic():
        ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def _short(clinic: UUID) -> str:
    return base64.urlsafe_b64encode(clinic.bytes).decode().rstrip("=")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
