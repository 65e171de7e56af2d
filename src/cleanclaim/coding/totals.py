"""What a note says of the whole visit: total minutes, time in and out, signatures, kind of visit, encounter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from cleanclaim.coding.durations import clock, clock_range, in_figures
from cleanclaim.coding.found import Found, first
from cleanclaim.coding.reading import EncounterHint
from cleanclaim.coding.wording import fold
from cleanclaim.records import Credential, VisitKind

_MINUTES = r"(?P<n>\d{1,3})\s*(?:minutes?|mins?|min|m|'|′)?(?!\d|\s*[-/:]\s*\d)"
_UNIT = r"(?:minutes?|mins?|min)"
_TIMED_KIND = (
    r"(?:timed(?:[- ]code)?|one[- ]on[- ]one|1\s*:\s*1|direct(?: (?:one[- ]on[- ]one|contact|patient|"
    r"1:1))?|tct|ttm|timed cpt)"
)
_SEPARATOR = r"\s*(?:\([^)]*\)\s*)?(?:[:=|\t]|-(?=\s*\d)|\bis\b|\bof\b|\bwas\b)?\s*"
_TIMED = re.compile(
    rf"\btimed[ \t]+15[- ](?:minute|min)[ \t]+(?:services?|codes?|units?){_SEPARATOR}(?P<quarters>\d{{1,3}})\b"
    rf"|\b(?:total\s+)?{_TIMED_KIND}(?:[ \t]+(?:cpt|codes?|code|treatment|tx|contact|skilled|therapy|service|"
    rf"services|procedures?))*"
    rf"[ \t]*(?:time|{_UNIT}|total)?(?:\s*\({_UNIT}\))?{_SEPARATOR}{_MINUTES}"
    rf"|\b(?P<brief>\d{{1,3}})[ \t]+timed[ \t]*(?=[/,;]|$)"
    rf"|\b(?P<before>\d{{1,3}})[ \t]*(?:{_UNIT}|['′])[ \t]+(?:of[ \t]+)?(?:total[ \t]+{_TIMED_KIND}|timed)"
    rf"(?:[ \t]+(?:codes?|code|treatment|tx|contact))*(?:[ \t]+(?:total|time|minutes))?\b"
    rf"|\btimed[ \t]+(?:treatment|services|care|work)[ \t]+(?:came|comes|adds?|added|amounts?|"
    rf"amounted)[ \t]+(?:up[ \t]+)?to"
    rf"[ \t]+(?P<came>\d{{1,3}})[ \t]*{_UNIT}"
    rf"|\b(?P<none>(?:total[ \t]+)?timed(?:[ \t]+(?:codes?|time|{_UNIT}|services?))*[ \t]*[:=-]?[ \t]*"
    rf"(?:none|nil|zero|n/a)\b)"
    rf"|\b(?P<nothing>(?:no|without)[ \t]+(?:timed|one-on-one|15-minute)[ \t]+(?:services?|codes?|minutes|"
    rf"treatment|procedures?|units))\b",
    re.MULTILINE,
)
_TIMED_LABEL = re.compile(r"total|timed|time\b|minutes\s*[:=]|tct|ttm|code")
_TREATMENT = re.compile(
    rf"\b(?:total\s+(?:treatment|tx|session|visit|therapy|appointment|rx)\s*(?:time|{_UNIT}|duration|length)?|"
    rf"total\s+time|ttt|"
    rf"(?:treatment|tx|session|visit)\s+(?:time|duration|length|total|{_UNIT}))(?:\s*\({_UNIT}\))?{_SEPARATOR}{_MINUTES}"
    rf"|(?:^|(?<=[.;|\n])|(?<=[.;|] )|"
    rf"(?<=  ))[ \t]*total(?:[ \t]+{_UNIT})?{_SEPARATOR}(?P<bare>\d{{1,3}})[ \t]*(?:{_UNIT}|'|(?=[ \t|.]*(?:$|\n)))"
    rf"|\b(?P<before>\d{{1,3}})[ \t]*{_UNIT}[ \t]+(?:of[ \t]+)?(?:total[ \t]+(?:treatment|tx|session|"
    rf"visit)(?:[ \t]+time)?|(?:treatment|session|visit|tx)[ \t]+time)\b"
    rf"|(?:^|(?<=[.;\n] ))[ \t]*(?P<closing>\d{{1,3}})[ \t]*{_UNIT}[ \t]+total\b(?=[ \t]*(?:[.;]|$))"
    rf"|\b(?:(?:the[ \t]+)?(?:whole[ \t]+)?(?:visit|session)(?:[ \t]+(?:came|comes|adds?|added|amounts?|"
    rf"amounted))?[ \t]+(?:up[ \t]+)?to|(?:whole|entire)[ \t]+(?:visit|session|treatment|appointment)[ \t]+"
    rf"(?:was|is|took|lasted|ran))[ \t]+"
    rf"(?P<came>\d{{1,3}})[ \t]*{_UNIT}(?:[ \t]+of[ \t]+(?:treatment|care|therapy))?"
    rf"|\b(?:seen|saw|treated)\b(?:[^.;:\n]|\bm(?:r|s|rs)\.){{0,30}}?\b(?:for|x)[ \t]+(?:"
    rf"(?P<seen>\d{{1,3}})[ \t]*{_UNIT}(?:[ \t]+(?:today|in (?:the )?clinic|"
    rf"of (?:skilled )?(?:pt|physical therapy|therapy|treatment|care)))*(?=[ \t]*[.;\n])"
    rf"|(?P<parted>\d{{1,3}})[ \t]*{_UNIT}(?=[^.;:\n]{{0,60}}\.\s+(?:(?:for|in)\s+)?(?:the\s+)?first\s+\d))",
    re.MULTILINE,
)
_THEN_TOTAL = re.compile(
    rf"(?:\s*[.,;/|]\s*|\s*)(?:and\s+)?(?:"
    rf"(?:treatment|tx|visit|session)\s*[:=]?\s*(?P<whole>\d{{1,3}})(?:\s*(?:{_UNIT}|['′]))?(?=\s*(?:[.;,|\n)]|\Z))"
    rf"|tot(?:al)?\s*(?:{_UNIT}|[:=]|of|time)?\s*(?P<n>\d{{1,3}})(?!\d|\s*[-/:]\s*\d)(?:\s*(?:{_UNIT}\b|['′]))?"
    rf"|(?P<before>\d{{1,3}})\s*(?:{_UNIT}\b|['′])?\s*total\b)"
)
"""A total that stands right behind the timed minutes; behind a comma elsewhere it may be that of one service."""
_SHARE = re.compile(
    rf"[ \t]*[,;(]?[ \t]*(?:(?:and|with|of which|including)[ \t]+)?(?:(?P<n>\d{{1,3}})[ \t]*(?:{_UNIT}[ \t]+)?"
    rf"(?:of[ \t]+(?:those|them|these|which|that|it)[ \t]+)?(?:(?:was|were|is|are)[ \t]+)?{_TIMED_KIND}"
    rf"|all[ \t]+(?:of[ \t]+(?:it|them|that|which)[ \t]+)?"
    rf"(?:(?:was|were|is|one-on-one|direct)[ \t]+(?:and[ \t]+)?)*timed)\b"
    rf"(?:[ \t]+(?:and[ \t]+)?(?:timed|{_UNIT}|codes?))*"
)
"""The share of the total that was timed, told right behind it: "total 55 minutes, 35 of those timed"."""
_CLOCK = r"(?P<clock>(?:[01]?\d|2[0-3]):?[0-5]\d)\s*(?P<half>[ap]\.?m\.?)?(?![\d/])"
_IN = re.compile(
    rf"\b(?:time in|in time|start(?:ed)?(?: time)?|begin(?: time)?|clock in|(?<![a-z] )in)\s*(?:[:=@]|at)?\s*{_CLOCK}"
)
_OUT = re.compile(
    rf"\b(?:time out|out time|stop(?:ped)?(?: time)?|end(?:ed)?(?: time)?|clock out|(?<![a-z] )out)\s*(?:[:=@]|"
    rf"at)?\s*{_CLOCK}"
)
_SESSION = re.compile(
    r"\b(?:time|session(?: time)?|visit(?: time)?|treatment time|tx time|seen|appointment|total time|in/out|"
    r"time in/out)\s*(?:from)?\s*[:=]?\s*(?:from\s+)?"
    r"(?P<b>(?:[01]?\d|2[0-3]):?[0-5]\d)\s*(?P<bh>[ap]\.?m\.?)?\s*(?:-|to|until)\s*(?P<e>(?:[01]?\d|"
    r"2[0-3]):?[0-5]\d)\s*(?P<eh>[ap]\.?m\.?)?(?![\d/])"
)
_SIGNED = re.compile(
    r"(?:\b[A-Z][A-Za-z'’-]*\.?\s+(?:[A-Z]\.?\s+)?[A-Z][A-Za-z'’-]+,?\s+(?P<after>PTA|LPTA|SPT|PT|DPT|MPT|MSPT|"
    r"OTR/L|OTR|COTA)\b(?!\s*(?:eval|re-?eval|session|visit|treatment|tx|order|services|and PTA present))"
    r"(?![ \t]*(?:1:1|one-on-one)?[ \t]*:\s*\S))"
    r"|(?:\b(?i:signed|signature|electronically signed|e-signed|treating therapist|therapist|clinician|provider|"
    r"supervising pt|cosigned by|co-signed by)\b[^\n]{0,50}?[:,\s]\s*(?P<label>PTA|LPTA|SPT|PT|DPT|OTR/L|OTR|COTA)\b)"
)
_FURNISHED_BY = re.compile(
    r"(?i:(?<!signed )(?<!sign )(?<!cosigned )(?<!authored )(?<!documented )(?<!written )(?<!completed )(?<!entered )"
    r"(?<!note )\b(?:by|with|w/|from|saw)\s+(?:the\s+)?)\Z"
)
"""Words before a name which say that this person furnished something, not that they signed."""
_SIGNATURE_REACH = 25
_CREDENTIALS = {
    "PTA": Credential.PTA,
    "LPTA": Credential.PTA,
    "SPTA": Credential.STUDENT,
    "SPT": Credential.STUDENT,
    "PT": Credential.PT,
    "DPT": Credential.PT,
    "MPT": Credential.PT,
    "MSPT": Credential.PT,
    "OTR/L": Credential.OT,
    "OTR": Credential.OT,
    "COTA": Credential.OTA,
}
_REEVALUATION = re.compile(r"\bre-?\s?eval(?:uation|uated)?\b(?! (?:next|in|due|planned))|\bre-?examination\b")
_EVALUATION = re.compile(
    r"\b(?:initial (?:pt |physical therapy )?(?:eval(?:uation)?|examination|exam|assessment)|"
    r"pt (?:initial )?eval(?:uation)?|"
    r"physical therapy evaluation|(?:low|mod(?:erate)?|high)[- ]complexity (?:pt )?eval\w*|new patient eval\w*|"
    r"ie:|9716[123])\b(?! (?:findings|date|on \d|measures|was|showed|in \w))"
)
_DISCHARGE = re.compile(
    r"\bdischarge (?:summary|note|visit|evaluation)\b|\bdischarged? (?:from (?:pt|physical therapy|therapy)|"
    r"today)\b|\bd/c (?:from pt|summary|note|to hep)\b"
)
_NOT_NOW = re.compile(
    r"\b(?:since|from|at|vs\.?|compared to|compared with|per|last|next|plan for|due)\s+(?:the |his |her )?$"
)
_WORN = r"(?:prosthe\w+|orthos?[ti]\w+|afo|kafo|brace|splint|microprocessor)"
_INITIAL = re.compile(
    rf"\b(?:initial|first) (?:encounter|prosthetic|prosthesis|orthotic|orthosis|limb|brace|splint|fitting|"
    rf"(?:session|visit|day|time|training|treatment) (?:with|on|in|for) (?:the |his |her |a )?(?:new )?"
    rf"(?:{_WORN}|limb|leg|socket|arm|hand)|(?:prosthetic|orthotic) (?:training|visit|session|fitting)|"
    rf"(?:time|day|wear\w*|fitting) (?:(?:with|in) it|on\b(?! the)|wearing|worn|using it|wearing it|today))"
    rf"|\b(?:received|picked up|delivered|delivery of|issued|fit with|fitted with|fitted for|"
    rf"just got)\b[^.;\n]{{0,40}}\b(?:{_WORN}|leg)\b[^.;\n]{{0,12}}(?:today)?"
    rf"|\b{_WORN}\b[^.;\n]{{0,12}}\b(?:came|arrived|is in|is here)\b[^.;\n]{{0,6}}\btoday\b"
    rf"|\b(?:new|(?:his|her|a|the) first) (?:(?:left|right|above|below|knee|elbow)[- ]){{0,4}}"
    rf"(?:{_WORN}|limb|leg)\b(?! (?:press|curl|raise|ext))"
)
_LATER = r"(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|2nd|3rd|(?:[4-9]|1\d)th)"
_SUBSEQUENT = re.compile(
    rf"\bsubsequent (?:encounter|visit|prosthetic|orthotic)\b"
    rf"|\b(?:{_LATER}|follow[- ]?up) (?:prosthetic|prosthesis|orthotic|orthosis|limb|encounter|fitting|splint|brace|"
    rf"(?:session|visit|training|week|day) (?:with|on|in|for) (?:the |his |her |a )?(?:new )?"
    rf"(?:{_WORN}|limb|leg|socket))\b[^.;\n]{{0,20}}"
    rf"|\b(?:visit|session) (?:#|no\. ?|number )?(?:[2-9]|1\d) (?:with|on|in|for)\b[^.;\n]{{0,20}}"
    rf"\b(?:{_WORN}|limb|leg|socket)\b"
    rf"|\bfollow[- ]?up (?:session|visit)\b"
    rf"|\b{_WORN}\b[^.;\n]{{0,30}}\b(?:{_LATER} (?:session|visit)|(?:session|visit) (?:#|no\. ?)?(?:[2-9]|1\d))\b"
    rf"|\b{_WORN}\b[^.;\n]{{0,30}}\b(?:follow[- ]?up|recheck|re-?check|"
    rf"checkout|adjust\w*|wear (?:time|tolerance)|fit check|modif\w+)\b"
    rf"|\bwear(?:ing)? (?:schedule|time|tolerance) (?:raised|increased|progressed|advanced|extended|lengthened)\b"
)
_TELEHEALTH = re.compile(
    r"\btele-?health\b|\btele-?(?:rehab|visit|pt)\b|\bvideo (?:visit|session|call|platform)\b|"
    r"\bsynchronous audio|\bvia (?:zoom|doxy\.?me|video)\b"
)


@dataclass(frozen=True, slots=True)
class VisitTotals:
    """Totals and times of the visit, and the stretches of text they take up (so no intervention is read there)."""

    timed: Found[int] | None
    treatment: Found[int] | None
    time_in: Found[time] | None
    time_out: Found[time] | None
    taken: tuple[tuple[int, int], ...]


def totals(text: str) -> VisitTotals:
    """Find the totals and the times in and out."""
    folded = in_figures(fold(text))
    taken: list[tuple[int, int]] = []
    timed = None
    for match in _TIMED.finditer(folded):
        if not _TIMED_LABEL.search(match.group()):
            continue
        number = (
            "0"
            if match["nothing"] or match["none"]
            else match["n"] or match["brief"] or match["before"] or match["quarters"] or match["came"]
        )
        timed = timed or Found(int(number), match.start(), match.end())
        taken.append((match.start(), match.end()))
    treatment = None
    for _, place in tuple(taken):
        behind = _THEN_TOTAL.match(folded, place)
        if behind is not None:
            treatment = treatment or Found(
                int(behind["n"] or behind["before"] or behind["whole"]), behind.start(), behind.end()
            )
            taken.append((behind.start(), behind.end()))
    for match in _TREATMENT.finditer(folded):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        if re.match(r":?\d", folded[match.end() :]) or (
            match["n"] and re.match(r"\s*(?:visits|units|sessions|reps)", folded[match.end() :])
        ):
            continue
        number = match["n"] or match["bare"] or match["before"] or match["closing"] or match["came"]
        number = number or match["seen"] or match["parted"]
        treatment = treatment or Found(int(number), match.start(), match.end())
        taken.append((match.start(), match.end()))
        share = _SHARE.match(folded, match.end())
        if share is not None and timed is None:
            timed = Found(int(share["n"] or number), share.start(), share.end())
            taken.append((share.start(), share.end()))
    time_in, time_out = _in_and_out(folded, taken)
    return VisitTotals(timed, treatment, time_in, time_out, tuple(sorted(taken)))


def _in_and_out(folded: str, taken: list[tuple[int, int]]) -> tuple[Found[time] | None, Found[time] | None]:
    span = _SESSION.search(folded)
    if span is not None and _plausible(span["b"], span["e"]):
        begins, ends = clock_range(span["b"], span["bh"], span["e"], span["eh"])
        if begins is not None and ends is not None:
            taken.append((span.start(), span.end()))
            return Found(begins, span.start("b"), span.end("b")), Found(ends, span.start("e"), span.end("e"))
    found: list[Found[time] | None] = []
    for pattern in (_IN, _OUT):
        match = pattern.search(folded)
        value = clock(match["clock"], match["half"]) if match else None
        if match is None or value is None or len(match["clock"]) < 3:  # noqa: PLR2004 - "in 10" is no clock time
            found.append(None)
            continue
        taken.append((match.start(), match.end()))
        found.append(Found(value, match.start("clock"), match.end("clock")))
    return found[0], found[1]


def _plausible(begin: str, end: str) -> bool:
    return (":" in begin and ":" in end) or (len(begin) == len(end) == 4)  # noqa: PLR2004 - "0900"


def signatures(text: str) -> tuple[Found[Credential], ...]:
    """The credentials of those who signed, in the order of the text, each once.

    A name that heads a line ("D. Ruiz, PTA: …") or stands behind "by" tells who furnished something; that is no
    signature, and a note is not taken as signed for it.
    """
    found: list[Found[Credential]] = []
    for match in _SIGNED.finditer(text):
        if _FURNISHED_BY.search(text, max(0, match.start() - _SIGNATURE_REACH), match.start()):
            continue
        name = "after" if match["after"] else "label"
        credential = _CREDENTIALS[match[name]]
        if all(item.value is not credential for item in found):
            found.append(Found(credential, match.start(name), match.end(name)))
    return tuple(found)


def kind(text: str) -> Found[VisitKind] | None:
    """What the visit was for, when the note says so; a comparison with an evaluation does not say so."""
    folded = fold(text)
    for value, pattern in (
        (VisitKind.REEVALUATION, _REEVALUATION),
        (VisitKind.EVALUATION, _EVALUATION),
        (VisitKind.DISCHARGE, _DISCHARGE),
    ):
        for match in pattern.finditer(folded):
            if not _NOT_NOW.search(folded[max(0, match.start() - 30) : match.start()]):
                return Found(value, match.start(), match.end())
    return None


def encounter(text: str) -> Found[EncounterHint] | None:
    """Whether the note speaks of the first encounter with a device, or of a later one."""
    folded = fold(text)
    return first(_SUBSEQUENT, folded, lambda _: EncounterHint.SUBSEQUENT) or first(
        _INITIAL, folded, lambda _: EncounterHint.INITIAL
    )


def telehealth(text: str) -> Found[bool] | None:
    """Whether the note says the visit was by telehealth."""
    return first(_TELEHEALTH, fold(text), lambda _: True)
