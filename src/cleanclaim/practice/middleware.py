"""Middleware of the practice."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class ForwardedAddress:
    """Behind a proxy, the address that a request came from is the last one that the proxy wrote down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Put the client's address where Django keeps the peer's; anything a client claims stands before it."""
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if settings.IS_BEHIND_PROXY and forwarded:
            request.META["REMOTE_ADDR"] = forwarded.rpartition(",")[2].strip()
        return self.get_response(request)


class PrivateResponses:
    """Pages are nobody's to keep: no cache stores what may hold patient data; static files are served before this."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and forbid storing unless the page says otherwise itself."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
