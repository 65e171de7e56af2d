"""Pages that show dollars to whoever may see them: the front desk and billers, never who treats."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from cleanclaim.practice.access import ClinicRequest
from cleanclaim.practice.pages.patients.entering import may_see_money

P = ParamSpec("P")
View = Callable[Concatenate[ClinicRequest, P], HttpResponseBase]


def with_money(view: View[P]) -> View[P]:
    """Refuse (403) whoever may not see dollars; goes below `clinic_page`."""

    @wraps(view)
    def entered(request: ClinicRequest, /, *arguments: P.args, **options: P.kwargs) -> HttpResponseBase:
        if not may_see_money(request.access):
            raise PermissionDenied("needs: see dollars")
        return view(request, *arguments, **options)

    return entered
