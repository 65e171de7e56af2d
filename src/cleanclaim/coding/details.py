"""The details of one thing done: by whom, for how many, which side and region, why, with what response and progress."""

from __future__ import annotations

import re
from functools import cache

from cleanclaim.coding.found import Found, first
from cleanclaim.coding.wording import fold, read_data
from cleanclaim.records import By, Side

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_NUMBER = r"(?:\d{1,2}|" + "|".join(_NUMBERS) + ")"
_LARGEST_GROUP = 50

_TOGETHER = re.compile(
    r"\bPTA?\s*(?:and|&|\+|/|with|w/)\s*PTA?\b(?=.{0,40})|\b(?:PT|PTA) (?:co-?treat\w*) (?:with|w/) (?:the )?PTA?\b|"
    r"\bco-?treat\w*[^.;\n]{0,30}\bPT\s*(?:and|&|\+|/)\s*PTA\b|\b(?i:therapist and assistant) together\b"
)
_STUDENT = re.compile(
    r"\bSPTA?\b|\b(?i:(?:pt |pta |dpt |physical (?:therapy|"  # spelling: off
    r"therapist) )?student(?! loan))\b"
)  # spelling: off
_ASSISTANT = re.compile(
    r"\bPTA\b|\b(?i:physical (?:therapy|therapist) assistant|(?:therapy|"  # spelling: off
    r"therapist) assistant)\b|\b(?i:by|with) pta\b|^\W*(?i:assistant)(?:\s+[A-Z][\w.]+){0,2}\s*[:,-]"  # spelling: off
)
_AIDE = re.compile(
    r"(?<!\bher )(?<!\bhis )(?<!\btheir )(?<!health )(?<!home )(?<!school )(?<!classroom )(?<!private )(?<!personal )"
    r"\b(?i:(?:rehab |pt |physical therapy )?(?:aide|tech|technician))\b(?! from\b| at home\b| at school\b)"
)
"""An aide of the clinic; one who lives with the patient or comes from elsewhere furnishes nothing here."""
_NOBODY = re.compile(r"\b(?i:unattended|unsupervised|without supervision|no supervision)\b")
_THERAPIST = re.compile(
    r"\b(?i:by|with|per) (?:the )?PT\b|\(PT(?:[,:; ]+\d+[^)]*)?\)|(?:^|\d[ \t]+)[ \t\-*]*PT\s*[:\-]|"
    r"\bPT\s*[:=]?\s*\d{1,3}\s*(?:min|')|"
    r"\b(?i:by|with) (?:the )?(?i:physical therapist)\b(?! assistant)|"
    r"^\W*(?i:therapist)(?:\s+[A-Z][\w.]+){0,2}\s*[:,-]|\b[A-Z]\.\s?[A-Z][a-z]+,\s*PT\b|"
    r"\bPT (?:1\s*:\s*1|one[- ]on[- ]one)\b|\bPT (?:\([^)\n]{2,25}\) )?(?:came|joined|stepped in|took over)\b|"
    r"\bPT (?:saw|treated|then (?:did|performed|provided|worked)|provided|performed|only|directly)\b"
)
_WHOLE = r"(?i:whole|entire|full|all of the|throughout)"
_WHOLE_VISIT = re.compile(
    rf"\b(?i:seen|treated|treatment|visit|session|care|services?|everything|all|"
    rf"furnished)\b[^.;\n]{{0,60}}?\b(?i:by|with)\b"
    rf"[^;\n]{{0,40}}?\b(?P<by>PTA?)\b[^.;\n]{{0,30}}?\b{_WHOLE}\b"
    rf"|\b(?P<then>PTA?)\b[^.;\n]{{0,40}}?\b{_WHOLE}\s+(?i:visit|session|treatment|time)\b"
    rf"|\b(?:{_WHOLE}|(?i:all))\s+(?i:visit|session|treatments?|services?|care|minutes|"
    rf"interventions)\b[^.;\n]{{0,30}}?\b(?i:by|with)\b"
    rf"[^;\n]{{0,30}}?\b(?P<after>PTA?)\b"
    r"|\b(?i:seen|treated)\s+(?i:today\s+)?by\s+(?i:an?\s+|the\s+)?(?P<seen>PTA)\b(?:\s+(?i:today))?(?=\s*(?:[.,;\n]|$))"
    r"|\b(?P<treated>PTA)\s+(?i:treated|treating)\b(?=[^.;\n]{0,20}\b(?i:under|sup))"
    r"|\b(?P<signed>PTA),?\s+(?i:(?:working |treating |signed )?under|supervised by)\b"
    r"|^[ \t]*(?:[SO][ \t]*[:-][ \t]*)?(?i:seen|treated|tx|visit|session|"
    r"treatment) (?i:today )?by (?:[A-Z][\w.]*\s+){0,3}[A-Z][\w]+,\s*(?P<opening>PTA?)\b(?=\s*(?:[.;\n]|$))",
    re.MULTILINE,
)
_ONE_ON_ONE = re.compile(
    r"\b1\s*:\s*1\b|\bone[- ]on[- ]one\b|\b1[- ]on[- ]1\b|\bone[- ]to[- ]one\b|\bindividual (?:treatment|"
    r"session|tx|therapy)\b"
)
_GROUP_SIZE = re.compile(
    rf"\b{_NUMBER} (?:of (?:us|them) )?(?:were |was )?(?:in|at) the (?:room|class|group|circle|pool)\b|"
    rf"\bgroup (?:size )?(?:of|x|=|:|n\s*=)\s*{_NUMBER}\b|\b{_NUMBER}[- ](?:person|patient|member|"
    rf"pt)s? (?:group|class)"
)
_PATIENTS = re.compile(
    rf"\b(?:with|w/|of|among|between|x|,|\()?\s*(?P<n>{_NUMBER})\s+(?P<other>other\s+)?(?:patients|pts|"
    rf"participants|people|members|clients|patient|pt)\b(?! (?:reports?|states?|education))"
)
_BESIDES = re.compile(r"[^.;\n]{0,30}?\b(?:besides|in addition to|other than) (?:him|her|them|the patient)\b")
_ANOTHER = re.compile(r"\b(?:with|w/|and|alongside) (?:another|one other) (?:patient|pt)\b")
_ELSEWHERE = re.compile(
    r"\b(?:finish\w*(?: up)?|busy|start(?:ed|ing)|treat\w*|see(?:ing)?|saw|help\w*|tied up|in session|"
    r"(?:\bi|therapist) (?:was|am|is)(?: still)?)\s*$"
)
"""Words before "with another patient" that tell where the therapist was, not who shared the treatment."""
_ATTENDED_NOT = re.compile(r"\bunattended\b|\bnot attended\b|\bunsupervised\b")
_ATTENDED = re.compile(
    r"\battended\b|\bconstant attendance\b|\bdirect contact\b|\btherapist (?:present|in attendance)\b|"
    r"\b(?:manual|hand-?held) (?:probe|stim)"
)
_SIDES = (
    (
        Side.BILATERAL,
        re.compile(
            r"\b(?i:bilateral(?:ly)?|bilat|bil|b/l|both (?:sides|legs|arms|knees|hips|shoulders|ankles|feet|"
            r"hands))\b|\bB(?:LE|UE)s?\b|(?<![A-Za-z/.\d])\(?B\)?(?= (?i:[a-z]))|\b[RL]\s*(?:and|&|\+|"
            r"/)\s*[RL]\b|\b(?i:right and left|left and right)\b"
        ),
    ),
    (
        Side.RIGHT,
        re.compile(
            r"\b(?i:right|rt)\b(?!\s*(?:now|away|after|before|side up))|\bR(?:LE|UE|TKA|THA|RCR|"
            r"ACL)?s?\b(?![./:]\s?\d)(?!OM)|\(R\)"
        ),
    ),
    (
        Side.LEFT,
        re.compile(
            r"\b(?i:left)\b(?!\s+(?:the|clinic|on|running|message|with|without|early|voicemail))|\b(?i:lt)\b|"
            r"\bL(?:LE|UE|TKA|THA|RCR|ACL)?s?\b(?![./:]?\s?\d)(?!/S)|\(L\)"
        ),
    ),
)
_PURPOSE = re.compile(
    r"\b(?:in order to\b|so (?:that )?(?:pt|patient)\b|(?<!able )to (?:safely |further |help |also )?(?:improv|"
    r"increas|restor|decreas|reduc|facilitat|promot|address|normaliz|enhanc|"  # spelling: off
    r"allow|prevent|return|enabl|strengthen|maintain|correct|train|prepar|minimiz|control|"  # spelling: off
    r"manag|regain|build|"  # spelling: off
    r"activat|retrain|"
    r"desensitiz|challeng|stimulat|encourag|ensur|achiev|reach|assist|support|optimiz|"  # spelling: off
    r"progress|stabiliz|simulat|"  # spelling: off
    r"mobiliz|"
    r"lengthen|relax|relieve|calm|inhibit|resolve|reposition|remove|clear|heal|stretch|loosen|gain)\w*\b|"
    r"(?<!cues )(?<!cue )(?<!cueing )for (?:improv\w*|increas\w*|decreas\w*|reduc\w*|better|"  # spelling: off
    r"pain|strength\w*|"  # spelling: off
    r"stability|stabilization|endurance|"
    r"mobility|rom|"
    r"range|flexib\w*|balance|safe\w*|return\w*|function\w*|carry ?over|edema|swelling|control|postur\w*|"
    r"proprioception|quad\w*|"
    r"glute\w*|core|hip|knee|ankle|shoulder|scapular|cervical|lumbar|gait|stairs?|fall\w*|motor|muscle|tissue|"
    r"joint|extension|flexion|"
    r"cardio\w*|aerobic|circulation|relaxation|desensit\w*|coordination|gaze|dizziness|vertigo|wound|healing|"
    r"home|work|community|"
    r"transfers?|independen\w*|community|activation|recruitment|inflammation|spasm\w*|guarding|tightness|"
    r"restrict\w*|le |ue )\b)"  # spelling: off
    r"[^.;\n|]{0,100}"
)
_RESPONSE = re.compile(
    r"\b(?:tolerat\w+|respond\w*|response|no adverse|no (?:increase|inc|change|c/o|complaints?|loss)\b|"
    r"pt (?:reports?\b|reported|states?\b|stated|notes?\b|noted|demo\w*)|"
    r"patient (?:report|state|note|demonstrat)\w*|reports\b|reported\b|c/o|fatigue\w*|"  # spelling: off
    r"required?|requires|"  # spelling: off
    r"requiring|needed|needing|needs|"
    r"with (?:min|mod|max|cga|sba|verbal|tactile|vc|tc|cues|cueing|no cues|no lob)|cues? (?:for|to|x)|vc\b|"
    r"cueing|min a\b|mod a\b|max a\b|cga|sba|"
    r"contact guard|standby assist\w*|demonstrat(?:ed|es|ing)\b|able to|unable to|"  # spelling: off
    r"pain (?:decreas\w*|reduc\w*|"  # spelling: off
    r"increas\w*|from|to|\d)|"  # spelling: off
    r"(?<!to )decreas\w+ (?:pain|symptom\w*|guarding|tone|spasm)|(?:pain|symptom|some|good|"  # spelling: off
    r"partial|full) relief|lob\b|"  # spelling: off
    r"loss(?:es)? of balance|accuracy|good form|good (?:response|tolerance|"
    r"carry ?over|technique|return demo\w*)|verbali[sz]ed understanding|teach ?back|"  # spelling: off
    r"return demonstrat\w*|skin intact|"  # spelling: off
    r"dizziness (?:rated|resolved|\d)|symptoms (?:resolved|decreas\w*|increas\w*)|spo2|hr \d+|rpe)"  # spelling: off
    r"[^.;\n|]{0,80}"
)
_PROGRESS = re.compile(
    r"\b(?:progress(?:ed|ing|ion)?\b|increased? (?:from|to)\b|improv(?:ed|ing|ement)\b|"
    r"from \d[\d/.°]*\s*\w* to \d|compared (?:to|with)|vs\.? (?:last|eval|previous|prior|initial)|"
    r"since (?:last|eval|initial|start)|up from|down from|now able|able to now|advanced (?:to|from)|upgraded|"
    r"better than|less than last|"
    r"(?:more|fewer|less) \w+ than (?:last|previous)|last visit \d|was \d+)"
    r"[^.;\n|]{0,80}"
)


