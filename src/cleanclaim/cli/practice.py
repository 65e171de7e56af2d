"""`cleanclaim practice`: what an administrator does to a practice: tables, people, keys, backups, background work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.cli.doctor import EXAMPLE as DOCTOR_EXAMPLE
from cleanclaim.cli.doctor import command as doctor
from cleanclaim.cli.listing import Listed
from cleanclaim.cli.output import err, progress, unusable
from cleanclaim.cli.program import help_of
from cleanclaim.practice import environment, keys, serving

EXAMPLE = "cleanclaim practice migrate"

group = typer.Typer(cls=Listed, no_args_is_help=True, rich_markup_mode=None)

SlugOption = Annotated[str, typer.Option("--clinic", help="The clinic's short name, as in its addresses.")]


def as_owner() -> None:
    """Act as the role that owns the tables, where the environment names one."""
    owner = environment.text("CLEANCLAIM_OWNER_DATABASE")
    if owner:
        os.environ["CLEANCLAIM_DATABASE"] = owner


@contextmanager
def _plainly() -> Iterator[None]:
    """Say what went wrong in one line: what an administrator can set right is no crash."""
    from cleanclaim.practice.backup import BackupError  # noqa: PLC0415 - after set_up
    from cleanclaim.practice.sealing import UnsealError  # noqa: PLC0415 - after set_up

    try:
        yield
    except (serving.ServingError, keys.KeyFileError, BackupError, UnsealError) as error:
        unusable(str(error))


def _ready(*, migrate: bool = False) -> None:
    try:
        as_owner()
        serving.prepare(migrate=migrate)
    except (serving.ServingError, keys.KeyFileError, environment.EnvironmentProblemError) as error:
        unusable(str(error))


# --- tables ----------------------------------------------------------------------------------------------


@group.command("migrate", help=help_of("Bring the tables up to date; on PostgreSQL also the app's rights.", EXAMPLE))
def migrate() -> None:
    """Bring the tables up to date; on PostgreSQL also the app's rights."""
    _ready(migrate=True)
    from django.db import connection  # noqa: PLC0415 - after set_up

    from cleanclaim.practice import row_security  # noqa: PLC0415 - after set_up

    if connection.vendor == "postgresql":
        role = environment.text("CLEANCLAIM_APP_ROLE", "cleanclaim_app")
        try:
            row_security.grant(connection, role)
        except ValueError as error:
            unusable(f"CLEANCLAIM_APP_ROLE: {error}")
        typer.echo(f"The tables are up to date; role {role} may use them, each clinic's rows within their scope.")
    else:
        typer.echo("The tables are up to date.")


# --- clinics and people ----------------------------------------------------------------------------------


@group.command(
    "load",
    help=help_of(
        "Load a clinic's folder: clinic.json, patients, visits, payers. Signed visits are billed; nobody is added.",
        "cleanclaim practice load my-clinic/ --clinic my-clinic --signed-before 2026-09-25",
    ),
)
def load(
    folder: Annotated[Path, typer.Argument(help="The folder, as `cleanclaim bill` takes it.")],
    *,
    clinic: SlugOption,
    signed_before: Annotated[str, typer.Option(help="Visits before this day are signed; that day's are drafts.")],
    time_zone: Annotated[str, typer.Option(help="Where the clinic is.")] = "America/Chicago",
) -> None:
    """Load a clinic's folder."""
    _ready()
    from cleanclaim.practice.demo import load_folder  # noqa: PLC0415 - after set_up
    from cleanclaim.practice.models import Clinic  # noqa: PLC0415 - after set_up
    from cleanclaim.records.reading import FolderError  # noqa: PLC0415 - only needed here

    try:
        on = date.fromisoformat(signed_before)
    except ValueError:
        unusable(f"--signed-before {signed_before}: expected a day as 2026-09-25")
    if Clinic.objects.filter(slug=clinic).exists():
        unusable(f"--clinic {clinic}: there is a clinic of that name already")
    try:
        loaded = load_folder(folder, clinic, on=on, time_zone=time_zone, with_people=False)
    except (FolderError, ValueError) as error:
        unusable(str(error))
    typer.echo(f"{loaded.name} is loaded. Add its owner: cleanclaim practice create-owner EMAIL --clinic {clinic}")


