"""The level of a physical therapy evaluation, and the findings for it that a note states.

Four components decide: history factors, elements examined, presentation, decision making. Every component must be
met; the lowest governs. The usual minutes of a level are typical only and decide nothing.
Source: Medicare Physician Fee Schedule final rule for 2017, table of the evaluation codes, read in reprints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleanclaim.coding.found import Found, first
from cleanclaim.coding.wording import fold
from cleanclaim.records import DecisionMaking, EvaluationFindings, Presentation
from cleanclaim.reference.evaluation_levels import levels

_ORDER = ("low", "moderate", "high")


@dataclass(frozen=True, slots=True)
class EvaluationLevel:
    """The level that the findings support.

    `code` is `None` while a component is missing that could still change it; `at_least` and `at_most` are the bounds
    that the known components leave. `governing` names the components that hold the level down.
    """

    code: str | None
    at_least: str
    at_most: str
    governing: tuple[str, ...]
    missing: tuple[str, ...]
    explanation: str
    question: str


@dataclass(frozen=True, slots=True)
class EvaluationReading:
    """What a note says of the components, each with its place; `None` is not stated.

    `factors` and `elements` are the items named in the note; a count is taken from an explicit number, else from a
    list under a heading that says these affect the plan or were examined. `stated_level` is what the note claims.
    """

    history_factors: Found[int] | None = None
    elements_examined: Found[int] | None = None
    presentation: Found[Presentation] | None = None
    decision_making: Found[DecisionMaking] | None = None
    factors: tuple[Found[str], ...] = ()
    elements: tuple[Found[str], ...] = ()
    stated_level: Found[str] | None = None

    @property
    def findings(self) -> EvaluationFindings:
        """The components as a record."""
        return EvaluationFindings(
            history_factors=self.history_factors.value if self.history_factors else None,
            elements_examined=self.elements_examined.value if self.elements_examined else None,
            presentation=self.presentation.value if self.presentation else None,
            decision_making=self.decision_making.value if self.decision_making else None,
        )


@dataclass(frozen=True, slots=True)
class _Component:
    name: str
    label: str
    question: str
    level: int | None
    said: str


def evaluation_level(findings: EvaluationFindings) -> EvaluationLevel:
    """The evaluation code whose every component is met.

    A component that is not documented leaves the level open, unless the known ones already hold it at the lowest;
    then it is still `None`, since a code attests to every component, but `at_most` says so.
    """
    codes = _codes()
    components = _components(findings)
    known = [item for item in components if item.level is not None]
    missing = tuple(item.name for item in components if item.level is None)
    ceiling = min((item.level for item in known if item.level is not None), default=len(_ORDER) - 1)
    governing = tuple(item.name for item in known if item.level == ceiling and ceiling < len(_ORDER) - 1)
    said = "; ".join(item.said for item in known)
    if missing:
        asked = next(item.question for item in components if item.level is None)
        labels = ", ".join(item.label for item in components if item.level is None)
        tail = f"; what is documented supports {codes[ceiling]} at most" if known else ""
        explanation = f"Not documented: {labels}. {said}{tail}." if said else f"Not documented: {labels}."
        return EvaluationLevel(None, codes[0], codes[ceiling], governing, missing, explanation, asked)
    code = codes[ceiling]
    if not governing:
        explanation = f"{said}: every component meets {code}."
    elif len(governing) == len(components):
        explanation = f"{said}: every component is of {code}."
    else:
        labels = " and ".join(item.label for item in components if item.name in governing)
        explanation = f"{said}: the lowest component governs, {labels}, so {code}."
    return EvaluationLevel(code, code, code, governing or tuple(item.name for item in components), (), explanation, "")


def _components(findings: EvaluationFindings) -> tuple[_Component, ...]:
    table = levels()
    return (
        _Component(
            "history_factors",
            "history factors",
            "How many personal factors or comorbidities affect the plan of care?",
            _count_level(findings.history_factors, table.history_factors),
            f"{findings.history_factors} history factor{'' if findings.history_factors == 1 else 's'}",
        ),
        _Component(
            "elements_examined",
            "elements examined",
            "How many body structures and functions, activity limitations and participation restrictions "
            "were examined?",
            _count_level(findings.elements_examined, table.elements_examined),
            f"{findings.elements_examined} element{'' if findings.elements_examined == 1 else 's'} examined",
        ),
        _Component(
            "presentation",
            "clinical presentation",
            "Is the clinical presentation stable, evolving or unstable?",
            list(Presentation).index(findings.presentation) if findings.presentation else None,
            f"{findings.presentation} presentation",
        ),
        _Component(
            "decision_making",
            "decision making",
            "Was the clinical decision making of low, moderate or high complexity?",
            list(DecisionMaking).index(findings.decision_making) if findings.decision_making else None,
            f"{findings.decision_making} decision making",
        ),
    )


def _count_level(count: int | None, least: tuple[int, ...]) -> int | None:
    """The highest level whose least count is reached; below the first it is still the lowest level."""
    if count is None:
        return None
    return max((level for level, needed in enumerate(least) if count >= needed), default=0)


def _codes() -> tuple[str, ...]:
    return levels().codes


_NUMBER = {"no": 0, "zero": 0, "none": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_COUNT = r"(?P<count>\d{1,2}|zero|no|one|two|three|four|five|six|seven)"
_FACTORS = (
    r"(?:personal factors?|co-?morbidit(?:y|ies)|complexities|complicating factors?|history factors?|"
    r"factors?(?= (?:that |which )?(?:affect|bear|impact|influenc|complicat)))"
)
_FACTOR_COUNT = re.compile(
    rf"\b{_COUNT}\s*(?:\+|or more)?\s*(?:\w+\s){{0,2}}?{_FACTORS}(?!\s*:)"
    rf"|{_FACTORS}(?:\s*(?:and|/|&|or)\s*{_FACTORS})?[^.:;\n]{{0,40}}[:=]\s*(?P<after>\d{{1,2}}|none|zero)\b(?![-/])"
    rf"|(?P<without>without|denies|no)\s+(?:any\s+)?(?:significant\s+)?{_FACTORS}"
    r"|\b(?P<nothing>nothing)\s+(?:else\s+)?(?:in\s+(?:the|his|her)\s+history\s+)?(?:(?:that\s+)?(?:affects?|"
    r"affecting|impacts?|"
    r"impacting|complicates?|complicating|influences?|influencing)|bears?\s+on|"
    r"bearing\s+on)\s+(?:(?:the|this|that)\s+)?(?:plan|care|course|recovery)"
    r"|\b(?P<unrelated>no)\s+(?:\w+\s+)?history\s+(?:that\s+|which\s+)?(?:affects?|affecting|bears?\s+on|bearing\s+on)\b"
)
_FACTOR_LIST = re.compile(
    rf"{_FACTORS}(?:\s*(?:and|/|&|or)\s*{_FACTORS})?\s*"
    r"(?:(?:that |which )?(?:affect|impact|influenc)\w*[^.:;\n]{0,30}|[^.:;\n]{0,0})[:\-]\s*(?P<list>[^.;\n]+)"
)
_ELEMENT_COUNT = re.compile(
    rf"\b{_COUNT}\s*(?P<more>\+|or more|or greater)?\s*(?:total\s+)?(?:exam(?:ination)?\s+|body\s+)?elements?\b"
    r"|elements?(?:\s+(?:examined|addressed|assessed|identified))?\s*[:=]\s*(?P<after>\d{1,2})\b(?![-/])"
)
_ELEMENT_LIST = re.compile(
    r"(?:body (?:structures?|functions?)(?:\s*(?:and|/|&)\s*(?:body )?(?:structures?|functions?))?"
    r"|impairments?(?= ?:)|activity limitations?|participation restrictions?|elements (?:examined|addressed))"
    r"\s*[:\-]\s*(?P<list>[^.;\n]+)"
)
_NUMBERED_ELEMENTS = re.compile(r"\b(?:elements?|exam(?:ination)?)\b[^.:;\n]{0,40}[:\-]\s*(?P<list>\(?1[.)]\s[^\n]*)")
_NUMBER_MARK = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=;)|(?<=,))\(?(?P<n>\d{1,2})[.)]\s")
_TOLD_GROUP = re.compile(
    r"\b(?:impairments?|deficits?)\s+(?:of|in)\s+(?P<body>[^.;:\n]+?)(?=\s*(?:,|\band\b|;)*\s*"
    r"\b(?:limits?|limited|limitations?|loss|restrict\w+)\b|[.;\n]|$)"
    r"|\b(?:limits?|limited|limitations?)\s+(?:in|of|to|with)\s+(?P<activity>[^.;:\n]+?)(?=\s*(?:,|\band\b|;)*\s*"
    r"\b(?:impairments?|deficits?|loss|restrict\w+)\b|[.;\n]|$)"
    r"|\b(?:loss\s+of|restrict(?:ed|ions?)\s+(?:in|of|from))\s+(?P<role>[^.;:\n]+?)(?=\s*(?:,|\band\b|;)*\s*"
    r"\b(?:impairments?|deficits?|limits?|limited|limitations?)\b|[.;\n]|$)"
)
"""Impairments, limits and losses told in a sentence: "impairments of strength and balance, limits in walking"."""
_PRESENTATION = re.compile(
    r"(?:presentation|clinical presentation|characteristics|condition|(?:clinical )?(?:picture|course))\b[^.;\n]{0,25}?"
    r"\b(?P<after>unstable|evolving|changing|stable|uncomplicated|unpredictable)"
    r"|\b(?P<before>unstable|evolving|stable|uncomplicated)(?:\s*(?:and|,|/|&)\s*(?:or )?\w+)?\s+"
    r"(?:clinical\s+)?(?:presentation|characteristics)"
    r"|\b(?P<pair>stable)\s*(?:,|and|/|&)\s*(?:and\s+)?uncomplicated\b"
    r"|(?:^|(?<=[.;\n])|(?<=[.;\n] ))(?P<lead>unstable|evolving|stable)\s*(?=[:.,;(-])"
    r"|\b(?P<wild>unstable)\s*(?:,|and|/|&)\s*(?:and\s+)?unpredictable\b"
)
_PRESENTATIONS = {
    "stable": Presentation.STABLE,
    "uncomplicated": Presentation.STABLE,
    "evolving": Presentation.EVOLVING,
    "changing": Presentation.EVOLVING,
    "unstable": Presentation.UNSTABLE,
    "unpredictable": Presentation.UNSTABLE,
}
_DECISIONS = re.compile(
    r"(?:decision[- ]making|\bdecisions?|\bcdm)\b[^.;\n]{0,20}?\b(?P<after>low|moderate|mod|high)\b"
    r"|\b(?P<before>low|moderate|mod|high)(?:\s+complexity)?\s+(?:clinical\s+)?(?:decision[- ]making|decisions?|cdm)\b"
)
_BARE_COMPLEXITY = re.compile(
    r"(?:^|(?<=[.;,\n])|(?<=[.;,\n] ))(?P<level>low|moderate|high)[- ]complexity(?=\s*(?:[.;,\n]|$))"
)
_STATED = re.compile(
    r"\b(?P<level>low|moderate|mod|high)[- ]?(?:complexity|complex)\b[^.;\n]{0,12}\b(?:pt )?eval"
    r"|\beval\w*[^.;\n]{0,20}?\b(?P<after>low|moderate|mod|high)[- ]complexity\b"
)
_LEVEL_CODE = {"low": 0, "moderate": 1, "mod": 1, "high": 2}
_EMPTY_ITEMS = frozenset({"none", "no", "n a", "na", "n/a", "none noted", "none reported", "denies"})


_SPEAKS = re.compile(
    r"presentation|characteristics|factor|morbidit|complex|element|decision|cdm\b|impairment|limitation|"
    r"restriction|uncomplicated|"
    r"unpredictable|evolving|affecting|body (?:structure|function)|(?:picture|course|condition)\b"
)
"""Words without one of which a note states no component."""


def read_evaluation(text: str) -> EvaluationReading:
    """Find what a note states of the components of an evaluation; nothing is inferred from a diagnosis list."""
    folded = fold(text)
    if not _SPEAKS.search(folded):
        return EvaluationReading()
    factors = _listed(folded, text, _FACTOR_LIST)
    elements = _listed(folded, text, _ELEMENT_LIST)
    history = _count(folded, _FACTOR_COUNT)
    if history is None and factors:
        history = Found(len(factors), factors[0].start, factors[-1].end)
    examined = _count(folded, _ELEMENT_COUNT)
    if examined is None and elements:
        examined = Found(len(elements), elements[0].start, elements[-1].end)
    presentation = first(
        _PRESENTATION,
        folded,
        lambda found: _PRESENTATIONS[
            found["after"] or found["before"] or found["pair"] or found["lead"] or found["wild"]
        ],
    )
    decision = first(_DECISIONS, folded, lambda found: _decision(found["after"] or found["before"]))
    if decision is None and presentation is not None:
        # Beside a stated presentation, a bare "low complexity" says how complex the decisions were.
        decision = first(_BARE_COMPLEXITY, folded, lambda found: DecisionMaking(found["level"]))
    if examined is None and (history is not None or presentation is not None or decision is not None):
        examined, elements = _told_elements(folded, text, elements)
    stated = first(_STATED, folded, lambda found: _codes()[_LEVEL_CODE[found["level"] or found["after"]]])
    return EvaluationReading(history, examined, presentation, decision, factors, elements, stated)


def _told_elements(
    folded: str, text: str, listed: tuple[Found[str], ...]
) -> tuple[Found[int] | None, tuple[Found[str], ...]]:
    """Elements that are numbered, or told as impairments, limits and losses in one sentence of at least two kinds."""
    numbered = _NUMBERED_ELEMENTS.search(folded)
    if numbered is not None:
        count = 0
        for mark in _NUMBER_MARK.finditer(folded, numbered.start("list"), numbered.end("list")):
            count += int(mark["n"]) == count + 1
        return Found(count, numbered.start(), numbered.end()), listed
    for sentence in re.finditer(r"[^.;\n]+", folded):
        groups = list(_TOLD_GROUP.finditer(folded, sentence.start(), sentence.end()))
        if len({group.lastgroup for group in groups}) > 1:
            found = []
            for group in groups:
                name = group.lastgroup or ""
                found.extend(_items(text, group.start(name), group[name]))
            return Found(len(found), found[0].start, found[-1].end), tuple(found)
    return None, listed


def _decision(word: str) -> DecisionMaking:
    return DecisionMaking.MODERATE if word == "mod" else DecisionMaking(word)


def _count(folded: str, pattern: re.Pattern[str]) -> Found[int] | None:
    for match in pattern.finditer(folded):
        groups = match.groupdict()
        word = groups.get("count") or groups.get("after")
        if word is None and any(groups.get(name) for name in ("without", "nothing", "unrelated")):
            word = "no"
        if word is None or re.match(r"\s*-\s*\d", folded[match.end("count") :] if groups.get("count") else ""):
            continue
        if match.start() and folded[match.start() - 1] in "-/":
            continue
        return Found(int(word) if word.isdigit() else _NUMBER[word], match.start(), match.end())
    return None


def _listed(folded: str, text: str, pattern: re.Pattern[str]) -> tuple[Found[str], ...]:
    found: list[Found[str]] = []
    for match in pattern.finditer(folded):
        found.extend(_items(text, match.start("list"), match["list"]))
    return tuple(found)


def _items(text: str, begin: int, listed: str) -> list[Found[str]]:
    """The items of a list that stands at `begin`, cut at commas and at "and"."""
    found = []
    plain = re.sub(r"\band\b", lambda hit: "," * len(hit.group()), listed)
    for item in re.finditer(r"[^,&+]+", plain):
        words = item.group().strip()
        if not words or words in _EMPTY_ITEMS or words.isdigit():
            continue
        start = begin + item.start() + (len(item.group()) - len(item.group().lstrip()))
        found.append(Found(text[start : start + len(words)], start, start + len(words)))
    return found