_LETTERS = re.compile(r"[a-z]+|\d+")
_TRAILING_MINUTES = re.compile(r"\s*(?:[x×(,]|for)\s*\d{1,3}\s*(?:minutes?|mins?|'|′)\)?\.?\s*$", re.IGNORECASE)


def by_whom(text: str) -> Found[By] | None:
    """Who furnished it, when the text says so. "Pt" is the patient; only "PT" with a preposition is a therapist."""
    for value, pattern in (
        (By.TOGETHER, _TOGETHER),
        (By.STUDENT, _STUDENT),
        (By.PTA, _ASSISTANT),
        (By.AIDE, _AIDE),
        (By.NOBODY, _NOBODY),
        (By.PT, _THERAPIST),
    ):
        match = pattern.search(text)
        if match and not (
            value is By.TOGETHER and "PTA" not in match.group().upper() and "assistant" not in match.group()
        ):
            return Found(value, match.start(), match.end())
    return None


def whole_visit_by(text: str) -> Found[By] | None:
    """Who furnished the whole visit, when the note says so once for all its services."""
    match = _WHOLE_VISIT.search(text) if "PTA" in text else None
    if match is None:
        return None
    group = next(name for name, value in match.groupdict().items() if value is not None)
    return Found(By(match[group]), match.start(), match.end())


