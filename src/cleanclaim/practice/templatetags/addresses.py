"""Django's `url` tag, quick for lists: the addresses of a list's rows differ by the row's key alone."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import reverse
from django.utils.html import conditional_escape

register = template.Library()

_STANDS_FOR_A_KEY = UUID(int=0)


class RowAddressNode(URLNode):
    """An address whose last argument may be a row's key: what stands around the key is worked out once."""

    def render(self, context: Context) -> str:
        """The address, as Django's own tag writes it. Raises `NoReverseMatch` as that does."""
        if self.args and not self.kwargs and self.asvar is None and context.autoescape:
            *before, key = [one.resolve(context) for one in self.args]
            if type(key) is UUID and all(type(one) in {str, UUID} for one in before):
                return row_address(str(self.view_name.resolve(context)), *before, key=key)
        return str(super().render(context))


def row_address(name: str, *before: str | UUID, key: UUID) -> str:
    """The address of a page whose last argument is a row's key, escaped. Raises `NoReverseMatch` as `reverse` does."""
    start, end = _around(name, *before)
    return f"{start}{key}{end}"


@lru_cache(maxsize=4096)
def _around(name: str, *before: str | UUID) -> tuple[str, str]:
    """What stands before and behind the last argument, a key, in the address of a page."""
    address = conditional_escape(reverse(name, args=[*before, _STANDS_FOR_A_KEY]))
    start, _key, end = address.rpartition(str(_STANDS_FOR_A_KEY))
    return start, end


@register.tag
def url(parser: Parser, token: Token) -> RowAddressNode:
    """Django's own tag of that name."""
    node: URLNode = django_url(parser, token)
    return RowAddressNode(node.view_name, node.args, node.kwargs, node.asvar)
