"""When and for whom visits are drawn: periods, what each payer is held to, and what the clinic charges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """Days of service that are judged together, and the day they are judged on."""

    name: str
    first: date
    last: date
    as_of: date


PERIODS = (
    Period("2024q3", date(2024, 7, 1), date(2024, 9, 25), date(2024, 9, 30)),
    Period("2025q1", date(2025, 1, 6), date(2025, 4, 4), date(2025, 4, 9)),
    Period("2025q3", date(2025, 7, 7), date(2025, 10, 3), date(2025, 10, 8)),
    Period("2026q1", date(2026, 1, 12), date(2026, 4, 3), date(2026, 4, 8)),
    Period("2026q3", date(2026, 7, 6), date(2026, 11, 6), date(2026, 11, 12)),
)
"""The first lies in the quarter whose table of pairs is confirmed. Each ends days before it is judged."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the generator holds a payer to, in its own words.

    `method` is pool, code, or both (unknown: only days on which the two agree). `gp` and `cq` say whether the payer
    wants the modifiers, `cap` how many timed units of a day it pays, `reach` how many days back a visit is safely filed.
    """

    method: str
    gp: bool
    cq: bool
    stimulation: str | None
    edits: bool
    cap: int | None = None
    reach: int = 300
    authorization: bool = False
    share: float = 0.0
    member: str = "X"


TERMS: Mapping[str, Terms] = {
    "medicare_b": Terms("pool", gp=True, cq=True, stimulation="G0283", edits=True, share=0.45),
    "medicare_advantage": Terms("pool", gp=True, cq=True, stimulation="G0283", edits=True, share=0.08, member="AP"),
    "uhc_commercial": Terms(
        "both", gp=True, cq=True, stimulation=None, edits=True, cap=4, reach=70, share=0.12, member="UH"
    ),
    "larkspur_mutual": Terms(
        "code", gp=False, cq=False, stimulation="97014", edits=True, reach=150, share=0.12, member="LM"
    ),
    "prairie_health_plan": Terms(
        "code",
        gp=True,
        cq=True,
        stimulation="97014",
        edits=True,
        cap=4,
        reach=70,
        authorization=True,
        share=0.1,
        member="PH",
    ),
    "stonegate_casualty": Terms(
        "pool",
        gp=False,
        cq=False,
        stimulation="G0283",
        edits=False,
        reach=75,
        authorization=True,
        share=0.08,
        member="SC",
    ),
    "tricare": Terms("pool", gp=True, cq=True, stimulation=None, edits=True, share=0.05, member="TR"),
}
"""facts.md §2, §3, §9 and facts_payers.md §1 for the real payers; their own manuals for the three made-up ones."""

FICTIONAL = {
    "larkspur_mutual": ("Larkspur Mutual", "SYNLM01"),
    "prairie_health_plan": ("Prairie Health Plan", "SYNPH01"),
    "stonegate_casualty": ("Stonegate Casualty", "SYNSC01"),
    "medicare_b": ("Medicare Part B", "SYNMB01"),
    "medicare_advantage": ("Example Advantage Plan", "SYNMA01"),
    "uhc_commercial": ("UnitedHealthcare", "SYNUH01"),
    "tricare": ("TRICARE", "SYNTR01"),
}

THRESHOLD = {2024: 233000, 2025: 241000, 2026: 248000}
"""Cents of a year above which Medicare wants KX: facts.md §4."""

TIMED = frozenset(
    [
        "97032",
        "97033",
        "97034",
        "97035",
        "97036",
        "97110",
        "97112",
        "97113",
        "97116",
        "97124",
        "97140",
        "97530",
        "97533",
        "97535",
        "97537",
        "97542",
        "97750",
        "97755",
        "97760",
        "97761",
        "97763",
    ]
)
UNATTENDED = frozenset({"G0283", "97014", "97012", "97016"})
CHARGES = {
    "20560": 9000, "64550": 5000, "95851": 4500, "95992": 11000, "97001": 16000, "97010": 1500, "97012": 4200,
    "97014": 4000, "97016": 3800, "97032": 4500, "97033": 5500, "97035": 4200, "97110": 7800, "97112": 8200,
    "97113": 9400, "97116": 7600, "97124": 7200, "97129": 6500, "97130": 6200, "97140": 7400, "97150": 4800,
    "97161": 18500, "97162": 18500, "97163": 18500, "97164": 12500, "97530": 8800, "97532": 6000, "97533": 9800,
    "97535": 8200, "97537": 8000, "97542": 8000, "97545": 26000, "97597": 26000, "97598": 9500, "97750": 8600,
    "97755": 9200, "97760": 10800, "97761": 9800, "97762": 9000, "97763": 11800, "G0283": 3600, "97037": 4000,
    "97117": 7800, "97111": 7800, "98979": 9500, "98985": 14000, "97169": 15000,
}  # fmt: skip