def one_on_one(text: str) -> Found[bool] | None:
    """Whether the text says one-on-one."""
    return first(_ONE_ON_ONE, fold(text), lambda _: True)


def group_size(text: str) -> Found[int] | None:
    """How many patients were treated at once, this patient counted, when the text says so."""
    folded = fold(text)
    match = _GROUP_SIZE.search(folded)
    if match is not None:
        numbers = re.findall(r"\d{1,2}|" + "|".join(_NUMBERS), match.group())
        return _group(numbers[-1], 0, match.start(), match.end())
    match = _ANOTHER.search(folded)
    if match is not None and not _ELSEWHERE.search(folded[: match.start()]):
        return Found(2, match.start(), match.end())
    match = _PATIENTS.search(folded)
    if match is not None and not text[: match.end()].endswith("PT"):
        others = match["other"] or _BESIDES.match(folded, match.end())
        return _group(match["n"], 1 if others else 0, match.start("n"), match.end())
    return None


def _group(number: str, more: int, start: int, end: int) -> Found[int] | None:
    count = (int(number) if number.isdigit() else _NUMBERS[number]) + more
    return Found(count, start, end) if 1 < count <= _LARGEST_GROUP else None


def attended(text: str) -> Found[bool] | None:
    """Whether somebody was in attendance, when the text says so."""
    folded = fold(text)
    return first(_ATTENDED_NOT, folded, lambda _: False) or first(_ATTENDED, folded, lambda _: True)


