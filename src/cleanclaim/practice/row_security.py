"""What the database itself guards: on PostgreSQL each clinic's rows are its own; on both engines nobody edits the past.

Row-level security reads the setting that `tenancy.scope` makes for the transaction. Where nobody has made it, no row of
a clinic can be read or written. It is forced, so that it binds the role that owns the tables as well; a superuser is
never bound, which is why `cleanclaim doctor` refuses one.

Triggers keep rows that are only ever added: entries of the audit log and of the ledger, events of claims, signatures,
addenda, receipts and statements, and the claim files that were made. What they ask of the ledger is in `ledger_guards`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleanclaim.practice import claimed_visits, ledger_guards
from cleanclaim.practice.tenancy import SETTING

if TYPE_CHECKING:
    from uuid import UUID

    from django.apps.registry import Apps
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_APP = "practice"
# A subquery is worked out once for a statement; the bare expression would be for each row that is looked at.
_SCOPE = f"(SELECT string_to_array(NULLIF(current_setting('{SETTING}', true), ''), ',')::uuid[])::uuid[]"

READ_BY_ALL = frozenset({"practice_membership", "practice_apitoken"})
"""Rows of a clinic that are read before anybody's clinic is known: who is a member where, and whose token it is. They
are written inside a scope only."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows, or some columns of them, stay as they were written.

    `columns` are those that stay; nothing for the whole row. `sealed` is the column that rotation of keys seals anew.
    """

    table: str
    columns: tuple[str, ...] = ()
    sealed: str = ""

    @property
    def trigger(self) -> str:
        """The trigger's name."""
        return f"{self.table}_is_kept"


KEPT: tuple[Kept, ...] = (
    Kept("practice_trailentry"),
    Kept("practice_claimevent"),
    Kept("practice_signature"),
    Kept("practice_addendum", sealed="text"),
    Kept("practice_ledgertransaction"),
    Kept("practice_ledgerentry"),
    Kept("practice_remittancefile", ("content", "sha256", "size", "kind", "clinic_id"), sealed="content"),
    Kept("practice_payeradjustment"),
    Kept("practice_receivedfile", ("content", "sha256", "size", "name", "clinic_id"), sealed="content"),
    Kept(
        "practice_transmission",
        ("content", "kind", "batch_id", "file_name", "interchange_control", "group_control", "clinic_id"),
        sealed="content",
    ),
    Kept("practice_batchanswer"),
    Kept(
        "practice_receipt",
        (
            "number",
            "patient_id",
            "received_on",
            "cents",
            "means",
            "check_number",
            "card_last_four",
            "processor_reference",
            "taken_by_id",
            "digest",
            "clinic_id",
        ),
    ),
    Kept("practice_statement", sealed="content"),
    Kept(
        "practice_goodfaithestimate",
        (
            "content",
            "sha256",
            "number",
            "patient_id",
            "items",
            "cents",
            "begins_on",
            "ends_on",
            "made_on",
            "made_by_id",
            "clinic_id",
        ),
        sealed="content",
    ),
    Kept("practice_invoice", sealed="content"),
    Kept("practice_statementrun", sealed="content"),
    Kept("practice_balancemove", sealed="because"),
    Kept("practice_bankfile", ("content", "sha256", "size", "clinic_id"), sealed="content"),
    Kept("practice_period", ("begins_on", "ends_on", "figures", "last_transaction_id", "closed_by_id", "clinic_id")),
    Kept("practice_worknote", sealed="text"),
    Kept("practice_letter", sealed="content"),
    Kept(
        "practice_batch",
        (
            "content",
            "sha256",
            "file_name",
            "interchange_control",
            "payer",
            "claims_count",
            "charge_cents",
            "clinic_id",
            "is_production",
        ),
        sealed="content",
    ),
)


# --- laying it -------------------------------------------------------------------------------------------


def clinic_tables(apps: Apps) -> list[str]:
    """Tables whose rows belong to one clinic, by name."""
    models = apps.get_app_config(_APP).get_models()
    return sorted(
        model._meta.db_table  # noqa: SLF001 - its public name
        for model in models
        if any(field.column == "clinic_id" and not field.null for field in model._meta.concrete_fields)  # noqa: SLF001
    )


