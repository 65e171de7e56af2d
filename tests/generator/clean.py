"""Clean visits: coherent patients, plans, minutes, units, modifiers and notes, right by construction.

Everything is drawn from one `random.Random`. A `Wish` asks for a kind of patient or visit, for a defect that needs one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from functools import cache
from importlib import resources
from random import Random

import polars as pl

from cleanclaim.records import (
    Accident,
    AccidentKind,
    Address,
    Authorization,
    BilledLine,
    By,
    Certification,
    CertificationMethod,
    Clinic,
    Coverage,
    CoverageOrder,
    Credential,
    DecisionMaking,
    EvaluationFindings,
    Intervention,
    Note,
    Order,
    Organization,
    Patient,
    Person,
    PlanOfCare,
    Presentation,
    ProgressReport,
    Provider,
    Sex,
    Side,
    Signature,
    Submitter,
    Visit,
    VisitKind,
    YearToDate,
)
from tests.generator.arithmetic import assistant_units, by_code, check_digit, meets_none, pooled

# --- periods and payers ----------------------------------------------------------------------------------


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

# --- regions, diagnoses, words ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the body with diagnoses for each side, and what is done about it."""

    name: str
    sided: bool
    diagnoses: tuple[tuple[str, ...], ...]
    """For the right side, or for both: `{side}` is the digit of the side."""
    timed: tuple[str, ...]
    untimed: tuple[str, ...]
    limb: str


REGIONS = (
    Region("knee", True, (("M17.1{side}", "M25.66{side}"), ("M25.56{side}", "M62.81"), ("S83.24{side}D",)),
           ("97110", "97112", "97116", "97140", "97530", "97035"), ("stim", "97016"), "lower"),
    Region("hip", True, (("M16.1{side}", "M25.65{side}"), ("M25.55{side}",), ("M70.6{side}", "M62.81")),
           ("97110", "97112", "97116", "97140", "97530", "97124"), ("stim",), "lower"),
    Region("ankle", True, (("S93.40{side}D",), ("M25.67{side}", "M25.57{side}")),
           ("97110", "97112", "97116", "97140", "97530"), ("stim", "97016"), "lower"),
    Region("shoulder", True, (("M75.12{side}", "M25.61{side}"), ("M75.0{side}",), ("M75.4{side}", "M62.81")),
           ("97110", "97112", "97140", "97530", "97535", "97035"), ("stim",), "upper"),
    Region("wrist", True, (("S52.50{side}D", "M25.63{side}"), ("M25.53{side}",)),
           ("97110", "97140", "97530", "97535"), ("stim",), "upper"),
    Region("elbow", True, (("M77.1{side}",), ("M25.52{side}", "M62.81")),
           ("97110", "97140", "97530", "97035"), ("stim",), "upper"),
    Region("lumbar spine", False, (("M54.16",), ("M54.50", "M62.81"), ("M48.061",)),
           ("97110", "97112", "97140", "97530", "97124"), ("stim", "97012"), "trunk"),
    Region("cervical spine", False, (("M54.2",), ("M54.12", "M62.81")),
           ("97110", "97112", "97140", "97530", "97535", "97124"), ("stim", "97012"), "trunk"),
    Region("balance", False, (("R26.81", "R29.6"), ("R26.89", "M62.81")),
           ("97110", "97112", "97116", "97530", "97535"), (), "lower"),
)  # fmt: skip

INJURIES = {
    "knee": ("S83.24{side}D",),
    "ankle": ("S93.40{side}D",),
    "shoulder": ("S46.01{side}D",),
    "wrist": ("S52.50{side}D", "M25.63{side}"),
    "lumbar spine": ("S39.012D",),
}

