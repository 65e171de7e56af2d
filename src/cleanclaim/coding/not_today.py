"""Words which say that something was not done today: declined, planned, told of an earlier visit, done at home."""

from __future__ import annotations

import re

from cleanclaim.coding.reading import WhyLeftOut

_NEGATED = re.compile(
    r"\b(?:declin(?!e (?:squat|board|bench|press|push|sit|step|walk|ramp|treadmill|heel|leg))\w+|"
    r"refus\w+|deferred|not (?:performed|done|completed|provided|indicated|tested|given|today|"
    r"addressed|attempted)|"
    r"did not (?:perform|do|receive|tolerate|complete|get to|address)|didn't (?:perform|do|get to)|withheld|"
    r"was held|were held|on hold|hold (?:on )?(?:today|due|secondary|per)|"
    r"held (?:today|due|secondary|per|this|2/2|for today)|skipp?ed|omitted|"  # spelling: off
    r"no longer (?:using|performing|"  # spelling: off
    r"indicated)|discontinued|"
    r"unable to (?:perform|complete|do)|d/c'?d|contraindicated|cancell?ed)\b"  # spelling: off
    r"|^\W*no (?!lob|loss|adverse|increase|pain|c/o|complaints?|change|cues|cue|assist|rest|symptom|weight|new|"
    r"device|ad\b|ue\b)\w+"  # spelling: off
    r"|\bno (?:\w+ ){1,4}(?:today|this (?:visit|session)|performed|provided|given|done|needed today|indicated)\b"
    r"|\bwithout (?:manual therapy|modalities)\b|\b(?:none|nothing) (?:today|this (?:visit|session))\b"
)
_PLANNED = re.compile(
    r"\bnext (?:visit|session|tx|treatment|appointment|appt|time|week)\b|\bwill (?:add|begin|start|initiate|"
    r"progress|try|continue|trial|introduce|include|consider|resume|perform)\b"
    r"|\bplan(?:ned|s|ning)? (?:to|for|on)\b|\bconsider (?:adding|trial|dry|starting)\b|"  # spelling: off
    r"\bto be (?:added|"  # spelling: off
    r"started|initiated)\b|\bfuture (?:visits?|sessions?)\b"
    r"|\bcontinue (?:with )?(?:poc|current|per poc|pt|skilled)\b|^\W*plan\s*:"
)
_EARLIER = re.compile(
    r"\b(?:last|previous|prior) (?:visit|session|treatment|tx|time|week)\b|\bpreviously\b|\bin the past\b|"
    r"\byesterday\b|\bat (?:the )?(?:last|previous)\b"
)
_COMPARED = re.compile(
    r"\b(?:vs\.?|than|from|since|compared (?:to|with)|as|over|up from|after) (?:the |her |his )?(?:last|"
    r"previous|prior)\b|\bsame as (?:last|previous)|"
    r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s*(?:[a-z°%]+\s+)?(?:last (?:visit|session|"
    r"time|week|mon|tue|wed|thu|"
    r"fri|sat|sun)\w*|yesterday)\W*$"
)
_EARLIER_LABEL = re.compile(
    r"^\W*(?:at )?(?:the )?(?:last|previous|prior) (?:visit|session|treatment|tx|time)\b[^:.]{0,20}:"
)
HOME = re.compile(
    r"^\W*(?:hep|home (?:exercise )?program|home exercises?)\b\W*|\b(?:at home|for home|daily at home|"
    r"per day at home|x/day at home|add(?:ed)? to hep)\b"
)
TAUGHT = re.compile(
    r"\b(?:review\w*|instruct\w*|educat\w*|taught|teach\w*|demonstrat\w*|train\w*|updat\w*|"  # spelling: off
    r"issued and|"  # spelling: off
    r"practic\w*|perform\w*|progress\w*)\b"  # spelling: off
)


def is_of_an_earlier_visit(folded: str) -> bool:
    """Whether folded words are headed as those of an earlier visit, so that all of them are ("last visit: …")."""
    return bool(_EARLIER_LABEL.match(folded)) and "today" not in folded


def why_not_today(folded: str) -> WhyLeftOut | None:
    """Why folded words do not tell of today, or `None`; a comparison with an earlier visit tells of today."""
    if _NEGATED.search(folded):
        return WhyLeftOut.NEGATED
    if _PLANNED.search(folded):
        return WhyLeftOut.PLANNED
    if _EARLIER.search(folded) and not _COMPARED.search(folded):
        return WhyLeftOut.EARLIER
    return None
