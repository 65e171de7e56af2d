"""Middleware of the practice."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class PrivateResponses:
    """Pages are nobody's to keep: no cache stores what may hold patient data; static files are served before this."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and forbid storing unless the page says otherwise itself."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
