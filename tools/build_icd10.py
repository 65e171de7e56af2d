"""Build the committed ICD-10-CM tables from the files that CDC and CMS publish.

    python tools/build_icd10.py INPUTS OUT

INPUTS is a folder with two files:

- `icd10cm_validity_*.csv.gz`: code, one billable flag per fiscal year (`1` billable, `0` header, empty when the
  year does not list the code) and the long title;
- `icd10c-tabular-*.xml.gz`: the tabular list, with its Excludes1, code-first and 7th-character notes.

OUT receives `codes.parquet`, `excludes1.parquet`, `code_first.csv`, `seventh.csv` and `build.toml` (the SHA-256 of
the inputs and the counts of what was written and left out). The hand-written tables beside them are not touched.
The same inputs give the same rows.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from cleanclaim.reference.icd10.data import CATEGORY
from cleanclaim.reference.icd10.notes_reading import (
    FULL_LENGTH,
    Index,
    code_first_rows,
    excludes1_rows,
    read_tabular,
)

FISCAL_YEARS = ("fy2025", "fy2026", "fy2027")

ELSEWHERE = re.compile(r"classified elsewhere")
ORGANISMS = ("B95", "B96", "B97")


# --- reading ---------------------------------------------------------------------------------------------


def read_codes(folder: Path) -> pl.DataFrame:
    """One row per code ever listed in the three years: code, label and a billable flag per year."""
    validity = pl.read_csv(next(folder.glob("icd10cm_validity_*.csv.gz")), infer_schema=False)
    flags = [name for name in validity.columns if name.startswith("billable")]
    return (
        validity.select(
            "code",
            pl.col("description").str.strip_chars().str.replace_all(r"\s+", " ").alias("label"),
            *(pl.col(flag).eq("1").alias(year) for flag, year in zip(flags, FISCAL_YEARS, strict=True)),
        )
        .unique("code")
        .sort("code")
    )


# --- tables ----------------------------------------------------------------------------------------------


def nearest(table: dict[str, str], code: str) -> str | None:
    """The value at the longest prefix of the code that the table holds."""
    for length in range(len(code), CATEGORY - 1, -1):
        if (value := table.get(code[:length])) is not None:
            return value
    return None


def seventh_of(sevenths: dict[str, str], code: str) -> str | None:
    """The 7th character of a full code whose category has them."""
    if len(code) != FULL_LENGTH or code[-1] not in (nearest(sevenths, code) or ""):
        return None
    return code[-1]


def manifestation_column(codes: pl.DataFrame, index: Index, code_first: pl.DataFrame) -> list[bool | None]:
    """True where title and code-first note agree, false where the title is silent, null where only the title speaks.

    The title is that of the code or of a code above it: the children of `… in diseases classified elsewhere` need not
    repeat it.
    """
    kinds = dict(zip(code_first["prefix"], code_first["kind"], strict=True))
    labels = dict(codes.select("code", "label").iter_rows())
    speaking = {code for code, label in labels.items() if ELSEWHERE.search(label) and code[:CATEGORY] not in ORGANISMS}
    answers: list[bool | None] = []
    for code in labels:
        if not any(code[:length] in speaking for length in range(CATEGORY, len(code) + 1)):
            answers.append(False)
        elif nearest(kinds, code) == "required" and code[:CATEGORY] in index.at:
            answers.append(True)
        else:
            answers.append(None)
    return answers


# --- sides -----------------------------------------------------------------------------------------------

SWAP = {"right": "left", "left": "right"}
SIDE_WORD = re.compile(r"\b(right|left)\b")
BOTH = re.compile(r"\bbilateral\b|\bboth\b")
ALWAYS_SIDED = re.compile(r"\bunspecified (?:(?:upper|lower) )?(?:arm|finger|hand|foot|leg|limb|toe)s?\b")
NO_BODY_PART = {
    "and",
    "or",
    "with",
    "lower",
    "upper",
    "main",
    "heart",
    "external",
    "internal",
    "rotator",
    "posterior",
    "quadrant",
}


def plain(label: str) -> str:
    """The title without the small words and signs in which mirror images differ by mistake."""
    return " ".join(word for word in re.findall(r"[a-z0-9]+", label) if word not in {"of", "the"})


def swapped(text: str) -> str:
    """The title with right and left exchanged."""
    return SIDE_WORD.sub(lambda match: SWAP[match[1]], text)


def unspecified_part(labels: Iterable[str]) -> re.Pattern[str]:
    """`unspecified knee`, `unspecified lower leg`: `unspecified` before a word that stands after `right` elsewhere."""
    words = {"finger", "toe", "side"}
    for label in labels:
        words |= set(re.findall(r"\bright (?:upper |lower )?([a-z]+)", label))
    return re.compile(rf"\bunspecified(?= (?:upper |lower )?(?:{'|'.join(sorted(words - NO_BODY_PART))})\b)")


def starred(code: str, place: int) -> str:
    """The code with a star at one place."""
    return f"{code[:place]}*{code[place + 1 :]}"


class Sides:
    """The side of each code, and a number shared by the codes that differ only in their side.

    A code is right or left only where its mirror image is listed in the same category, so that `left ventricular
    failure` has no side. Unspecified and bilateral codes join the group of the right code whose title they share
    but for the side, or that differs from them in the one place where right and left differ.
    """

    def __init__(self, codes: pl.DataFrame) -> None:
        self.printed = {code: label.lower() for code, label in codes.select("code", "label").iter_rows()}
        self.labels = {code: plain(label) for code, label in self.printed.items()}
        self.titles: dict[tuple[str, str], list[str]] = {}
        for code, label in self.labels.items():
            self.titles.setdefault((code[:CATEGORY], label), []).append(code)
        self.side: dict[str, str] = {}
        self.group: dict[str, int] = {}
        self.slots: dict[str, int] = {}
        self.sided()
        self.unsided()
        self.one_sided_families()

    def twin(self, code: str, label: str) -> str | None:
        """The code of the same category and length with that title; of several, the one most like this code."""
        found = [other for other in self.titles.get((code[:CATEGORY], label), []) if len(other) == len(code)]
        return min(found, key=lambda other: sum(a != b for a, b in zip(other, code, strict=True)), default=None)

    def sided(self) -> None:
        """Right and left."""
        for code, label in self.labels.items():
            found = set(SIDE_WORD.findall(label))
            if len(found) > 1:
                self.side[code] = "bilateral"
            elif found and (mirror := self.twin(code, swapped(label))) is not None:
                self.side[code] = found.pop()
                number = self.group.setdefault(min(code, mirror), len(self.group))
                self.group[code] = self.group[mirror] = number
                differing = [i for i, (a, b) in enumerate(zip(code, mirror, strict=True)) if a != b]
                if len(differing) == 1:
                    self.slots[starred(code, differing[0])] = number

    def unsided(self) -> None:
        """Bilateral, and side not specified."""
        lateral = {code[:CATEGORY] for code in self.side}
        pattern = unspecified_part(self.printed.values())
        for code, label in self.labels.items():
            if code in self.side:
                continue
            if BOTH.search(label):
                self.side[code] = "bilateral"
            elif code[:CATEGORY] in lateral and (found := list(pattern.finditer(self.printed[code]))):
                self.side[code] = "unspecified"
                printed = self.printed[code]
                twins = [self.twin(code, plain(f"{printed[: m.start()]}right{printed[m.end() :]}")) for m in found]
                if number := next((self.group[twin] for twin in twins if twin in self.group), None):
                    self.group[code] = number
        taken = {(self.group[code], side) for code, side in self.side.items() if code in self.group}
        for code, side in self.side.items():
            if code in self.group:
                continue
            places = (starred(code, place) for place in range(CATEGORY, len(code)))
            number = next((self.slots[place] for place in places if place in self.slots), None)
            if number is not None and (number, side) not in taken:
                self.group[code] = number
                taken.add((number, side))
        for code in [code for code, side in self.side.items() if side == "unspecified" and code not in self.group]:
            if ALWAYS_SIDED.search(self.printed[code]) is None:
                del self.side[code]

    def one_sided_families(self) -> None:
        """Join `bilateral X of knee` to `unilateral X, right knee`, which stand in different subcategories."""
        for code, label in self.labels.items():
            match = re.fullmatch(r"unilateral (.*) right (\w+)", label)
            if match is None or self.side.get(code) != "right":
                continue
            for form in (f"bilateral {match[1]} {match[2]}", f"bilateral {match[1]}", f"bilateral {match[1]}s"):
                for other in self.titles.get((code[:CATEGORY], form), []):
                    self.group.setdefault(other, self.group[code])


# --- writing ---------------------------------------------------------------------------------------------


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def provenance(folder: Path, counts: dict[str, int]) -> Iterator[str]:
    """Lines of the build record."""
    yield "# Written by tools/build_icd10.py; do not edit."
    yield ""
    yield "[inputs]"
    names = ("icd10cm_validity_*.csv.gz", "icd10c-tabular-*.xml.gz")
    for path in sorted(next(folder.glob(name)) for name in names):
        yield f'"{path.name}" = "{sha256(path)}"'
    yield ""
    yield "[counts]"
    for name, value in counts.items():
        yield f"{name} = {value}"


def main() -> None:
    """Read the inputs, write the tables, print the counts."""
    parser = argparse.ArgumentParser(description="Build the ICD-10-CM tables.")
    parser.add_argument("inputs", type=Path, help="folder with the published files")
    parser.add_argument("out", type=Path, help="folder for the tables")
    arguments = parser.parse_args()
    inputs, out = arguments.inputs, arguments.out

    codes = read_codes(inputs)
    nodes, _ = read_tabular(gzip.decompress(next(inputs.glob("icd10c-tabular-*.xml.gz")).read_bytes()))
    index = Index(nodes, codes["code"])
    excludes1, counts = excludes1_rows(index)
    code_first = code_first_rows(nodes)
    chapters = {
        item.name: int(node.name)
        for node in nodes
        if node.level == "chapter"
        for item in nodes[node.start : node.end]
        if item.level == "diag" and len(item.name) == CATEGORY
    }
    sides = Sides(codes)
    sevenths = {node.name: node.seventh for node in nodes if node.seventh}
    table = codes.with_columns(
        pl.Series("side", [sides.side.get(code) for code in codes["code"]], dtype=pl.String),
        pl.Series("side_group", [sides.group.get(code) for code in codes["code"]], dtype=pl.Int32),
        pl.Series("chapter", [chapters.get(code[:CATEGORY]) for code in codes["code"]], dtype=pl.Int8),
        pl.Series("seventh", [seventh_of(sevenths, code) for code in codes["code"]], dtype=pl.String),
        pl.Series("is_manifestation", manifestation_column(codes, index, code_first), dtype=pl.Boolean),
    )
    seventh = pl.DataFrame(list(sevenths.items()), schema=["prefix", "characters"], orient="row").sort("prefix")

    out.mkdir(parents=True, exist_ok=True)
    table.write_parquet(out / "codes.parquet", compression="zstd", compression_level=19, statistics=False)
    excludes1.write_parquet(out / "excludes1.parquet", compression="zstd", compression_level=19, statistics=False)
    code_first.write_csv(out / "code_first.csv")
    seventh.write_csv(out / "seventh.csv")
    totals = {"codes": table.height}
    totals |= {f"billable_{year}": int(table[year].sum()) for year in FISCAL_YEARS}
    totals |= {f"excludes1_{name}": value for name, value in counts.items()}
    totals |= {"code_first": code_first.height, "seventh": seventh.height}
    (out / "build.toml").write_text("\n".join(provenance(inputs, totals)) + "\n")
    for name, value in totals.items():
        print(f"{name}: {value:,}")


if __name__ == "__main__":
    main()
