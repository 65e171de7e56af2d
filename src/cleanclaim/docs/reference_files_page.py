"""The page of published files: for each kind who publishes it, where, how often, and what it switches on."""

from __future__ import annotations

from cleanclaim.docs.markdown import code, joined, plain, table
from cleanclaim.reference.published.kinds import KindRecord, records

_HEAD = """\
`cleanclaim reference load FILE…` takes the files below as their publishers hand them out: plain, gzipped or zipped,
as text or as spreadsheet. What a file is, its content tells; columns are found by their headings, wherever they
stand. Nothing has to be unpacked, renamed or saved under another format. All parts of an edition are given together:

    cleanclaim reference load ccipra-v322r0-f*.zip MCR_MUE_PractitionerServices_Eff_07-01-2026.zip rvu26c.zip

Each edition is kept in a Parquet file of its own in your data folder: `CLEANCLAIM_DATA`, else
`XDG_DATA_HOME/cleanclaim`, else `~/.local/share/cleanclaim`. Nothing is sent anywhere. Every check uses a loaded
edition at once, and its verdicts name it. `cleanclaim reference status` lists editions with source, days and rows,
and tells a damaged one; `cleanclaim reference forget KIND EDITION` removes one. A service that runs on calls
`cleanclaim.reference.published.editions.refresh()` after loading.

**Which edition answers.** Pair edits, add-on codes and most code sets carry their own history: the newest edition
answers for every day. Unit limits, the fee schedule, localities, therapy codes and ICD-10-CM answer for their own
days. After its quarter an edit is judged by its last edition and said to be unconfirmed; an amount past its year is
no data.

**What is refused.** A file with a cell that its column does not hold, a row or record that is cut off, a part that is
absent, a code that comes twice, an archive that is damaged or leads outside itself: with file, row and field, and the
edition before it stays. An edition with far fewer rows than the one before it is taken for cut off too, unless
`--fewer-rows` says otherwise. `--from` gives the first day where neither title nor name tells, `--as` the kind where
two share a layout (practitioner and outpatient; reasons and remarks in one list).

**What changes.** `cleanclaim reference diff OLD NEW` lists the codes, pairs and amounts that came, went or changed,
and `--on ARCHIVE` the past claims that would now be judged or priced differently. OLD and NEW are files, folders of
parts, or loaded editions such as `ptp_practitioner@2026-07-01`; `shipped` is what the program brings along."""

_TAIL = """## Layouts

The loaders were tried on published files, or extracts of them, of these kinds: relative values (July 2026, October
2025), indices (2024 to 2026), counties and ZIP codes (2025), unit limits and an extract of the pair edits (July
2024), order-file addenda (2027), the tabular list (April 2026), taxonomy (25.1), and lists of HCPCS, add-on and
denial codes. CMS's own layout of the pair edits, the spreadsheet of add-on codes, the fixed-width HCPCS file and the
therapy code list were laid out from descriptions: a file that differs is refused, not misread.

Add-on codes are read from the spreadsheet in CMS's zip; the fixed-width text beside it has no headings and is passed
over. Of two relative value files of one release the one for clinicians who are no qualifying participants of an
alternative payment model gives the conversion factor; the other is told by its name (QPP). Reductions for several
surgical or diagnostic procedures on a day are not priced: they are not billed by therapists."""


def page() -> str:
    """The text of `reference-files.md`."""
    found = list(records().values())
    overview = table(
        ("table", "published", "switches on"),
        ((plain(item.label), plain(item.published), plain(item.switches_on)) for item in found),
    )
    blocks = ["# Published files", _HEAD, "## Kinds", overview]
    for item in found:
        blocks += [f"### {plain(item.label)}", _of(item)]
    return joined([*blocks, _TAIL])


def _of(item: KindRecord) -> str:
    return (
        f"{plain(item.publisher)}, {plain(item.title)}: <{item.url}>. Published {plain(item.published)}. "
        f"{plain(item.license)} Kind {code(item.kind.value)}."
    )
