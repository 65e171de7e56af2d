"""Files laid out as their publishers lay them out, with made-up rows: what the tests of loading read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Cells = Sequence[str]

PTP_HEAD = (
    "CPT only copyright 2025 American Medical Association.  All rights reserved.\t\t\t\t\t\t\r\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)
STANDARD = "Standards of medical / surgical practice"
EXCLUSIVE = "Mutually exclusive procedures"

PTP_ROWS: tuple[Cells, ...] = (
    ("0001A", "0591T", "", "20220101", "20231231", "1", "CPT Manual or CMS manual coding instruction"),
    ("11042", "97597", "*", "", "*", "1", STANDARD),
    ("29881", "29877", "", "20120101", "*", "0", EXCLUSIVE),
    ("33533", "33508", "", "20100401", "*", "1", STANDARD),
    ("45378", "45330", "*", "", "*", "0", EXCLUSIVE),
    ("58150", "57410", "", "19960101", "*", "1", STANDARD),
    ("66984", "66982", "", "20250101", "20260630", "0", EXCLUSIVE),
    ("70450", "76000", "", "20260701", "*", "1", STANDARD),
    ("80053", "80048", "", "20000701", "*", "0", "Laboratory panel"),
    ("97140", "97124", "", "19990101", "*", "0", STANDARD),
    ("97140", "97530", "", "20200101", "20200101", "9", STANDARD),
    ("97530", "97116", "", "19960101", "20191231", "1", EXCLUSIVE),
    ("97530", "97116", "", "20260701", "*", "0", EXCLUSIVE),
    ("99213", "36415", "", "20150101", "*", "1", "A reason of next year"),
    ("G0283", "97164", "", "20170101", "*", "1", STANDARD),
)
"""One edit for each first character of column 1; among them ended, voided, revived and older than 1996."""


def ptp(rows: Iterable[Cells] = PTP_ROWS, head: str = PTP_HEAD) -> str:
    """A part of the pair edits, tab-separated."""
    return head + "".join("\t".join(row) + "\r\n" for row in rows)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write text as it is."""
    path.write_bytes(text.encode(encoding))
    return path


def zipped(path: Path, members: dict[str, bytes | str]) -> Path:
    """A zip of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def ptp_zips(
    folder: Path, version: str = "v322r0", rows: Sequence[Cells] = PTP_ROWS, prefix: str = "ccipra"
) -> list[Path]:
    """The quarterly zips of an edition, two parts, each with its text and a readme."""
    half = len(rows) // 2
    return [
        zipped(
            folder / f"{prefix}-{version}-f{number}.zip",
            {f"{prefix}-{version}-f{number}.TXT": ptp(part), "readme.txt": "Terms of use.\r\n"},
        )
        for number, part in enumerate((rows[:half], rows[half:]), start=1)
    ]


def workbook(rows: Sequence[Cells]) -> bytes:
    """A spreadsheet with one sheet; cells that are all digits without a leading zero are numbers, as CMS has them."""
    lines = []
    for number, cells in enumerate(rows, start=1):
        line = []
        for place, cell in enumerate(cells):
            name = f"{chr(ord('A') + place)}{number}"
            if cell.isdigit() and not (cell.startswith("0") and cell != "0"):
                line.append(f'<c r="{name}"><v>{cell}</v></c>')
            elif cell:
                line.append(f'<c r="{name}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
        lines.append(f'<row r="{number}">{"".join(line)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<sheets><sheet name="Table" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return found.getvalue()


def csv_text(rows: Iterable[Cells]) -> str:
    """Comma-separated text; cells with a comma, a quote or a line break are quoted."""
    lines = []
    for row in rows:
        cells = [f'"{cell.replace(chr(34), chr(34) * 2)}"' if set(cell) & set(',"\n') else cell for cell in row]
        lines.append(",".join(cells) + "\r\n")
    return "".join(lines)