def protect(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Lay policies and triggers over the tables there are; what lies there already is laid anew."""
    vendor = editor.connection.vendor
    statements = [*_triggers(vendor), *ledger_guards.lay(vendor), *claimed_visits.lay(vendor)]
    if vendor == "postgresql":
        statements += _policies(clinic_tables(apps))
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def each_clinic(apps: Apps, connection: BaseDatabaseWrapper) -> Iterator[UUID]:
    """The key of every clinic, each in the scope of its own: policies bind the tables' owner too.

    For migrations that read or write clinics' rows; where a policy lies over them, they see none without a scope. The
    scope that was there is left as it was.
    """
    before = _entered(connection)
    for clinic in list(apps.get_model(_APP, "Clinic").objects.using(connection.alias).values_list("pk", flat=True)):
        _enter(connection, str(clinic))
        yield clinic
    _enter(connection, before)


def _entered(connection: BaseDatabaseWrapper) -> str:
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        return str(cursor.fetchone()[0])


def _enter(connection: BaseDatabaseWrapper, clinic: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, clinic])


def unprotect(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take policies and triggers away, for going back a migration."""
    statements = [one for kept in KEPT for one in _drop_triggers(editor.connection.vendor, kept)]
    statements += [*ledger_guards.lift(editor.connection.vendor), *claimed_visits.lift(editor.connection.vendor)]
    if editor.connection.vendor == "postgresql":
        for table in [*clinic_tables(apps), "practice_clinic", "practice_packfile"]:
            statements += [*_drop_policies(table), f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"]
    with editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _policies(tables: Sequence[str]) -> Iterator[str]:
    inside = f"clinic_id = ANY ({_SCOPE})"
    for table in tables:
        yield from _policy(table, "true" if table in READ_BY_ALL else inside, inside, inside)
    # A clinic is found by its address before there is a scope, and made before it can be in one.
    yield from _policy("practice_clinic", "true", "true", f"id = ANY ({_SCOPE})")
    companies = f"SELECT company_id FROM practice_clinic WHERE id = ANY ({_SCOPE})"  # noqa: S608 - constants
    pack = f"company_id IN ({companies}) AND (clinic_id IS NULL OR {inside})"
    yield from _policy("practice_packfile", pack, pack, pack)


def _policy(table: str, reads: str, adds: str, changes: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield from _drop_policies(table)
    yield f"CREATE POLICY {table}_reads ON {table} FOR SELECT USING ({reads})"
    yield f"CREATE POLICY {table}_adds ON {table} FOR INSERT WITH CHECK ({adds})"
    yield f"CREATE POLICY {table}_changes ON {table} FOR UPDATE USING ({changes}) WITH CHECK ({changes})"
    yield f"CREATE POLICY {table}_removes ON {table} FOR DELETE USING ({changes})"


def _drop_policies(table: str) -> list[str]:
    return [f"DROP POLICY IF EXISTS {table}_{does} ON {table}" for does in ("reads", "adds", "changes", "removes")]


def _triggers(vendor: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION cleanclaim_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '%: rows are added, never changed or removed', TG_TABLE_NAME "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )
    for kept in KEPT:
        yield from _drop_triggers(vendor, kept)
        yield from _create_trigger(vendor, kept)


def _drop_triggers(vendor: str, kept: Kept) -> list[str]:
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {kept.trigger} ON {kept.table}"]
    return [f"DROP TRIGGER IF EXISTS {name}" for name in (kept.trigger, f"{kept.trigger}_removed")]


def _create_trigger(vendor: str, kept: Kept) -> Iterator[str]:
    columns = f" OF {', '.join(kept.columns)}" if kept.columns else ""
    if vendor == "postgresql":
        yield (
            f"CREATE TRIGGER {kept.trigger} BEFORE DELETE OR UPDATE{columns} ON {kept.table} "
            "FOR EACH ROW EXECUTE FUNCTION cleanclaim_is_kept()"
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{kept.table}: rows are added, never changed or removed'); END"
    yield f"CREATE TRIGGER {kept.trigger} BEFORE UPDATE{columns} ON {kept.table} {refuse}"
    yield f"CREATE TRIGGER {kept.trigger}_removed BEFORE DELETE ON {kept.table} {refuse}"


@contextmanager
def resealing(connection: BaseDatabaseWrapper, kept: Kept) -> Iterator[None]:
    """Let the sealed column of a kept table be sealed anew inside, in one transaction, by the tables' owner."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of it wait
            cursor.execute(f"ALTER TABLE {kept.table} DISABLE TRIGGER {kept.trigger}")
        else:
            cursor.execute(f"DROP TRIGGER {kept.trigger}")
        yield
        if vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {kept.table} ENABLE TRIGGER {kept.trigger}")
        else:
            cursor.execute(next(_create_trigger(vendor, kept)))


# --- the app's role --------------------------------------------------------------------------------------


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Let a role of PostgreSQL use every table, and own none; kept rows it can only add. Run by the tables' owner.

    Raises `ValueError` where there is no such role, or where it is one that no policy binds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        if found is None:
            raise ValueError(f"role {role}: there is none of that name in the database")
        if found[0]:
            raise ValueError(f"role {role}: row-level security does not bind it; take SUPERUSER and BYPASSRLS from it")
        quoted = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        for kept in KEPT:
            cursor.execute(f"REVOKE DELETE ON {kept.table} FROM {quoted}")
            if not kept.columns:
                cursor.execute(f"REVOKE UPDATE ON {kept.table} FROM {quoted}")


# --- asking whether it holds -----------------------------------------------------------------------------


def unprotected_tables(connection: BaseDatabaseWrapper, apps: Apps) -> list[str]:
    """Tables of clinics that no forced policy guards. Only asked of PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity AND c.relforcerowsecurity "
            "AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    return [table for table in [*clinic_tables(apps), "practice_clinic", "practice_packfile"] if table not in guarded]


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Triggers that should keep rows, and are not there or switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")
            expected = [kept.trigger for kept in KEPT]
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            expected = [name for kept in KEPT for name in (kept.trigger, f"{kept.trigger}_removed")]
        found = {row[0] for row in _rows(cursor)}
    expected += [*ledger_guards.names(connection.vendor), *claimed_visits.NAMES]
    return [name for name in expected if name not in found]


def role_problems(connection: BaseDatabaseWrapper) -> list[str]:
    """Why row-level security would not bind the role that the app connects as. Only asked of PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, is_super, bypasses = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE tableowner = current_user AND tablename LIKE 'practice_%%'"
        )
        (owned,) = cursor.fetchone()
    problems = []
    if is_super or bypasses:
        problems.append(f"role {name} is not bound by row-level security (SUPERUSER or BYPASSRLS)")
    if owned:
        problems.append(f"role {name} owns {owned} tables of the practice; the app's role should own none")
    return problems


def _rows(cursor: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - a database cursor
    return list(cursor.fetchall())
