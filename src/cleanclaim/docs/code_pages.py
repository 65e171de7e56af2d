"""One page per procedure code: a guide in our own words, with dates and who says so."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from cleanclaim.dates import Series
from cleanclaim.docs.markdown import bullets, cited, comma_separated, joined, link, plain, shown_day, table
from cleanclaim.reference import mue, procedures
from cleanclaim.reference.procedures import Basis, Procedure

_BASIS: dict[Basis, str] = {
    Basis.TIMED_15: "15 minutes; its minutes enter the day's total of timed minutes",
    Basis.TIMED_OTHER: "by its own length",
    Basis.UNTIMED: "one, whatever the minutes",
}
_COUNTED: dict[int, str] = {
    mue.PER_LINE: "on a line",
    mue.PER_DAY_ABSOLUTE: "in a day, never more",
    mue.PER_DAY: "in a day; more needs proof of need",
}
_YES_NO: dict[bool | None, str] = {True: "yes", False: "no", None: "unknown"}


def pages() -> Iterator[tuple[str, str]]:
    """Every page under `codes/` with its text."""
    listed = [found for name in procedures.all_codes() if (found := procedures.get(name)) is not None]
    limits = {key[0]: frame for key, frame in mue.table().group_by("code", maintain_order=True)}
    for procedure in listed:
        yield f"codes/{procedure.code}.md", _page(procedure, limits.get(procedure.code))
    yield "codes/index.md", _index(listed)
    yield "codes/catalog.csv", _catalog(listed)


def _linked(found: str) -> str:
    return link(found, f"{found}.md") if procedures.get(found) else found


def _page(procedure: Procedure, limits: pl.DataFrame | None) -> str:
    sources = [procedure.source, procedure.valid_from_source, procedure.valid_through_source]
    sources += [procedure.replaced_by_source]
    sources += [item.source for item in procedure.therapy.values]
    sources += [item.source for item in procedure.medicare_status.values]
    return joined(
        [
            f"# {procedure.code} {plain(procedure.label)}",
            plain(procedure.when_to_use),
            table(["", ""], _facts_of(procedure)),
            *_listing("## Document", procedure.document),
            *_listing("## Ask", procedure.questions),
            *(
                (
                    "## Not to confuse",
                    bullets(f"{_linked(item.code)}: {plain(item.difference)}" for item in procedure.not_this),
                )
                if procedure.not_this
                else ()
            ),
            *_listing("## In a therapist's words", procedure.examples),
            "## Medicare by date",
            plain(procedure.medicare_note),
            _dated("fee schedule status", procedure.medicare_status),
            _dated("therapy code", procedure.therapy),
            *(_limits(limits) if limits is not None else ("No Medicare unit limit in the editions read.",)),
            "## Says who",
            bullets(dict.fromkeys(cited(source) for source in sources if source is not None)),
        ]
    )


def _listing(title: str, items: tuple[str, ...]) -> tuple[str, ...]:
    return (title, bullets(plain(item) for item in items)) if items else ()


def _facts_of(procedure: Procedure) -> list[tuple[str, str]]:
    length = [f"first {procedure.minutes_first} minutes" if procedure.minutes_first else ""]
    each = "each further" if procedure.is_add_on else "each"
    length.append(f"{each} {procedure.minutes_each} minutes" if procedure.minutes_each else "")
    rows = [
        ("in force", _in_force(procedure)),
        ("replaced by", ", ".join(_linked(found) for found in procedure.replaced_by)),
        ("section", procedure.section.value.replace("_", " ")),
        ("family", procedure.family.value.replace("_", " ")),
        ("a unit is", plain(procedure.unit)),
        ("units are counted", ", ".join(filter(None, [_BASIS[procedure.basis], *length]))),
        ("one patient at a time", _YES_NO[procedure.one_on_one]),
        ("patients", str(procedure.patients) if procedure.patients else ""),
        ("disciplines", ", ".join(item.value for item in procedure.disciplines)),
        ("evaluation level", procedure.evaluation_level.value if procedure.evaluation_level else ""),
        ("encounter", procedure.encounter.value if procedure.encounter else ""),
        ("only beside", ", ".join(_linked(found) for found in procedure.add_on_to)),
        (
            "Medicare takes instead",
            _linked(procedure.medicare_code)
            if procedure.medicare_code and procedure.medicare_code != procedure.code
            else "",
        ),
        ("a Medicare patient may be charged", _YES_NO[procedure.medicare_patient_chargeable]),
    ]
    return [row for row in rows if row[1]]


def _in_force(procedure: Procedure) -> str:
    begun = f"from {procedure.valid_from}" if procedure.valid_from else "first day not read"
    read = f"no last day published; the code set was read through {procedures.known_through()}"
    ended = f"**through {procedure.valid_through}**" if procedure.valid_through else read
    return f"{begun}; {ended}"


def _dated(title: str, series: Series[procedures.MedicareStatus] | Series[procedures.Therapy]) -> str:
    if not series.values:
        return f"{title.capitalize()}: not read for any date."
    return table(
        [title, "from", "through", "confidence"],
        [
            (
                item.value.value.replace("_", " "),
                shown_day(item.valid_from, "first day not read"),
                shown_day(item.valid_through, "no last day"),
                item.source.confidence.value,
            )
            for item in series.values
        ],
    )


def _limits(limits: pl.DataFrame) -> tuple[str, ...]:
    rows = [
        (
            f"{row['units']} {_COUNTED[row['mai']]}" if row["units"] else "0: not covered",
            row["edition"],
            shown_day(row["confirmed_from"], ""),
            shown_day(row["confirmed_through"], ""),
        )
        for row in limits.iter_rows(named=True)
    ]
    return (
        "## Medicare unit limit",
        table(["units", "edition", "confirmed from", "confirmed through"], rows),
        "Outside the days of its edition a limit is judged too, marked unconfirmed.",
    )


def _index(listed: list[Procedure]) -> str:
    by_family: dict[str, list[Procedure]] = {}
    for procedure in listed:
        by_family.setdefault(procedure.family.value, []).append(procedure)
    blocks = [
        "# Procedure codes",
        (
            "What each code is, when to use it and what to document, in our own plain words: none of this is the code "
            "set's descriptor (see NOTICE). Deleted codes stay, with their last day and what replaced them. "
            "The same as a "
            "file: [catalog.csv](catalog.csv). On the command line: `cleanclaim explain 97530`."
        ),
    ]
    for family, found in sorted(by_family.items()):
        blocks += [
            f"## {family.replace('_', ' ').capitalize()}",
            table(
                ["code", "what", "units", "ended"],
                [
                    (
                        link(procedure.code, f"{procedure.code}.md"),
                        plain(procedure.label),
                        plain(procedure.unit),
                        shown_day(procedure.valid_through, ""),
                    )
                    for procedure in found
                ],
            ),
        ]
    return joined(blocks)


def _catalog(listed: list[Procedure]) -> str:
    return comma_separated(
        ["code", "label", "family", "basis", "unit", "from", "through", "replaced_by"],
        [
            [
                procedure.code,
                procedure.label,
                procedure.family.value,
                procedure.basis.value,
                procedure.unit,
                shown_day(procedure.valid_from, ""),
                shown_day(procedure.valid_through, ""),
                " ".join(procedure.replaced_by),
            ]
            for procedure in listed
        ],
    )