WORDS = {
    "97110": (
        "{where} strengthening against band resistance, three sets",
        "progressive resistive exercise for {where} strength and range",
    ),
    "97112": (
        "proprioception and postural control drills for the {where}",
        "neuromuscular re-education, balance and proprioception, {where}",
    ),
    "97116": ("gait training with cues for step length and stance, level and stairs",),
    "97140": ("joint mobilization of the {where}, grade III", "soft tissue and joint mobilization, {where}"),
    "97124": ("therapeutic massage to the {where}, effleurage and petrissage",),
    "97535": ("training in dressing and bathing at home with adapted technique",),
    "97035": ("ultrasound to the {where}, continuous, moved by hand throughout",),
    "97032": ("electrical stimulation of the {where}, therapist in constant attendance",),
    "G0283": ("unattended interferential stimulation to the {where}",),
    "97014": ("unattended interferential stimulation to the {where}",),
    "97012": ("mechanical traction, {where}, intermittent pull",),
    "97016": ("vasopneumatic compression of the {where} for swelling",),
    "97150": ("group exercise class, therapist guiding all members",),
    "97750": ("physical performance test with written report of the results",),
    "97761": ("prosthetic training, first encounter: donning and weight bearing",),
    "97763": ("prosthetic training, later encounter: gait over ramps and fit checked",),
    "97161": ("physical therapy evaluation",),
    "97162": ("physical therapy evaluation",),
    "97163": ("physical therapy evaluation",),
    "97164": ("re-evaluation after an unexpected change, plan revised",),
    "95992": ("canalith repositioning maneuver for positional vertigo",),
}
ACTIVITY = {
    "lower": "sit to stand, stair and car transfer practice, dynamic functional activity",
    "upper": "reaching, lifting and carrying practice for kitchen tasks, dynamic functional activity",
    "trunk": "bending, lifting and carrying practice for house work, dynamic functional activity",
}
NEEDS = (
    "load and form corrected every few repetitions", "graded by end feel and by pain", "cued for alignment that is lost with fatigue",
    "dose changed with the reaction of the tissue", "guarded and corrected throughout", "sequence taught and checked against compensation",
    "resistance set by the quality of the last set", "technique adapted to guarding",
)  # fmt: skip
RESPONSES = (
    "pain {a}/10 before, {b}/10 after", "{c} repetitions in good form", "no increase of pain, {c} degrees more at the end", "fatigue at {c} repetitions",
    "guarding less after {c} minutes", "two cues needed instead of {a}", "tolerated with rests of {c} seconds", "motion {c} percent freer at the end",
)  # fmt: skip
PROGRESS = (
    "{c} percent more than the last visit", "one level up since the plan began", "from {a} cues to {b}", "range up by {c} degrees in two weeks",
    "resistance up by {b} pounds", "endurance up by {c} seconds", "hold {c} seconds longer than a week ago", "error rate down from {a} to {b} of ten",
)  # fmt: skip
SUBJECTIVE = (
    "Reports sleeping through {a} nights this week", "Walked {c} minutes to the store without stopping", "Stairs at home still one at a time, pain {a}/10",
    "Drove for the first time since the onset, {c} minutes", "Woke twice from turning over", "Garden work of {c} minutes left it sore for an hour",
    "Forgot the home program on {b} days", "Lifted a grandchild yesterday without trouble", "Missed church because of the pain, {a}/10",
    "Took the bus and stood for {c} minutes", "Says the new exercise pinched at first and then eased", "Cooked dinner for four, rested after {c} minutes",
)  # fmt: skip
OBJECTIVE = (
    "Flexion measured {d} degrees, end feel firm", "Strength 4-/5 by hand dynamometer, {c} pounds", "Five times sit to stand {c} seconds",
    "Tenderness along the joint line, no warmth", "Swelling {b} millimeters above the other side", "Single limb stance {c} seconds",
    "Timed up and go {c} seconds", "Extension lacks {a} degrees", "Grip {d} pounds by dynamometer", "Slump test negative, reflexes equal",
    "Functional reach {c} inches", "Girth unchanged at {d} centimeters",
)  # fmt: skip
ASSESSMENT = (
    "Gains in range carry over to stairs, yet control under load needs further skilled grading", "Weakness remains the limit of community walking",
    "Pain behavior points to load rather than to inflammation", "Compensation returns with fatigue and takes hands-on correction",
    "On course for the second goal, the first is met by half", "Irritability is lower, so loading may now rise", "Fear of falling still shortens each step",
    "Stiffness limits overhead work more than pain does", "Responds better to brief and frequent loading", "Coordination improved with fewer prompts than before",
    "Tissue tolerance has doubled in ten days", "Balance reactions late to the rear, adequate forward",
)  # fmt: skip
PLAN = (
    "Raise the step to {b} inches next time", "Add carrying with {c} pounds", "Recheck range in {b} visits", "Teach a home stretch for mornings",
    "Begin uneven ground outdoors", "Lower the support to one finger", "Try {c} repetitions before a rest", "Review the goals with the family",
    "Move the loading to the end of the session", "Continue the frequency of the plan", "Phase out the modality when pain is below {b}/10", "Progress to single limb work",
)  # fmt: skip
GOALS = (
    "Climb one flight of stairs step over step in 8 weeks", "Walk 1,000 feet without a device in 8 weeks", "Lift 20 pounds from floor to waist in 8 weeks",
    "Reach the second shelf with the affected arm in 8 weeks", "Stand for 45 minutes of cooking in 6 weeks", "Sleep 6 hours without waking from pain in 6 weeks",
)  # fmt: skip
FAMILY = ("Ashgrove", "Birchall", "Coppard", "Dunmore", "Elverton", "Farrow", "Garside", "Hollin", "Inskip", "Jessop", "Kershaw", "Lydgate",
          "Marchbank", "Netherby", "Oakden", "Pellow", "Quarrie", "Rushton", "Sedgwick", "Thackray")  # fmt: skip
