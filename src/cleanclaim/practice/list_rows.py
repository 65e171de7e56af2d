"""Rows of long lists, written by templates that are compiled to Python (`*.jinja`, beside the pages that show them).

Django's own templates are followed node by node: fifty rows of thirty values cost a page more than all else that it
does. Of a page that shows a long list only the rows are such a template; everything around them is Django's. What is
shown is escaped the same way, and a name that a page does not give is an error instead of an empty place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from uuid import UUID

import jinja2
from django.template.defaultfilters import date as django_date
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from cleanclaim.practice.form_fields import phone_words
from cleanclaim.practice.templatetags.addresses import row_address
from cleanclaim.practice.templatetags.practice import icon, money, plural, written_date

_FOLDER = Path(__file__).parent / "templates"


def rows_of(template: str, context: Mapping[str, object]) -> SafeString:
    """The rows that a template writes of a page's context. Raises `jinja2.UndefinedError` where a name is missing."""
    return mark_safe(_template(template).render(context))  # noqa: S308 - the template escapes what it is given


@cache
def _template(name: str) -> jinja2.Template:
    """A template, compiled once."""
    return environment().get_template(name)


@cache
def environment() -> jinja2.Environment:
    """What the templates of rows may use: filters and functions of lists, and nothing of Django's own."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined, auto_reload=False
    )
    made.filters |= {"day": day, "moment": moment, "money": money, "plural": plural, "phone": phone_words}
    made.globals |= {"address": address, "icon": icon}
    return made


def day(value: date) -> str:
    """A day as lists write it: `Sep 25, 2026`."""
    return written_date(value, "M j, Y")


def moment(value: datetime) -> str:
    """A moment as lists write it, in the time zone that is current: `Sep 25, 2:30 PM`."""
    return str(django_date(localtime(value), "M j, g:i A"))


def address(name: str, *arguments: str | UUID) -> str:
    """The address of a page; quick where its last argument is a row's key, or where the same one is asked for again."""
    *before, last = arguments
    return row_address(name, *before, key=last) if isinstance(last, UUID) else _address(name, arguments)


@lru_cache(maxsize=1024)
def _address(name: str, arguments: tuple[str | UUID, ...]) -> str:
    return reverse(name, args=arguments)
