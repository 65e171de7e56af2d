"""The rows of a long list within a page of Django's templates."""

from __future__ import annotations

from typing import cast

from django import template
from django.utils.safestring import SafeString

from cleanclaim.practice.list_rows import rows_of

register = template.Library()


@register.simple_tag(takes_context=True)
def rows(context: template.Context, name: str) -> SafeString:
    """What the template of this name (`practice/claims/queue_rows.jinja`) writes of all that the page was given."""
    return rows_of(name, cast("dict[str, object]", context.flatten()))