GIVEN = (
    "Alma",
    "Bruno",
    "Celia",
    "Dario",
    "Edith",
    "Felix",
    "Greta",
    "Hugo",
    "Irma",
    "Jonas",
    "Klara",
    "Leon",
    "Mira",
    "Nils",
    "Olga",
    "Pavel",
)
LEVELS = {
    "97161": ((0, 0), (1, 2), Presentation.STABLE, DecisionMaking.LOW),
    "97162": ((1, 2), (3, 5), Presentation.EVOLVING, DecisionMaking.MODERATE),
    "97163": ((3, 4), (4, 7), Presentation.UNSTABLE, DecisionMaking.HIGH),
}
"""All four components of an evaluation's level: facts_checked.md C2."""

# --- what is drawn ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller needs of a case; `None` leaves it to chance."""

    payer: str | None = None
    period: str | None = None
    mode: str | None = None
    """Who treats: pt, pta or split."""
    evaluation: bool | None = None
    """Whether the first visit is the evaluation."""
    kx: bool = False
    region: str | None = None
    visits: int | None = None
    codes: tuple[str, ...] | None = None
    """Exactly these services at each treatment."""
    least: int | None = None
    """Minutes of each timed service at the least."""
    billed: bool | None = None
    special: str | None = None
    """vertigo or prosthetic: a patient with that condition."""
    day: date | None = None
    """The day of the first visit."""
    clocks: bool | None = None
    """Whether each service has its own start."""


@dataclass(frozen=True, slots=True)
class Case:
    """A patient (rarely two), the visits at hand, the clinic and the day of judgement."""

    clinic: Clinic
    patients: tuple[Patient, ...]
    visits: tuple[Visit, ...]
    as_of: date
    payer: str
    alone: bool = False
    """Judged by itself: who was treated that day by whom decides."""

    @property
    def patient(self) -> Patient:
        """The first patient."""
        return self.patients[0]


@dataclass
class Schedule:
    """Who of the clinic is taken when: nobody treats two patients at once."""

    taken: dict[tuple[date, str], set[int]] = field(default_factory=dict)
    journal: list[tuple[date, str, int]] = field(default_factory=list)

    def take(self, day: date, people: tuple[str, ...], rng: Random) -> time | None:
        """A start at which all of `people` are free, or `None`."""
        free = [
            slot for slot in range(len(SLOTS)) if all(slot not in self.taken.get((day, who), set()) for who in people)
        ]
        if not free:
            return None
        slot = rng.choice(free)
        for who in people:
            self.taken.setdefault((day, who), set()).add(slot)
            self.journal.append((day, who, slot))
        return SLOTS[slot]

    def undo(self, mark: int) -> None:
        """Give back what was taken since the journal had `mark` entries."""
        while len(self.journal) > mark:
            day, who, slot = self.journal.pop()
            self.taken[day, who].discard(slot)


SLOTS = tuple(time(*divmod(minute, 60)) for minute in (480, 570, 660, 780, 870, 960))
"""Six appointments a day, ninety minutes apart."""


@cache
def edits() -> dict[tuple[str, str], int]:
    """Pairs of codes in force in 2024-Q3, either way round, with their modifier indicator."""
    found: dict[tuple[str, str], int] = {}
    path = resources.files("cleanclaim.reference") / "data" / "ncci" / "pairs.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["ended_on"] and row["modifier_indicator"] in {"0", "1"}:
                found[row["column_1"], row["column_2"]] = int(row["modifier_indicator"])
                found[row["column_2"], row["column_1"]] = int(row["modifier_indicator"])
    return found


@cache
def unlikely() -> dict[str, int]:
    """Units of a code and day above which Medicare calls them unlikely, edition of 2024-07-01."""
    path = resources.files("cleanclaim.reference") / "data" / "mue" / "mue.csv"
    with path.open(encoding="utf-8") as file:
        return {row["code"]: int(row["units"]) for row in csv.DictReader(file) if row["edition"] == "2024-07-01"}


@cache
def billable(year: int) -> frozenset[str]:
    """Diagnoses billable in a fiscal year, without dots; before 2025 those of 2025."""
    with resources.as_file(resources.files("cleanclaim.reference") / "data" / "icd10" / "codes.parquet") as path:
        table = pl.read_parquet(path)
    return frozenset(table.filter(pl.col(f"fy{max(year, 2025)}")).get_column("code").to_list())