def side(text: str) -> Found[Side] | None:
    """The side treated; right and left named apart from each other are no one side."""
    found = []
    for value, pattern in _SIDES:
        match = pattern.search(text)
        if match:
            found.append(Found(value, match.start(), match.end()))
            if value is Side.BILATERAL:
                break
    return found[0] if len(found) == 1 else None


def region(text: str) -> Found[str] | None:
    """The first region of the body named."""
    by_first = _regions()
    folded = fold(text)
    place = 0
    while match := _LETTERS.search(folded, place):
        place = match.end()
        for phrase, name in by_first.get(match.group(), ()):
            past = match.start() + len(phrase)
            if folded.startswith(phrase, match.start()) and not folded[past : past + 1].isalpha():
                if name:
                    return Found(name, match.start(), past)
                place = past
                break
    return None


def purpose(text: str) -> Found[str] | None:
    """The words that say what it was for."""
    return _quoted(_PURPOSE, text)


def response(text: str) -> Found[str] | None:
    """The words that say how the patient responded."""
    return _quoted(_RESPONSE, text)


def progress(text: str) -> Found[str] | None:
    """The words that say what has changed."""
    return _quoted(_PROGRESS, text)


def _quoted(pattern: re.Pattern[str], text: str) -> Found[str] | None:
    match = pattern.search(fold(text))
    if match is None:
        return None
    quoted = _TRAILING_MINUTES.sub("", text[match.start() : match.end()]).rstrip(" ,(-")
    return Found(quoted, match.start(), match.start() + len(quoted))


@cache
def _regions() -> dict[str, tuple[tuple[str, str], ...]]:
    """The phrases for regions by their first run of letters or digits, longest first; an empty name is no region."""
    names: dict[str, str] = {}
    data = read_data("regions.toml")
    names.update((phrase.strip(), "") for phrase in data["no_region"].split(","))
    for name, phrases in data["region"].items():
        for phrase in phrases.split(","):
            names[phrase.strip()] = name
    by_first: dict[str, list[tuple[str, str]]] = {}
    for phrase in sorted(names, key=lambda phrase: (-len(phrase), phrase)):
        first_run = _LETTERS.match(phrase)
        if first_run is None:
            raise ValueError(f"regions.toml: {phrase!r} does not begin with a letter or a digit")
        by_first.setdefault(first_run.group(), []).append((phrase, names[phrase]))
    return {run: tuple(found) for run, found in by_first.items()}
