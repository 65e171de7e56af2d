"""How somebody who was added chooses a password: a link that holds for a few days and works once."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from cleanclaim.practice.models import User


def password_link(user: User, address: str) -> str:
    """A link at which a person sets a password; it stops working once they have.

    Args:
        user: who.
        address: where the app is reached, such as `https://practice.example/`.
    """
    key = default_token_generator.make_token(user)
    place = {"uidb36": user_pk_to_url_str(user), "key": key}
    return address.rstrip("/") + reverse("account_reset_password_from_key", kwargs=place)


def send_password_link(user: User, address: str) -> bool:
    """Mail the link; says whether there is a mail server to do so. The mail names no clinic and no patient."""
    if not settings.SENDS_MAIL:
        return False
    EmailMessage(
        "Choose your password",
        "You were added to CleanClaim. Choose a password at this address; it works once, for three days:\n\n"
        f"{password_link(user, address)}\n",
        to=[user.email],
    ).send()
    return True
