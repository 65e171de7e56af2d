"""Who bills and who works: companies, clinics, users, roles, therapists and referring providers."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from cleanclaim.practice.models.rows import ClinicRow, Keyed, choices_of
from cleanclaim.records import Credential


class Company(Keyed):
    """A billing company, or the owner of one clinic or several."""

    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Clinic(Keyed):
    """A clinic: the tenant, and the provider organization that bills.

    `locality` is Medicare's payment locality as `MAC-LOCALITY`. `pay_to` and `facility` are addresses as
    `records.Address` has them, where they differ from the clinic's own; `bounds` is `records.VisitBounds`.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="clinics")
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    npi = models.CharField("NPI", max_length=10)
    tax_id = models.CharField("tax id", max_length=12)
    tax_id_kind = models.CharField(max_length=3, default="EIN", choices=[("EIN", "EIN"), ("SSN", "SSN")])
    taxonomy = models.CharField(max_length=10, default="261QP2000X")
    line1 = models.CharField("street", max_length=55)
    line2 = models.CharField("suite", max_length=55, blank=True)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField("ZIP", max_length=10)
    pay_to = models.JSONField(null=True, blank=True)
    facility = models.JSONField(null=True, blank=True)
    facility_name = models.CharField(max_length=60, blank=True)
    facility_npi = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=20)
    contact = models.CharField(max_length=60)
    locality = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=40, default="America/Chicago")
    submitter_name = models.CharField(max_length=60, blank=True)
    submitter_identifier = models.CharField(max_length=15, blank=True)
    submitter_contact = models.CharField(max_length=60, blank=True)
    submitter_phone = models.CharField(max_length=20, blank=True)
    bounds = models.JSONField(null=True, blank=True)
    sends_production = models.BooleanField("files are for production", default=False)
    """Whether claim files are marked for production; until an owner says so they are marked as tests."""
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        """Its name."""
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:  # noqa: ANN401 - columns
        """A user; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin, Keyed):
    """A person who signs in, by e-mail address. What they may do is said by their memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    """When a clinic last gave them a link to choose a password; null for who was never invited."""

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        """The name."""
        return self.name or self.email

    @property
    def is_invited(self) -> bool:
        """Whether they were invited and have chosen no password yet."""
        return self.invited_at is not None and not self.has_usable_password()


class Role(StrEnum):
    """What a person is to a clinic."""

    OWNER = "owner"
    THERAPIST = "therapist"
    ASSISTANT = "assistant"
    FRONT_DESK = "front_desk"
    BILLER = "biller"
    AUDITOR = "auditor"


class Provider(ClinicRow):
    """Somebody who treats at the clinic, or who refers to it (`treats` is false).

    `key` is the clinic's own short name of the provider, as visit files name them.
    """

    key = models.CharField(max_length=38)
    family_name = models.CharField(max_length=60)
    given_name = models.CharField(max_length=35)
    credential = models.CharField(max_length=8, choices=choices_of(Credential))
    npi = models.CharField("NPI", max_length=10, blank=True)
    taxonomy = models.CharField(max_length=10, blank=True)
    license_number = models.CharField(max_length=20, blank=True)
    license_state = models.CharField(max_length=2, blank=True)
    treats = models.BooleanField(default=True)
    active_from = models.DateField(null=True, blank=True)
    active_through = models.DateField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("family_name", "given_name")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "key"], name="provider_key_once_a_clinic")]

    def __str__(self) -> str:
        """Name and credential."""
        return f"{self.given_name} {self.family_name}, {self.credential}"


class Membership(Keyed):
    """A user's role in a clinic, and which of its providers they are."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=choices_of(Role))
    provider = models.ForeignKey(Provider, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "clinic"], name="one_role_a_clinic")]

    def __str__(self) -> str:
        """The role."""
        return self.role
