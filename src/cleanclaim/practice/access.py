"""Who may do what: roles and capabilities, and the door through which every page of a clinic is entered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from cleanclaim.practice import audit_trail, tenancy
from cleanclaim.practice.models import Clinic, Membership, Provider, Role, User

P = ParamSpec("P")


class Can(StrEnum):
    """One thing that a person may be allowed to do in a clinic."""

    SEE_PATIENTS = "see patients"
    EDIT_PATIENTS = "register and edit patients"
    SEE_NOTES = "read notes"
    WRITE_NOTES = "write notes"
    SEE_CLAIMS = "see claims and money"
    WORK_CLAIMS = "fix, build and release claims"
    SEE_ACCOUNTS = "see what patients owe and paid"
    TAKE_PAYMENTS = "take patients' payments"
    APPROVE_MONEY = "approve write-offs and open closed books"
    SEE_FIGURES = "see the clinic's figures"
    SET_UP = "set the clinic up"
    MANAGE_PEOPLE = "manage who may sign in"
    EXPORT = "export tables"
    SEE_TRAIL = "read the audit log"


CAPABILITIES: Mapping[Role, frozenset[Can]] = {
    Role.OWNER: frozenset(Can),
    Role.THERAPIST: frozenset({Can.SEE_PATIENTS, Can.SEE_NOTES, Can.WRITE_NOTES}),
    Role.ASSISTANT: frozenset({Can.SEE_PATIENTS, Can.SEE_NOTES, Can.WRITE_NOTES}),
    Role.FRONT_DESK: frozenset({Can.SEE_PATIENTS, Can.EDIT_PATIENTS, Can.SEE_ACCOUNTS, Can.TAKE_PAYMENTS}),
    Role.BILLER: frozenset(
        {
            Can.SEE_PATIENTS,
            Can.EDIT_PATIENTS,
            Can.SEE_NOTES,
            Can.SEE_CLAIMS,
            Can.WORK_CLAIMS,
            Can.SEE_ACCOUNTS,
            Can.TAKE_PAYMENTS,
            Can.SEE_FIGURES,
            Can.SET_UP,
            Can.EXPORT,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Can.SEE_PATIENTS,
            Can.SEE_NOTES,
            Can.SEE_CLAIMS,
            Can.SEE_ACCOUNTS,
            Can.SEE_FIGURES,
            Can.EXPORT,
            Can.SEE_TRAIL,
        }
    ),
}
"""What each role may do. A therapist sees units, never dollars; an auditor changes nothing."""


@dataclass(frozen=True, slots=True)
class Access:
    """A person inside a clinic: what they may do there, and which provider they are."""

    user: User
    clinic: Clinic
    role: Role
    provider: Provider | None
    origin: str = ""
    later: list[audit_trail.Told] | None = None
    """What is still to be written into the audit log, where that waits for the end of the request."""

    @property
    def role_words(self) -> str:
        """The role as people say it."""
        return self.role.value.replace("_", " ")

    def may(self, what: Can) -> bool:
        """Whether the role allows it."""
        return what in CAPABILITIES[self.role]

    def record(self, action: str, subject: str, subject_id: object = "", detail: str = "") -> None:
        """Write into the clinic's audit log what this person does: at once, or at the end (`writing_at_the_end`)."""
        told = audit_trail.Told(action, subject, str(subject_id), detail)
        if self.later is None:
            audit_trail.record_all(self.clinic.id, self.user, [told], origin=self.origin)
        else:
            self.later.append(told)

    def writing_at_the_end(self) -> Access:
        """The same access, whose records wait for `write_down`.

        Everybody in a clinic adds to one chain. Who locks its end before a page is made makes all others wait for the
        page; so a page's entries are written when it is made, in the transaction that read what it shows.
        """
        return replace(self, later=[])

    def write_down(self) -> None:
        """Write what waits into the audit log."""
        if self.later:
            audit_trail.record_all(self.clinic.id, self.user, self.later, origin=self.origin)
            self.later.clear()


class ClinicRequest(HttpRequest):
    """A request inside a clinic, as the views of `clinic_page` receive it."""

    access: Access
    user: User


View = Callable[Concatenate[ClinicRequest, P], HttpResponseBase]


def clinic_page(*needs: Can, area: str = "") -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Make a view a page of the clinic that its address names (`slug`).

    Somebody who is no member gets 404, as if the clinic were not there; a member whose role may not do all of `needs`
    gets 403. The view runs in the scope and the time zone of that clinic, and finds `request.access`. `area` is the
    name of the address that the navigation shows as current, where it is not the view's own.
    """

    def wrap(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @login_required
        def entered(request: HttpRequest, slug: str, *arguments: Any, **options: Any) -> HttpResponseBase:  # noqa: ANN401 - the view's own
            access = enter(request, slug).writing_at_the_end()
            if not all(access.may(what) for what in needs):
                raise PermissionDenied(f"needs: {', '.join(needs)}")
            inside = cast("ClinicRequest", request)
            inside.access = access
            with tenancy.scope([access.clinic.id]), timezone.override(ZoneInfo(access.clinic.time_zone)):
                response = view(inside, *arguments, **options)
                access.write_down()
                return response

        entered.needs = needs  # type: ignore[attr-defined]
        entered.area = area  # type: ignore[attr-defined]
        return entered

    return wrap


def enter(request: HttpRequest, slug: str) -> Access:
    """The access of the request's user to a clinic. Raises `Http404` for anybody else."""
    user = cast("User", request.user)
    membership = (
        Membership.objects.select_related("clinic", "clinic__company")
        .filter(user_id=user.pk, clinic__slug=slug)
        .first()
    )
    if membership is None:
        raise Http404
    provider = None
    if membership.provider_id:
        with tenancy.scope([membership.clinic_id]):
            provider = Provider.objects.filter(pk=membership.provider_id).first()
    return Access(user, membership.clinic, Role(membership.role), provider, request.META.get("REMOTE_ADDR", ""))


def clinics_where(user: User, what: Can) -> dict[UUID, Clinic]:
    """The clinics in which a user may do something, by id."""
    return {item.clinic_id: item.clinic for item in _where(user, what).select_related("clinic")}


def works_in_several(user: User, what: Can) -> bool:
    """Whether a user may do something in more than one clinic."""
    return _where(user, what).count() > 1


def works_somewhere(user: User, what: Can) -> bool:
    """Whether a user may do something in any clinic."""
    return _where(user, what).exists()


def _where(user: User, what: Can) -> QuerySet[Membership]:
    roles = [role.value for role, capabilities in CAPABILITIES.items() if what in capabilities]
    return Membership.objects.filter(user_id=user.pk, role__in=roles)
