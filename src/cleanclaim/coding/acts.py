"""Whether a sentence without minutes tells of an act of treatment today, or of something beside it.

A note tells of acts, and of measures, comparisons, reasons why a therapist is needed, what the patient can do, and
what comes next. The words are often the same ("single leg stance 24 seconds, 15 last week"), so it is the shape of
the sentence that decides. Where nothing decides, a sentence is left open and the reader looks at what stands around.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Telling(StrEnum):
    """What a sentence without minutes tells of."""

    ACT = "act"
    """Its shape is that of a treatment: repetitions, a verb of treating."""
    OPEN = "open"
    """Its shape says nothing; its words may name a treatment."""
    BESIDE = "beside"
    """A measure, result, reason, goal or plan: no treatment, whatever its words name."""


_DOSE = re.compile(
    r"\b\d{1,2}\s*x\s*\d{1,3}\b(?!\s*(?:cm|mm|m\b))|\b\d{1,3}\s*(?:reps?|repetitions?|sets?|rounds?|laps|bouts?|"
    r"trials?)\b|"
    r"\bx\s*\d{1,3}\b(?!\s*(?:wk|week|day|month|yr|year)s?\b)(?!\s*/)|\b\d+\s*(?:mhz|hz|pps)\b|\bw/cm|"
    r"\bgr(?:ade)?\.? (?:[1-5]|i{1,3}v?|iv|v)\b"
)
_DOING = re.compile(
    r"\b(?:perform(?:ed|s|ing)?|practi[cs](?:ed|ing)|trained|instructed|educated|taught|completed|worked on|"
    r"applied|reapplied|trimmed|snipped|excised|cut away|packed|wrapped|administered|provided|rendered|"
    r"issued|fabricated|mobilized|stretched|debrided|irrigated|i removed|"
    r"repeated|reviewed|used|received|treated)\b"
)
_COMPARED = re.compile(
    r"\b(?:last|previous|prior) (?:visit|session|time|week|month|treatment|mon|tue|wed|thu|fri|sat|sun)|\byesterday\b|"
    r"\bat (?:the )?(?:eval\w*|start|start of care|first visit)\b|\bon (?:the )?\d{1,2}(?:th|st|nd|rd|/\d)|"
    r"\bwhen begun\b|\bbest so far\b|\bup from\b|\bdown from\b|\bcompared\b|\bso far\b|"
    r"\d\s*(?:->|→)\s*\d|\b(?:improv|gain|increas|decreas|declin|worsen)\w*\b.{0,30}\d"
)
_MEASURED = re.compile(
    r"=\s*[<>~]?\s*\d|\b\d+(?:\.\d+)?\s*(?:m/s|degrees|deg|°|cm|mm|mmhg|bpm|percent)(?!\w)|\d\s*%|"
    r"\b\d\s?[+-]?\s?/\s?5\b|"
    r"\b\d{1,3}/(?:10|56|80|100|28|24|30|50)\b|"
    r"\b(?:flexion|extension|rotation|abduction|adduction|dorsiflexion|plantarflexion|bend|rom|er|ir|score|"
    r"index|scale|berg|tug|"
    r"odi|ndi|lefs|girth|speed|stance|tandem|plank|hold|strength)\s+(?:is\s+|now\s+|was\s+|of\s+)?\d|"
    r"\b(?:neg|negative|positive|absent|impaired|intact|wnl|wfl|tender|antalgic|valgus|hesitant|limited)\b|"
    r"\b\d+ of \d+\b|\b\d+(?:\.\d+)?\s*(?:seconds|sec|s)\b(?!\s*(?:x|each|hold))|"
    r"\b(?:scale|questionnaire|index)\s+\d|\b\d+ (?:loss(?:es)? of balance|lobs?|times?)\b"
)
_REASON = re.compile(
    r"\b(?:because|must (?:be|respect|not)|remains? (?:necessary|needed)|is needed|are needed|"
    r"therapist (?:needed|judgment)|"
    r"therapist's? (?:judgment|eye|hands?)|by my judgment|skilled (?:care|therapy|hands|need|grading)|"
    r"(?:needs?|needed|requires?|required) (?:a |an |the |my )?(?:\w+ )?"
    r"(?:therapist|therapy|hands|external|feedback|skilled|guarding|cueing)|safe to|cannot|can't|could not|unable|"
    r"does not|do not|did not|is not|was not|not yet)\b"
)
_AHEAD = re.compile(
    r"\b(?:goals?|continues? (?:in|with|to|at|three|twice)|(?:once|twice|three times|\d+ ?(?:x|times)) ?(?:a|"
    r"per|/) ?(?:week|wk|day)|"
    r"weekly|next|recheck|until|in (?:one|two|three|\d+) (?:more )?weeks?|two more weeks|goes? (?:up|to|on)|"
    r"prep\b|see (?:him|her|again|(?:mon|"
    r"tue|wed|thu|fri|sat|sun)\w*)|expected|frequency|return(?:s|ed)? (?:for|to)|will)\b"
)
_PATIENT = re.compile(
    r"^\W*(?:he|she|they|pt|patient|the patient|mr|mrs|ms|his|her|their|wife|husband|daughter|son|lives?|says|"
    r"was|has|had|"
    r"wants|reports?|feels?|can|holds?|bends?|lifts?|walks|sits?|sleeps?|gained|lost|tolerated|need(?:s|ed|"
    r"ing)?|requir(?:es|ed|ing)|cue[sd]?|cueing|verbal cue\w*|tactile cue\w*|no|"
    r"without|after|still|pain|first steps|purpose|result|response|goal|i (?:cued|graded|slowed|asked|stopped|"
    r"corrected|"
    r"watched|guarded|raised))\b"
)
_VISIT = re.compile(
    r"^\W*(?:\w+,? ){0,4}(?:(?:first|second|third|fourth|fifth|tenth|\d+(?:st|nd|rd|th)|initial|follow-?up|pool|"
    r"group|aquatic) "
    r"(?:\w+ )?(?:visit|session|week|treatment|encounter)|returns? for)\b[^:]*$"
)


@lru_cache(maxsize=8192)
def telling(folded: str) -> Telling:
    """What a folded sentence without minutes tells of.

    Repetitions make an act even beside a measure ("bridges 3 x 10, pain 2/10"); a comparison never is one, and
    neither is what the patient does unless a verb of treating or repetitions stand there.
    """
    if _AHEAD.search(folded) and not _DOING.search(folded) and not _DOSE.search(folded):
        return Telling.BESIDE
    if _COMPARED.search(folded):
        return Telling.BESIDE if not _DOSE.search(folded) or _PATIENT.search(folded) else Telling.OPEN
    if _DOSE.search(folded) or (_DOING.search(folded) and not _REASON.search(folded)):
        return Telling.ACT
    if _MEASURED.search(folded) or _REASON.search(folded) or _PATIENT.search(folded) or _VISIT.search(folded):
        return Telling.BESIDE
    return Telling.OPEN
