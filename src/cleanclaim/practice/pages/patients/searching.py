"""Find patients by what somebody at the desk knows, and who may be there already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from cleanclaim.practice.form_fields import phone_digits
from cleanclaim.practice.models import Patient

_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y")
_PHONE_PART = re.compile(r"[\d()+.\-]{4,}")


def matching(text: str) -> Q:
    """Patients that every word of a search fits: a birth date, a telephone number or its end, a number, a name.

    `1948-05-02` and `5/2/1948` are birth dates; four digits or more may be the end of a telephone number; anything
    else is a patient number or the beginning of a family or given name.
    """
    wanted = Q()
    for word in text.replace(",", " ").split():
        day = birth_date(word)
        if day is not None:
            wanted &= Q(birth_date=day)
            continue
        one = Q(number__istartswith=word)
        if _PHONE_PART.fullmatch(word) and len(phone_digits(word)) >= 4:  # noqa: PLR2004 - the end of a number, as people say it
            one |= Q(phone__endswith=phone_digits(word))
        if not any(character.isdigit() for character in word):
            one |= Q(family_name__istartswith=word) | Q(given_name__istartswith=word)
            one |= Q(family_name__icontains=f" {word}") | Q(family_name__icontains=f"-{word}")
        wanted &= one
    return wanted


def birth_date(word: str) -> date | None:
    """A day as people write one, with four digits of the year."""
    for shape in _DAYS:
        try:
            day = datetime.strptime(word, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return day
    return None


def perhaps_the_same(entered: Mapping[str, Any]) -> QuerySet[Patient]:
    """Patients who may be the one that is being registered: same birth date and a name alike, or the same telephone."""
    same = Q(birth_date=entered["birth_date"]) & (
        Q(family_name__iexact=entered["family_name"]) | Q(given_name__iexact=entered["given_name"])
    )
    if entered.get("phone"):
        same |= Q(phone=entered["phone"])
    found: QuerySet[Patient] = Patient.objects.filter(same)
    return found