@cache
def known_diagnoses() -> frozenset[str]:
    """Every code and header of the table."""
    with resources.as_file(resources.files("cleanclaim.reference") / "data" / "icd10" / "codes.parquet") as path:
        return frozenset(pl.read_parquet(path).get_column("code").to_list())


@cache
def exclusions() -> dict[str, tuple[str, ...]]:
    """Codes that may not stand beside the owner of the note, by owner."""
    with resources.as_file(resources.files("cleanclaim.reference") / "data" / "icd10" / "excludes1.parquet") as path:
        table = pl.read_parquet(path)
    found: dict[str, list[str]] = {}
    for owner, excluded in table.select("owner", "excluded").iter_rows():
        found.setdefault(owner, []).append(excluded)
    return {owner: tuple(codes) for owner, codes in found.items()}


def excluded(one: str, other: str) -> bool:
    """Whether a note of either code, or of a header above it, forbids the other beside it."""
    one, other = one.replace(".", ""), other.replace(".", "")
    return any(
        mine.startswith(owner) and any(theirs.startswith(code) for code in codes)
        for mine, theirs in ((one, other), (other, one))
        for owner in (mine[:length] for length in range(3, len(mine) + 1))
        for codes in (exclusions().get(owner, ()),)
    )


def fiscal_year(day: date) -> int:
    """The year of ICD-10-CM that a day of service falls in."""
    return day.year + (day.month >= 10)


def valid_on(code: str, day: date) -> bool:
    """Whether a diagnosis may be billed on a day of service."""
    return code.replace(".", "") in billable(fiscal_year(day))


@cache
def the_clinic() -> Clinic:
    """One clinic with ten therapists and four assistants."""
    address = Address(line1="40 Millrace Way", line2="Suite 2", city="Chicago", state="IL", zip_code="60616-0140")
    therapists = [
        Provider(
            id=f"t{number:02}",
            name=Person(family_name=FAMILY[number], given_name=GIVEN[number]),
            credential=Credential.PT if number < 10 else Credential.PTA,
            npi=check_digit(f"199900{100 + number}") if number < 10 else None,
            taxonomy="225100000X" if number < 10 else "225200000X",
            license_number=f"0709910{number:02}",
            license_state="IL",
        )
        for number in range(14)
    ]
    return Clinic(
        organization=Organization(
            id="millrace",
            name="Millrace Physical Therapy",
            npi=check_digit("199900050"),
            tax_id="001234567",
            taxonomy="261QP2000X",
            address=address,
            phone="3125550100",
            contact="Joan Ferris",
        ),
        submitter=Submitter(
            name="Millrace Physical Therapy", identifier="MILLRACE1", contact="Joan Ferris", phone="3125550101"
        ),
        therapists=tuple(therapists),
        charges=CHARGES,
        locality="06102-16",
        in_network=dict.fromkeys(TERMS, True),
    )


def doctor(number: int) -> Provider:
    """A physician who orders and certifies."""
    name = Person(family_name=FAMILY[-1 - number % 12], given_name=GIVEN[number % len(GIVEN)])
    return Provider(name=name, credential=Credential.MD, npi=check_digit(f"199900{700 + number % 12}"))


# --- drawing a case --------------------------------------------------------------------------------------

_MBI = "ACDEFGHJKMNPQRTUVWXY"


