"""A form on a page of its own: how its fields are laid out in parts, and what the answer says of how it went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from cleanclaim.practice.access import ClinicRequest


def render_form(
    request: ClinicRequest, template: str, form: forms.BaseForm, context: Mapping[str, Any], *, is_stale: bool = False
) -> HttpResponse:
    """The page: 200 as first shown, 422 with what was typed and its errors, 409 where somebody changed it meanwhile.

    Args:
        request: the page's request.
        template: the page.
        form: the form.
        context: what the page shows around it.
        is_stale: somebody changed the row meanwhile.
    """
    status = 409 if is_stale else 422 if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form, "is_stale": is_stale}, status=status)
