"""Read the notes of the tabular list: which codes an Excludes1 note names, what is coded first, 7th characters.

Notes are written for people. A reference such as `fracture of hip (S72.0-)` names codes; ranges, `with fifth character
4` and the like are worked out over the list of codes; a form that is not understood is counted, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from defusedxml import DefusedXmlException, ElementTree

from cleanclaim.reference.icd10.data import CATEGORY

FULL_LENGTH = 7
_DEEPEST = 20

CODE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![0-9A-Za-z])")
REFERENCE_GROUP = re.compile(r"\(([^()]*[A-Z]\d[0-9A-Z][^()]*)\)")
ORDINALS = {"fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "7th": 7}
OPEN_FRACTURE = "BCEFHJMNQR"
REQUIRED = re.compile(
    r"(the )?(underlying|associated (physical|neoplasm|renal|condition)|condition resulting|cause of dependence"
    r"|infection$|malignan|neoplasm|type of)"
)
CONDITIONAL = re.compile(r"if applicable|if known|\bany\b")


class TabularError(ValueError):
    """A file that is no tabular list, or is cut off."""


@dataclass
class Node:
    """One chapter, block or code of the tabular list, with its own notes."""

    name: str
    level: str
    start: int = 0
    end: int = 0
    excludes1: list[str] = field(default_factory=list)
    code_first: list[str] = field(default_factory=list)
    seventh: str = ""


def undot(code: str) -> str:
    """Drop the dot."""
    return code.replace(".", "")


def read_tabular(data: bytes) -> tuple[list[Node], str]:
    """Every chapter, block and code in document order (`start` and `end` bound the codes below each); the version.

    Raises:
        TabularError: not XML, cut off, with entities of its own, or without a code.
    """
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise TabularError(str(error)) from error
    nodes: list[Node] = []

    def visit(element: Any, depth: int) -> None:  # noqa: ANN401  (defusedxml ships no types)
        if depth > _DEEPEST:
            raise TabularError(f"codes {depth} deep; expected at most {_DEEPEST}")
        name = element.get("id") or element.findtext("name") or ""
        node = Node(undot(name), element.tag, start=len(nodes))
        nodes.append(node)
        node.excludes1 = [note.text for note in element.findall("excludes1/note") if note.text]
        node.code_first = [note.text for note in element.findall("codeFirst/note") if note.text]
        node.seventh = "".join(item.get("char") or "" for item in element.findall("sevenChrDef/extension"))
        for child in element:
            if child.tag in {"chapter", "section", "diag"}:
                visit(child, depth + 1)
        node.end = len(nodes)

    for chapter in root.findall("chapter"):
        visit(chapter, 1)
    if not any(node.level == "diag" for node in nodes):
        raise TabularError("no code; expected chapters of the tabular list")
    return nodes, (root.findtext("version") or "").strip()


@dataclass(frozen=True, order=True)
class Target:
    """Codes that begin with `prefix` and, where `seventh` is set, end in one of its characters."""

    prefix: str
    seventh: str = ""


class Index:
    """Finds what a reference in a note stands for."""

    def __init__(self, nodes: list[Node], codes: Iterable[str]) -> None:
        self.nodes = nodes
        self.at = {node.name: node for node in nodes if node.level == "diag"}
        self.codes = sorted(codes)
        self.prefixes = {code[:length] for code in self.codes for length in range(CATEGORY, FULL_LENGTH + 1)}

    def span(self, low: str, high: str) -> list[str]:
        """The fewest prefixes that cover `low` through `high` in the order of the tabular list."""
        if low not in self.at or high not in self.at:
            return []
        first, last = self.at[low].start, self.at[high].end
        found: list[str] = []
        position = first
        while position < last:
            node = self.nodes[position]
            if node.level == "diag" and node.end <= last:
                found.append(node.name)
                position = node.end
            else:
                position += 1
        return found

    def below(self, node: Node) -> list[str]:
        """The prefixes of a chapter or block, or the code itself."""
        if node.level == "diag":
            return [node.name]
        inside = self.nodes[node.start : node.end]
        return [item.name for item in inside if item.level == "diag" and len(item.name) == CATEGORY]

    def listed(self, text: str) -> list[str]:
        """The prefixes that a comma list with ranges names; unknown ones are dropped."""
        matches = list(CODE.finditer(text))
        found: list[str] = []
        position = 0
        while position < len(matches):
            low = undot(matches[position].group())
            if position + 1 < len(matches):
                gap = text[matches[position].end() : matches[position + 1].start()]
                if re.fullmatch(r"\.?-?\s*(?:-|to)\s*", gap):
                    found += self.span(low, undot(matches[position + 1].group()))
                    position += 2
                    continue
            if low in self.prefixes:
                found.append(low)
            position += 1
        return found

    def matching(self, prefixes: list[str], pattern: re.Pattern[str]) -> list[Target]:
        """The shortest listed codes below the prefixes that the pattern matches from the front."""
        found: set[str] = set()
        for prefix in prefixes:
            for code in self.codes:
                if code.startswith(prefix) and (match := pattern.match(code)):
                    found.add(match.group())
        return [Target(item) for item in sorted(found)]


def character_pattern(rule: str) -> re.Pattern[str] | None:
    """What `fifth character 4` and its like ask of a code, or `None` for a form not understood."""
    if match := re.fullmatch(r"final characters -(\d+)", rule):
        return re.compile(rf"[A-Z0-9]{{4}}{match[1]}|[A-Z0-9]{{3,4}}{match[1]}$")
    if match := re.fullmatch(r"fifth to sixth characters (\d\d)", rule):
        return re.compile(rf"[A-Z0-9]{{4}}{match[1]}")
    if match := re.fullmatch(r"fifth or sixth character (\d)(?:-(\d))?", rule):
        chars = f"[{match[1]}-{match[2] or match[1]}]"
        # The intent stands sixth, or fifth when the sixth is the placeholder.
        return re.compile(rf"[A-Z0-9]{{5}}{chars}|[A-Z0-9]{{4}}{chars}(?=X)")
    if (match := re.fullmatch(r"(\w+) character \.?([A-Z0-9])(?:-([A-Z0-9]))?", rule)) and match[1] in ORDINALS:
        chars = f"[{match[2]}-{match[3] or match[2]}]"
        return re.compile(rf"[A-Z0-9]{{{ORDINALS[match[1]] - 1}}}{chars}")
    return None


def qualified(index: Index, stem: str, rule: str) -> list[Target] | None:
    """Resolve `STEM with RULE`; `None` when the rule is not one of the few forms understood."""
    prefixes = index.listed(stem)
    rule = rule.strip().replace("-character", " character")
    if rule == "open fracture 7th character":
        return [Target(prefix, OPEN_FRACTURE) for prefix in prefixes]
    if match := re.fullmatch(r"(?:seventh|7th) character ([A-Z])", rule):
        return [Target(prefix, match[1]) for prefix in prefixes]
    if match := re.fullmatch(r"\.(\d+)(?:-\.(\d+))?-?", rule):
        tails = [match[1]] if match[2] is None else [str(n) for n in range(int(match[1]), int(match[2]) + 1)]
        return [Target(p + tail) for p in prefixes for tail in tails if p + tail in index.prefixes]
    pattern = character_pattern(rule)
    return None if pattern is None else index.matching(prefixes, pattern)


def targets(index: Index, note: str) -> tuple[list[Target], bool]:
    """What one Excludes1 note excludes, and whether a part of it was left out as not understood."""
    groups = REFERENCE_GROUP.findall(note)
    if not groups:
        bare = re.search(r"code to|see |with|specified in|omit", note) is None
        return ([Target(prefix) for prefix in index.listed(note)] if bare else []), False
    found: list[Target] = []
    left_out = False
    for group in groups:
        stem, keyword, rule = group.partition("with ")
        if not keyword:
            found += [Target(prefix) for prefix in index.listed(group)]
        elif (resolved := qualified(index, stem, rule)) is not None:
            found += resolved
        else:
            left_out = True
    return found, left_out


def excludes1_rows(index: Index) -> tuple[pl.DataFrame, dict[str, int]]:
    """One row per owner prefix, excluded prefix and note."""
    rows: list[tuple[str, str, str, str, str]] = []
    counts = {"notes": 0, "notes_without_a_code": 0, "notes_left_out": 0}
    for node in index.nodes:
        for note in node.excludes1:
            counts["notes"] += 1
            found, left_out = targets(index, note)
            counts["notes_left_out"] += left_out
            counts["notes_without_a_code"] += not found and not left_out
            text = re.sub(r"\s+", " ", note).strip()
            rows += [
                (owner, target.prefix, target.seventh, node.name, text)
                for owner in index.below(node)
                for target in sorted(set(found))
                # A note that names its own owner says nothing about a pair.
                if owner != target.prefix
            ]
    frame = pl.DataFrame(rows, schema=["owner", "excluded", "seventh", "place", "note"], orient="row")
    frame = frame.unique(maintain_order=True).sort("owner", "excluded", "seventh", "place", "note")
    counts["rows"] = frame.height
    return frame, counts


def code_first_rows(nodes: list[Node]) -> pl.DataFrame:
    """One row per chapter, block or code with a code-first note: required, or only if it applies."""
    rows = []
    for node in nodes:
        if not node.code_first:
            continue
        text = "; ".join(re.sub(r"\s+", " ", note).strip(" ,") for note in node.code_first)
        head = node.code_first[0].strip(" ,")
        kind = "required" if REQUIRED.match(head) and not CONDITIONAL.search(head) else "where_it_applies"
        if node.level == "diag":
            rows.append((node.name, kind, text))
        else:
            below = [n.name for n in nodes[node.start : node.end] if n.level == "diag" and len(n.name) == CATEGORY]
            rows += [(name, kind, text) for name in below]
    return pl.DataFrame(rows, schema=["prefix", "kind", "note"], orient="row").unique("prefix").sort("prefix")