class Maker:
    """Draws cases; keys begin with `prefix`, so that several makers may share a batch."""

    def __init__(self, seed: int, prefix: str) -> None:
        """Start from a seed."""
        self.rng = Random(seed)
        self.prefix = prefix
        self.schedule = Schedule()
        self.number = 0

    def cases(self, count: int) -> Iterator[Case]:
        """Cases until they hold `count` visits or more."""
        made = 0
        while made < count:
            case = self.case()
            made += len(case.visits)
            yield case

    def case(self, wish: Wish | None = None) -> Case:
        """One clean case as wished."""
        asked = wish or Wish()
        for _ in range(400):
            mark = len(self.schedule.journal)
            case = self._try(asked)
            if case is not None:
                self.number += 1
                return case
            self.schedule.undo(mark)
        raise AssertionError(f"no case fits {asked}")

    def _try(self, wish: Wish) -> Case | None:
        rng = self.rng
        payer = wish.payer or rng.choices(list(TERMS), [terms.share for terms in TERMS.values()])[0]
        terms = TERMS[payer]
        period = next(p for p in PERIODS if p.name == wish.period) if wish.period else rng.choice(PERIODS)
        special = wish.special
        if (
            special is None
            and wish.region is None
            and wish.codes is None
            and payer != "stonegate_casualty"
            and rng.random() < 0.04
        ):
            special = "vertigo" if wish.evaluation else rng.choice(("vertigo", "prosthetic"))
        region = self._region(wish, payer)
        side = rng.choice((Side.RIGHT, Side.LEFT)) if region.sided and special is None else Side.NONE
        sick = self._diagnoses(region, side, payer, special)
        count = wish.visits or (1 if special == "prosthetic" else rng.choices((1, 2, 3, 4), (2, 3, 3, 2))[0])
        first_day = max(period.first, period.as_of - timedelta(days=terms.reach))
        span = (period.last - first_day).days - 4 * count
        start = wish.day or self._workday(first_day + timedelta(days=rng.randrange(span)))
        days = [start]
        while len(days) < count:
            days.append(self._workday(days[-1] + timedelta(days=rng.randint(2, 4))))
        if (
            days[-1] > period.last
            or len({day.year for day in days}) > 1
            or not all(valid_on(code, day) for code in sick for day in days)
        ):
            return None
        if any(excluded(one, other) for one in sick for other in sick if one != other):
            return None
        begins = wish.evaluation if wish.evaluation is not None else rng.random() < 0.3
        if special == "prosthetic" and wish.evaluation is None:
            begins = False
        key = f"{self.prefix}{self.number:05}"
        patient = self._patient(key, payer, days, begins=begins, kx=wish.kx, sick=sick)
        visits = []
        lead = rng.randrange(10)
        texts = {
            name: rng.sample(pool, len(pool))
            for name, pool in zip("SOAP", (SUBJECTIVE, OBJECTIVE, ASSESSMENT, PLAN), strict=True)
        }
        (plan,) = patient.plans_of_care or ()
        before = len(plan.treatment_days_before or ())
        for index, day in enumerate(days):
            visit = self._visit(
                wish, key, index, day, lead=lead, payer=payer, region=region, side=side, sick=sick,
                special=special, begins=begins and index == 0, texts=texts,
            )  # fmt: skip
            if visit is None:
                return None
            if (before + index + 1) % 10 == 0:
                visit = visit.model_copy(update={"progress_report": True})
                report = ProgressReport(on=day, signed_by=Credential.PT)
                if not any(signature.credential is Credential.PT for signature in visit.signatures or ()):
                    return None
                plan = plan.model_copy(update={"progress_reports": (*(plan.progress_reports or ()), report)})
                patient = patient.model_copy(update={"plans_of_care": (plan,)})
            visits.append(visit)
        return Case(the_clinic(), (patient,), tuple(visits), period.as_of, payer)

    def _region(self, wish: Wish, payer: str) -> Region:
        choice = [region for region in REGIONS if wish.region in {None, region.name}]
        if payer == "stonegate_casualty":
            choice = [region for region in choice if region.name in INJURIES]
        if wish.codes:
            wanted = [
                code
                for code in wish.codes
                if code in {"97110", "97112", "97116", "97140", "97530", "97535", "97035", "97124"}
            ]
            choice = [region for region in choice if all(code in region.timed for code in wanted)] or choice
        assert choice, f"no region fits {wish}"
        return self.rng.choice(choice)

    def _diagnoses(self, region: Region, side: Side, payer: str, special: str | None) -> tuple[str, ...]:
        digit = {Side.RIGHT: "1", Side.LEFT: "2"}.get(side, "")
        if special == "vertigo":
            return (self.rng.choice(("H81.11", "H81.12")),)
        if special == "prosthetic":
            return (self.rng.choice(("Z89.511", "Z89.512")), "M62.81")
        chosen = INJURIES[region.name] if payer == "stonegate_casualty" else self.rng.choice(region.diagnoses)
        return tuple(code.format(side=digit) for code in chosen)

    def _workday(self, day: date) -> date:
        return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def _patient(
        self, key: str, payer: str, days: list[date], *, begins: bool, kx: bool, sick: tuple[str, ...]
    ) -> Patient:
        rng = self.rng
        terms = TERMS[payer]
        year = days[0].year
        age = rng.randint(67, 88) if payer.startswith("medicare") else rng.randint(27, 62)
        earlier = 0 if begins else rng.choice((1, 2, 3, 3, 4, 5, 6, 9, 12))
        established = days[0] if begins else self._workday(days[0] - timedelta(days=3 * earlier + rng.randint(0, 2)))
        if established >= days[0] and not begins:
            established = days[0] - timedelta(days=3 + (days[0].weekday() == 2) * 2)
        step = max(1, (days[0] - established).days // max(1, earlier))
        treated = tuple(established + timedelta(days=step * n) for n in range(earlier))
        name, identifier = FICTIONAL[payer]
        number = int(key[-5:])
        if payer == "medicare_b":
            one, two = divmod(number // 100 + (400 if self.prefix.startswith("D") else 0), 20)
            member = f"1EG4TE5{_MBI[one % 20]}{_MBI[two]}{number % 100:02}"
        else:
            member = f"{terms.member}{'9' if self.prefix.startswith('D') else '5'}5{number:05}"
        injured = established - timedelta(days=rng.randint(10, 30))
        approved: tuple[Authorization, ...] = ()
        if terms.authorization:
            approved = (
                Authorization(
                    number=f"AUTH{key}",
                    valid_from=established - timedelta(days=2),
                    valid_through=days[-1] + timedelta(days=rng.randint(5, 30)),
                    visits_allowed=24 if payer == "stonegate_casualty" else 20,
                    visits_used=max(0, earlier - 1),
                ),
            )
        work = payer == "stonegate_casualty"
        coverages = [
            Coverage(
                payer=payer, payer_name=name, payer_identifier=identifier, member_id=member, authorizations=approved,
                claim_number=f"SC-{number:05}" if work else "", employer="Fenwick Freight (fictional)" if work else "",
                group_number="" if payer.startswith("medicare") or work else "G01",
            )
        ]  # fmt: skip
        if payer == "medicare_b" and rng.random() < 0.3:
            coverages.append(
                Coverage(
                    order=CoverageOrder.SECONDARY, payer="larkspur_mutual", payer_name="Larkspur Mutual", payer_identifier="SYNLM01",
                    member_id=f"LM77{number:05}", plan_name="Medicare supplement", authorizations=(),
                )
            )  # fmt: skip
        amounts = None
        if payer.startswith("medicare"):
            low = THRESHOLD[year] + rng.randint(1000, 9000) if kx else rng.randrange(30000, 110000)
            amounts = (
                YearToDate(
                    year=year, at_least_cents=low, at_most_cents=low, as_of=days[0] - timedelta(days=1),
                    source="eligibility answer (271) and own ledger", deductible_met_cents={2024: 24000, 2025: 25700, 2026: 28300}[year],
                ),
            )  # fmt: skip
        return Patient(
            id=f"P{key}",
            name=Person(family_name=rng.choice(FAMILY), given_name=rng.choice(GIVEN)),
            birth_date=date(year - age, rng.randint(1, 12), rng.randint(1, 28)),
            sex=rng.choice((Sex.FEMALE, Sex.MALE)),
            address=Address(
                line1=f"{rng.randint(2, 980)} Alder Ave",
                city="Chicago",
                state="IL",
                zip_code=f"60616-{number % 9000 + 100:04}",
            ),
            phone=f"31255{number:05}"[:10],
            coverages=tuple(coverages),
            accident=Accident(kind=AccidentKind.EMPLOYMENT, on=injured) if work else None,
            plans_of_care=(self._plan(key, established, treated, sick, injured, days),),
            year_to_date=amounts,
        )

    def _plan(
        self,
        key: str,
        established: date,
        treated: tuple[date, ...],
        sick: tuple[str, ...],
        injured: date,
        days: list[date],
    ) -> PlanOfCare:
        rng = self.rng
        who = doctor(rng.randrange(12))
        weeks = 10 if (days[-1] - established).days < 60 else 12
        through = established + timedelta(days=7 * weeks - 1)
        sent = established + timedelta(days=1)
        roll = rng.random()
        if roll < 0.2 and established >= date(2025, 1, 1):
            certified = Certification(method=CertificationMethod.ORDER_EXCEPTION, on=sent, by=who, through=through)
        elif roll < 0.3:
            certified = Certification(
                method=CertificationMethod.VERBAL,
                on=established + timedelta(days=3),
                verbal_on=sent,
                by=who,
                through=through,
            )
        else:
            certified = Certification(
                method=CertificationMethod.SIGNED,
                on=established + timedelta(days=rng.randint(1, 4)),
                by=who,
                through=through,
            )
        reports = tuple(ProgressReport(on=treated[n], signed_by=Credential.PT) for n in range(9, len(treated), 10))
        return PlanOfCare(
            id=f"POC{key}",
            established_on=established,
            first_treatment_on=established,
            through=through,
            frequency_per_week=3,
            duration_weeks=weeks,
            goals=tuple(rng.sample(GOALS, 2)),
            diagnoses=sick,
            order=Order(on=established - timedelta(days=rng.randint(2, 6)), by=who),
            has_order=True,
            sent_on=sent,
            certifications=(certified,),
            progress_reports=reports,
            treatment_days_before=treated,
            onset_on=injured,
        )

    # --- one visit -----------------------------------------------------------------------------------

    def _services(
        self, wish: Wish, payer: str, region: Region, special: str | None, *, begins: bool, later: bool
    ) -> dict[str, int] | None:
        """Minutes by code of a day on which no two codes meet in an edit."""
        rng = self.rng
        terms = TERMS[payer]
        least = wish.least or 8
        if wish.codes is not None:
            minutes = {code: rng.randint(max(least, 8), max(least + 12, 26)) for code in wish.codes}
            if begins:
                minutes = {rng.choice(list(LEVELS)): rng.randint(30, 45), **minutes}
            return minutes
        if special == "vertigo":
            return (
                {"95992": rng.randint(10, 20)}
                if not begins
                else {rng.choice(list(LEVELS)): rng.randint(30, 45), "95992": 15}
            )
        if special == "prosthetic":
            return {"97763" if later else "97761": rng.randint(23, 40)}
        minutes = {}
        if begins:
            minutes[rng.choice(list(LEVELS))] = rng.randint(30, 45)
        elif terms.edits and rng.random() < 0.06:
            return {"97150": rng.randint(25, 40)}
        timed = rng.sample(region.timed, rng.randint(0, 1) if begins else rng.choice((1, 2, 2, 3, 3)))
        for code in timed:
            minutes[code] = rng.randint(8, 12) if code == "97035" else rng.randint(least, 32)
        if not begins and region.untimed and rng.random() < 0.3:
            chosen = rng.choice(region.untimed)
            modality = terms.stimulation if chosen == "stim" else chosen
            if modality is not None:
                minutes[modality] = rng.randint(10, 15)
        return minutes or None

    def _visit(
        self, wish: Wish, key: str, index: int, day: date, *, lead: int, payer: str, region: Region, side: Side,
        sick: tuple[str, ...], special: str | None, begins: bool, texts: Mapping[str, list[str]],
    ) -> Visit | None:  # fmt: skip
        rng = self.rng
        terms = TERMS[payer]
        for _ in range(40):
            minutes = self._services(wish, payer, region, special, begins=begins, later=index > 0)
            if minutes is None or sum(minutes.values()) > 80 or not meets_none(list(minutes), edits()):
                continue
            timed = {code: mine for code, mine in minutes.items() if code in TIMED}
            units = self._units(terms, timed) if timed else {}
            if units is None or 0 in units.values() or (terms.cap and sum(units.values()) > terms.cap):
                continue
            if any(units.get(code, 1) > (unlikely().get(code) or 99) for code in minutes):  # 0 is coverage, not a limit
                continue
            mode = "pt" if begins else wish.mode or rng.choices(("pt", "pta", "split"), (70, 18, 12))[0]
            if mode == "split" and (not timed or not terms.cq or terms.method != "pool"):
                mode = "pta" if terms.method != "pool" else "pt"
            shares = self._shares(mode, timed, minutes)
            split = {code: assistant_units(*shares[code], units[code]) for code in timed}
            if mode == "split" and any(answer is None for answer in split.values()):
                continue
            break
        else:
            return None
        therapist = f"t{lead:02}" if rng.random() < 0.8 else f"t{rng.randrange(10):02}"
        assistant = f"t{rng.randrange(10, 14)}" if mode != "pt" else None
        people = tuple(who for who in (therapist if mode != "pta" else None, assistant) if who)
        starts = self.schedule.take(day, people, rng)
        if starts is None:
            return None
        where = f"{side.value} {region.name}" if region.sided and special is None else region.name
        clocks = rng.random() < 0.5 if wish.clocks is None else wish.clocks
        now = starts.hour * 60 + starts.minute
        interventions = []
        for code in minutes:
            for who, mine in zip((By.PT, By.PTA), shares[code], strict=True):
                if not mine:
                    continue
                interventions.append(
                    Intervention(
                        what=self._words(code, where, region),
                        code=code,
                        region=region.name if special is None else None,
                        side=side if region.sided and special is None and code not in LEVELS else None,
                        minutes=mine,
                        by=who,
                        attended=code not in UNATTENDED,
                        group_size=rng.randint(2, 5) if code == "97150" else 1,
                        starts_at=time(*divmod(now, 60)) if clocks else None,
                        skilled_need=rng.choice(NEEDS),
                        response=self._fill(rng.choice(RESPONSES)),
                        progress=self._fill(rng.choice(PROGRESS)),
                    )
                )
                now += mine
        lines = self._lines(minutes, units, mode, split, terms, kx=wish.kx and payer == "medicare_b", sick=sick)
        total = sum(minutes.values())
        timed_total = sum(timed.values())
        ends = starts.hour * 60 + starts.minute + total + rng.randint(0, 6)
        # Two sentences a visit; from the seventh visit on the same sentences come in other pairs.
        shift = 2 * (index // 6)
        letters = {
            name: ". ".join(self._fill(pool[n % len(pool)]) for n in (2 * index, 2 * index + 1 + shift))
            for name, pool in texts.items()
        }
        level = next((code for code in minutes if code in LEVELS), None)
        signatures = (
            [Signature(credential=Credential.PT, on=day, by=therapist)] if mode != "pta" or rng.random() < 0.4 else []
        )
        if assistant:
            signatures.append(Signature(credential=Credential.PTA, on=day, by=assistant))
        billed = wish.billed if wish.billed is not None else rng.random() < 0.75
        return Visit(
            id=f"V{key}-{index}",
            patient_id=f"P{key}",
            date_of_service=day,
            kind=VisitKind.EVALUATION if begins else VisitKind.TREATMENT,
            therapist=therapist,
            assistant=assistant,
            diagnoses=sick,
            interventions=tuple(interventions),
            billed=tuple(lines) if billed else None,
            note=Note(
                subjective=f"{letters['S']}.",
                objective=f"{letters['O']}. Timed minutes {timed_total}, total treatment minutes {total}.",
                assessment=f"{letters['A']}.",
                plan=f"{letters['P']}.",
            ),
            total_timed_minutes=timed_total,
            total_treatment_minutes=total,
            time_in=starts,
            time_out=time(*divmod(ends, 60)),
            signatures=tuple(signatures),
            evaluation=self._findings(level) if level else None,
            progress_report=False,
        )

    def _units(self, terms: Terms, timed: Mapping[str, int]) -> dict[str, int] | None:
        if terms.method == "code":
            return by_code(timed)
        shared = pooled(timed)
        if terms.method == "both" and shared != by_code(timed):
            return None
        return shared

    def _shares(self, mode: str, timed: Mapping[str, int], minutes: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """Minutes of therapist and assistant by code."""
        shares = {code: ((mine, 0) if mode == "pt" else (0, mine)) for code, mine in minutes.items()}
        if mode == "split":
            for code, mine in minutes.items():
                if code not in timed:
                    shares[code] = (mine, 0)
                else:
                    theirs = self.rng.choice((0, mine, self.rng.randint(3, mine)))
                    shares[code] = (mine - theirs, theirs)
            if not any(theirs for _, theirs in shares.values()):
                code = self.rng.choice(list(timed))
                shares[code] = (0, minutes[code])
        return shares

    def _lines(
        self, minutes: Mapping[str, int], units: Mapping[str, int], mode: str, split: Mapping[str, tuple[int, int] | None],
        terms: Terms, *, kx: bool, sick: tuple[str, ...],
    ) -> list[BilledLine]:  # fmt: skip
        lines = []
        pointed = self.rng.random() < 0.5
        for code in minutes:
            if code not in TIMED:
                counts = (0, 1) if mode == "pta" else (1, 0)
            elif mode == "split":
                counts = split[code] or (units[code], 0)
            else:
                counts = (0, units[code]) if mode == "pta" else (units[code], 0)
            for marked, count in enumerate(counts):
                if not count:
                    continue
                modifiers = (
                    (("GP",) if terms.gp else ()) + (("CQ",) if marked and terms.cq else ()) + (("KX",) if kx else ())
                )
                lines.append(
                    BilledLine(
                        code=code,
                        modifiers=modifiers,
                        units=count,
                        charge_cents=CHARGES[code] * count,
                        pointers=tuple(range(1, len(sick) + 1)) if pointed else None,
                    )
                )
        merged: dict[tuple[str, tuple[str, ...]], BilledLine] = {}
        for line in lines:
            merged[line.code, line.modifiers] = line
        return list(merged.values())

    def _words(self, code: str, where: str, region: Region) -> str:
        if code == "97530":
            return ACTIVITY[region.limb]
        return self.rng.choice(WORDS[code]).format(where=where)

    def _fill(self, text: str) -> str:
        draw = self.rng.randint
        return text.format(a=draw(4, 8), b=draw(1, 3), c=draw(8, 40), d=draw(70, 130))

    def _findings(self, level: str) -> EvaluationFindings:
        history, elements, presentation, decision = LEVELS[level]
        return EvaluationFindings(
            history_factors=self.rng.randint(*history),
            elements_examined=self.rng.randint(*elements),
            presentation=presentation,
            decision_making=decision,
        )


def with_visit(case: Case, visit: Visit) -> Case:
    """The case with one visit exchanged by its key."""
    return replace(case, visits=tuple(visit if visit.id == old.id else old for old in case.visits))


def with_patient(case: Case, **changes: object) -> Case:
    """The case with fields of its first patient changed."""
    return replace(case, patients=(case.patient.model_copy(update=changes), *case.patients[1:]))
