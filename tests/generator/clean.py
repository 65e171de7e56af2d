"""Clean visits: coherent patients, plans, minutes, units, modifiers and notes, right by construction.

Everything is drawn from one `random.Random`. A `Wish` asks for a kind of patient or visit, for a defect that needs one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from random import Random

from cleanclaim.records import (
    BilledLine,
    By,
    Clinic,
    Credential,
    EvaluationFindings,
    Intervention,
    Note,
    Patient,
    ProgressReport,
    Side,
    Signature,
    Visit,
    VisitKind,
)
from tests.generator.arithmetic import assistant_units, by_code, meets_none, pooled
from tests.generator.code_tables import (
    edits,
    excluded,
    unlikely,
    valid_on,
)
from tests.generator.house import the_clinic
from tests.generator.patients import draw_patient, workday
from tests.generator.terms import CHARGES, PERIODS, TERMS, TIMED, UNATTENDED, Terms
from tests.generator.wording import (
    ACTIVITY,
    ASSESSMENT,
    INJURIES,
    LEVELS,
    NEEDS,
    OBJECTIVE,
    PLAN,
    PROGRESS,
    REGIONS,
    RESPONSES,
    SUBJECTIVE,
    WORDS,
    Region,
)


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


# --- drawing a case --------------------------------------------------------------------------------------


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
        start = wish.day or workday(first_day + timedelta(days=rng.randrange(span)))
        days = [start]
        while len(days) < count:
            days.append(workday(days[-1] + timedelta(days=rng.randint(2, 4))))
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
        patient = draw_patient(rng, self.prefix, key, payer, days, begins=begins, kx=wish.kx, sick=sick)
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
