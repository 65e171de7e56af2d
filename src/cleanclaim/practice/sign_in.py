"""How people sign in: nobody signs up alone, and the secrets of second factors are sealed."""

from __future__ import annotations

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from cleanclaim.practice.sealing import seal, unseal

PLACE = "all|mfa_authenticator|any|data"
"""What a sealed second factor is bound to: allauth does not say whose it is when it has one sealed."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """Accounts are made by an owner, never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        del request
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth ships no types
    """Secrets of authenticator apps and recovery codes are sealed like fields of a patient."""

    def encrypt(self, text: str) -> str:
        """The text sealed, in base64."""
        return base64.b64encode(seal(text.encode(), PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed. Raises `UnsealError` or `KeyFileError`."""
        return unseal(base64.b64decode(encrypted_text), PLACE).decode()

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows."""
        return "CleanClaim"
