"""Tags and filters that every template may use without loading them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache

from django import template
from django.forms import BoundField
from django.template.defaultfilters import date as django_date
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cleanclaim.dates import with_written_days, written
from cleanclaim.money import dollars
from cleanclaim.practice.form_fields import phone_words

register = template.Library()


@cache
def _sprite() -> str:
    """The address of the sprite of icons, which every page names dozens of times."""
    return static("practice/vendor/icons.svg")


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite: for the eye only, unless it has a label of its own. Pages show the same few again."""
    address = f"{_sprite()}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.filter(name="date", expects_localtime=True, is_safe=False)
def written_date(value: date | datetime | str | None, form: str | None = None) -> str:
    """Django's own filter of that name. The form that nearly every date has is written at once: lists hold hundreds."""
    if type(value) is date and form == "M j, Y":
        return written(value)
    return str(django_date(value, form))


@register.filter
def money(cents: int | None) -> str:
    """Cents as dollars; a dash where the amount is not known."""
    return "–" if cents is None else dollars(cents)


@register.filter
def money_or_dash(cents: int) -> str:
    """Cents as dollars; a dash where there are none, so that a table shows what there is."""
    return dollars(cents) if cents else "–"


@register.filter
def percent_e4(part: int) -> str:
    """Ten-thousandths as percent: `50%`."""
    return f"{part / 100:g}%"


@register.filter
def phone(digits: str) -> str:
    """A telephone number as it is read aloud: `(312) 555-0101`."""
    return phone_words(digits)


@register.filter
def answer(value: bool | None) -> str:  # noqa: FBT001 - what is shown
    """Yes, no, or not known."""
    return {True: "yes", False: "no", None: "not known"}[value]


@register.filter
def unsigned_money(cents: int) -> str:
    """Cents as dollars without their sign, where words say which way they go."""
    return dollars(abs(cents))


@register.filter
def plural(count: int, word: str) -> str:
    """A count with its word: `1 visit`, `2 visits`; `word` may give both forms as `entry,entries`."""
    singular, _comma, several = word.partition(",")
    return f"{count:,} {singular if count == 1 else several or singular + 's'}"


_IDENTIFIER = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_ONE_OF_SEVERAL = re.compile(r"\b1 ([a-z]{3,})s\b")


@register.filter
def with_days(text: str) -> str:
    """A text with the days in it written out: `2026-09-25` is `Sep 25, 2026`; what is no day stays as it is."""
    return with_written_days(text)


@register.filter
def logged(text: str) -> str:
    """What the audit log keeps, to be read by people: `write_off` is `write off`, `1 documents` is `1 document`.

    The log is chained by its own bytes, so its words are mended where they are shown.
    """
    spaced = _IDENTIFIER.sub(lambda found: found[0].replace("_", " "), with_days(text))
    return _ONE_OF_SEVERAL.sub(r"1 \1", spaced)


@register.filter
def with_id(field: BoundField, prefix: object) -> SafeString:
    """A form's field under an id of its own, where a page shows the same form several times."""
    return field.as_widget(attrs={"id": f"{prefix}{field.id_for_label}"})


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, for a list of choices in a template."""
    return text.split()


@register.filter
def item(values: Mapping[str, object], key: str) -> object:
    """The value of a key that a variable names; empty where it is missing."""
    return values.get(key, "")


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """The page's query string with some values changed; `None` takes one out. Begins with `?`."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}"