@group.command(
    "create-owner",
    help=help_of(
        "Add an owner to a clinic, and print the link at which they choose a password.",
        "cleanclaim practice create-owner joan@example.org --name 'Joan Ferris' --clinic millrace",
    ),
)
def create_owner(
    email: Annotated[str, typer.Argument(help="Their e-mail address, with which they sign in.")],
    *,
    clinic: SlugOption,
    name: Annotated[str, typer.Option(help="Their name.")] = "",
    address: Annotated[
        str, typer.Option(help="Where the app is reached; otherwise the first name in CLEANCLAIM_HOSTS.")
    ] = "",
) -> None:
    """Add an owner to a clinic, and print the link at which they choose a password."""
    _ready()
    from django.core.exceptions import ValidationError  # noqa: PLC0415 - after set_up
    from django.core.validators import validate_email  # noqa: PLC0415 - after set_up
    from django.db import transaction  # noqa: PLC0415 - after set_up
    from django.utils import timezone  # noqa: PLC0415 - after set_up

    from cleanclaim.practice import audit_trail, tenancy  # noqa: PLC0415 - after set_up
    from cleanclaim.practice.invitations import password_link  # noqa: PLC0415 - after set_up
    from cleanclaim.practice.models import Clinic, Membership, Role, User  # noqa: PLC0415 - after set_up

    try:
        validate_email(email)
    except ValidationError:
        unusable(f"{email}: expected an e-mail address")
    place = Clinic.objects.filter(slug=clinic).first()
    if place is None:
        unusable(f"--clinic {clinic}: there is no such clinic; load one, or add it on the page of the company")
    with transaction.atomic(), tenancy.scope([place.pk]):
        user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(
            email, name=name or email, invited_at=timezone.now()
        )
        membership, _made = Membership.objects.update_or_create(
            user=user, clinic=place, defaults={"role": Role.OWNER.value}
        )
        audit_trail.record(place.pk, None, "create", "membership", membership.pk, detail="owner, by the command line")
    typer.echo(f"{user.name} owns {place.name}. They choose a password at this address, once, within three days:")
    typer.echo(password_link(user, address or serving.reached_at()))


# --- background work -------------------------------------------------------------------------------------


@group.command(
    "worker", help=help_of("Do background work until Ctrl-C: builds, imports, exports.", "cleanclaim practice worker")
)
def worker(
    *, until_empty: Annotated[bool, typer.Option("--until-empty", help="Leave when there is no more work.")] = False
) -> None:
    """Do background work until Ctrl-C: builds, imports, exports."""
    try:
        serving.prepare(migrate=False)
    except (serving.ServingError, keys.KeyFileError, environment.EnvironmentProblemError) as error:
        unusable(str(error))
    from cleanclaim.practice import tasks  # noqa: PLC0415 - after set_up

    tasks.work(until_empty=until_empty)


# --- keys and backups ------------------------------------------------------------------------------------


@group.command(
    "rotate-keys",
    help=help_of(
        "Add a key and seal everything anew with it; --resume goes on with the newest key.",
        "cleanclaim practice rotate-keys",
    ),
)
def rotate_keys(
    *, resume: Annotated[bool, typer.Option("--resume", help="Add no key: go on where it was stopped.")] = False
) -> None:
    """Add a key and seal everything anew with it."""
    _ready()
    from cleanclaim.practice import rotation  # noqa: PLC0415 - after set_up

    with _plainly():
        number = keys.read_field_keys().newest if resume else keys.add_field_key()
        total = 0
        with progress() as bar:
            line = bar.add_task("sealing", total=None)
            for chunk in rotation.reseal():
                total += chunk.values
                bar.update(line, description=chunk.table, advance=chunk.rows)
        total += rotation.reseal_second_factors()
        left = rotation.left_with_old_keys()
    typer.echo(f"{total:,} values sealed anew with key {number}.")
    if left:
        said = ", ".join(f"{count:,} by key {old}" for old, count in sorted(left.items()))
        typer.echo(
            f"Sealed meanwhile by a program that had read older keys: {said}. Start the app again, then --resume."
        )
    typer.echo(f"Keep older keys in {keys.field_keys_path()} for as long as you keep backups that they open.")


@group.command(
    "backup",
    help=help_of(
        "Write every row into one file; the keys are not in it.",
        "cleanclaim practice backup /backups/2026-11-22.zip",
    ),
)
def backup(
    file: Annotated[Path, typer.Argument(help="The file to make.")],
    *,
    rows: Annotated[bool, typer.Option("--rows", help="Rows even of SQLite, for moving to PostgreSQL.")] = False,
) -> None:
    """Write every row into one file; the keys are not in it."""
    _ready()
    from cleanclaim.practice.backup import write_backup  # noqa: PLC0415 - after set_up

    with _plainly():
        manifest = write_backup(file, as_rows=rows)
    typer.echo(f"{file}: {sum(manifest['rows'].values()):,} rows of {len(manifest['rows'])} tables.")
    typer.echo(f"Without {keys.field_keys_path()} its notes cannot be read: keep a copy of that file in another place.")


@group.command(
    "restore",
    help=help_of(
        "Bring a backup back into an empty database, and verify it.",
        "cleanclaim practice restore /backups/2026-11-22.zip",
    ),
)
def restore(file: Annotated[Path, typer.Argument(help="The backup.")]) -> None:
    """Bring a backup back into an empty database, and verify it."""
    as_owner()
    serving.set_up()
    from cleanclaim.practice.backup import restore_backup  # noqa: PLC0415 - after set_up

    with _plainly():
        manifest = restore_backup(file)
    typer.echo(
        f"{sum(manifest['rows'].values()):,} rows are back, as they were at {manifest['made_at']}; "
        f"{len(manifest['trail'])} audit logs verified."
    )
    err.print("On PostgreSQL, `cleanclaim practice migrate` now gives the app's role its rights.")


group.command("doctor", help=help_of("Say what is wrong with this deployment.", DOCTOR_EXAMPLE))(doctor)
