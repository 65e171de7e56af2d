"""The billing desk, month by month: notes become claims, and what becomes of those that were objected to.

Two desks work the same notes. One files what the notes come to, with what its people do by habit and nothing that a
check has said. The other hears the checks first: what is safe is mended, what somebody can say truthfully is attested,
records that were wrong are set right, and what cannot be set right is not filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from cleanclaim.bill.build import build_claim
from cleanclaim.bill.job import Billed, BilledClaim, ClaimState, bill
from cleanclaim.bill.parts import filed_as
from cleanclaim.check.findings import Change, Finding
from cleanclaim.check.summary import BLOCKING
from cleanclaim.lines.cases import CASH
from cleanclaim.records import BilledLine, Claim, Patient, Visit
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import clinic, packs, population
from cleanclaim.simulation.people import working_day
from cleanclaim.simulation.year import Year

_ROUNDS = 3
_DISTINCT = frozenset({"59", "XE", "XP", "XS", "XU"})
_EXCEPTION = "KX"
_ASSISTANT = frozenset({"CQ", "CO"})
_FRIDAY = 4


class Outcome(StrEnum):
    """What became of a visit at the desk that hears the checks."""

    FILED = "filed"
    """Nothing was objected to."""
    MENDED = "mended"
    """Filed after somebody set right or attested what was objected to."""
    SET_ASIDE = "set aside"
    """Filed as it was: nothing was wrong, and a person said so."""
    NOT_FILED = "not filed"
    """What was wrong could not be set right."""
    DROPPED = "dropped"
    """It should never have come in."""
    PATIENT = "patient"
    """The patient pays: there is no claim."""


@dataclass(frozen=True, slots=True)
class Filing:
    """Claims of one visit that leave on a day. `objections` are the rules that objected, with the place of each."""

    key: str
    on: date
    claims: tuple[Claim, ...]
    objections: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Worked:
    """One visit at both desks. `habitual` is what the first files, `checked` what the second; `None`: nothing."""

    key: str
    entered: date
    first_state: ClaimState
    rules: tuple[str, ...]
    """Rules that objected at first, blocking or not."""
    blocking: tuple[str, ...]
    outcome: Outcome
    habitual: Filing | None = None
    checked: Filing | None = None
    superbill: Claim | None = None
    why_not: str = ""


@dataclass(slots=True)
class Desk:
    """The billing of one year. `kept` are visits of earlier months, with the lines that were billed."""

    year: Year
    seed: int
    processes: int = 1
    kept: dict[str, list[Visit]] = field(default_factory=dict)

    def month(self, visits: Sequence[Visit], as_of: date) -> list[Worked]:
        """Bill what came in during a month."""
        billed = self._bill(visits, self.year.patients, as_of, visits)
        items = {item.key: item for item in billed.claims}
        worked = {key: self._first(item) for key, item in items.items()}
        self._mend(items, worked, visits, as_of)
        self.remember(visits, worked.values())
        return list(worked.values())

    def remember(self, visits: Sequence[Visit], worked: Iterable[Worked]) -> None:
        """Keep a month's visits for what they mean to later ones."""
        by_key = {one.key: one for one in worked}
        for visit in visits:
            self._keep(visit, by_key[visit.id])

    def _bill(
        self,
        visits: Sequence[Visit],
        patients: Mapping[str, Patient],
        as_of: date,
        month: Sequence[Visit],
    ) -> Billed:
        """Bill visits in the light of the patients' others, of this month and of those before."""
        own, who = {visit.id for visit in visits}, {visit.patient_id for visit in visits}
        history = [one for key in sorted(who) for one in self.kept.get(key, ())]
        history += [one for one in month if one.id not in own and one.patient_id in who]
        return bill(
            clinic(),
            patients,
            visits,
            as_of=as_of,
            history=history,
            packs=packs(),
            processes=self.processes,
        )

    def _keep(self, visit: Visit, worked: Worked) -> None:
        """Remember a visit for what it means to later ones: its lines, and no longer its note."""
        filing = worked.checked or worked.habitual
        if worked.outcome in {Outcome.DROPPED, Outcome.NOT_FILED} or filing is None:
            return
        lines = [line.model_dump() for claim in filing.claims for line in claim.lines]
        self.kept.setdefault(visit.patient_id, []).append(_as_billed(visit, lines))

    # --- the first look ---------------------------------------------------------------------------------------

    def _first(self, item: BilledClaim) -> Worked:
        entered = self.year.entered[item.key]
        blocking = tuple(sorted({one.code for one in item.findings if one.severity in BLOCKING}))
        worked = Worked(
            item.key,
            entered,
            item.state,
            tuple(sorted({one.code for one in (*item.findings, *item.mended)})),
            blocking,
            Outcome.FILED,
        )
        if item.state is ClaimState.SUPERBILL:
            worked.outcome, worked.superbill = Outcome.PATIENT, item.claim
            return worked
        by_habit = self._by_habit(item)
        if by_habit is not None:
            objections = _objections((*item.findings, *item.mended))
            worked.habitual = Filing(item.key, _leaves(entered), filed_as(by_habit), objections)
        if item.state is ClaimState.READY:
            worked.checked = Filing(item.key, _leaves(entered), item.parts, _objections(item.findings))
        return worked

    def _by_habit(self, item: BilledClaim) -> Claim | None:
        """The claim as a desk without checks files it: no fix made, and the modifiers that its people put on."""
        if item.claim is None or item.prepared.case.payer() == CASH:
            return None
        care, told = self.year.care[item.key]
        habits, draw = population().habits, Draws(self.seed, "habits", item.key)
        lines = [dict(line) for line in item.lines]
        if _undone(lines, [change for one in item.mended for change in one.changes]) is False:
            return item.claim
        codes = {line["code"] for line in lines}
        share = habits.adds_59 if told.says_apart else habits.adds_59_falsely
        for first, second in habits.pairs:
            if {first, second} <= codes and draw.happens(share):
                _add(lines, "59", {second})
        counts = Draws(self.seed, "habits", care.patient_id).happens(habits.adds_kx)
        if care.payer.member == "medicare" and told.number >= habits.kx_from_visit and counts:
            _add(lines, _EXCEPTION, codes)
        return build_claim(item.prepared.case, lines, clinic(), packs())

    # --- what was objected to ---------------------------------------------------------------------------------

    def _mend(
        self, items: Mapping[str, BilledClaim], worked: Mapping[str, Worked], visits: Sequence[Visit], as_of: date
    ) -> None:
        """Work what is held, in rounds: set records right, attest what is true, and look again."""
        patients = dict(self.year.patients)
        now = {visit.id: visit for visit in visits}
        others = {key: _as_billed(now[key], item.lines) for key, item in items.items()}
        looked: set[str] = set()
        open_items = {key: item for key, item in items.items() if _is_open(item)}
        for _round in range(_ROUNDS):
            changed: list[Visit] = []
            for key, item in open_items.items():
                if key in self.year.gone:
                    continue
                better = self._better(now[key], item, patients, is_first=key not in looked)
                looked.add(key)
                if better is not None:
                    now[key] = better
                    changed.append(better)
            if not changed:
                break
            again = self._bill(changed, patients, as_of, list(others.values()))
            for item in again.claims:
                if worked[item.key].habitual is None and item.claim is not None:
                    # The desk without checks asks as well, for it cannot file what it does not know.
                    self._file_by_habit(worked[item.key], item)
                others[item.key] = _as_billed(now[item.key], item.lines)
                if _is_open(item):
                    open_items[item.key] = item
                    continue
                open_items.pop(item.key)
                self._file_mended(worked[item.key], item)
        for key, item in open_items.items():
            self._give_up(worked[key], item)

    def _better(self, visit: Visit, item: BilledClaim, patients: dict[str, Patient], *, is_first: bool) -> Visit | None:
        """The visit after somebody has looked at it, or `None` where nothing can be changed truthfully."""
        _care, told = self.year.care[visit.id]
        key = visit.patient_id
        mended, right = self.year.mended_visits.get(visit.id), self.year.mended_patients.get(key)
        better = visit
        if is_first and right is not None and patients[key] is not right:
            patients[key] = right
            better = visit.model_copy()
        elif is_first and right is not None:
            better = visit.model_copy()
        if is_first and mended is not None:
            better = mended
        elif is_first and item.prepared.questions:
            better = told.answered
        changes = self._true_changes(visit, item) if better is visit else []
        if changes:
            lines = [dict(line) for line in item.lines]
            made = _made(lines, changes)
            better = visit.model_copy(update={"billed": _billed(lines)}) if made else visit
        elif better is visit and not is_first:
            better = self._left_off(visit, item)
        return None if better is visit else better

    def _left_off(self, visit: Visit, item: BilledClaim) -> Visit:
        """The visit without the lines that stand for themselves only if somebody said what nobody can say."""
        unsaid = {
            change.key
            for finding in item.findings
            for change in finding.changes
            if change.table == "lines"
            and change.field == "modifiers"
            and _DISTINCT & (set(change.new) - set(change.old))
        }
        kept = [line for line in item.lines if line["line_id"] not in unsaid]
        return visit if not unsaid or not kept else visit.model_copy(update={"billed": _billed(kept)})

    def _true_changes(self, visit: Visit, item: BilledClaim) -> list[Change]:
        """The changes that fixes propose and a person may truthfully say."""
        care, told = self.year.care[visit.id]
        habits = population().habits
        remembers = Draws(self.seed, "remembers", visit.id).happens(habits.remembers_times)
        allowed: set[str] = {"GP"}
        if told.says_apart or remembers:
            allowed |= _DISTINCT
        if care.payer.member == "medicare":
            allowed.add(_EXCEPTION)
        if visit.assistant is not None:
            allowed |= _ASSISTANT
        found: list[Change] = []
        for finding in item.findings:
            for change in finding.changes:
                if change.table == "lines" and change.field == "modifiers":
                    added = set(change.new) - set(change.old)
                    if added and added <= allowed and change not in found:
                        found.append(change)
        return found

    def _file_by_habit(self, worked: Worked, item: BilledClaim) -> None:
        claim = self._by_habit(item)
        if claim is not None:
            objections = _objections((*item.findings, *item.mended))
            worked.habitual = Filing(item.key, self._after_work(worked), filed_as(claim), objections)

    def _file_mended(self, worked: Worked, item: BilledClaim) -> None:
        if item.prepared.case.payer() == CASH:
            worked.outcome, worked.superbill = Outcome.PATIENT, item.claim
            return
        worked.outcome = Outcome.MENDED
        worked.checked = Filing(item.key, self._after_work(worked), item.parts, _objections(item.findings))

    def _give_up(self, worked: Worked, item: BilledClaim) -> None:
        """What nothing could be done about: dropped, not filed, or filed because nothing is wrong with it."""
        slips = [*self.year.slips.get(worked.key, ()), *self.year.slips.get(item.prepared.case.visit.patient_id, ())]
        wrong = [one for one in slips if worked.key in one.visits]
        if worked.key in self.year.gone:
            worked.outcome, worked.why_not = Outcome.DROPPED, "entered twice"
        elif wrong or item.claim is None:
            worked.outcome, worked.why_not = Outcome.NOT_FILED, wrong[0].name if wrong else "question open"
        elif self._is_unsaid(item):
            worked.outcome, worked.why_not = Outcome.NOT_FILED, "cannot be attested"
        elif item.prepared.case.payer() == CASH:
            worked.outcome, worked.superbill = Outcome.PATIENT, item.claim
        else:
            worked.outcome = Outcome.SET_ASIDE
            worked.checked = Filing(item.key, self._after_work(worked), item.parts, _objections(item.findings))

    def _is_unsaid(self, item: BilledClaim) -> bool:
        """Whether all that stands in the way is something nobody could say truthfully."""
        standing = [one for one in item.findings if one.severity in BLOCKING]
        return bool(standing) and all(_asks_for_a_word(one) for one in standing)

    def _after_work(self, worked: Worked) -> date:
        days = Draws(self.seed, "mending", worked.key).between(*population().habits.mend_days)
        return _leaves(worked.entered + timedelta(days=days))


def _objections(findings: Iterable[Finding]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({(one.code, one.place) for one in findings}))


def _is_open(item: BilledClaim) -> bool:
    return item.state in {ClaimState.HELD, ClaimState.QUESTION, ClaimState.NOT_JUDGED}


def _asks_for_a_word(finding: Finding) -> bool:
    """Whether a finding asks that somebody attest a modifier."""
    return any(change.table == "lines" and change.field == "modifiers" for change in finding.changes)


def _leaves(entered: date) -> date:
    """Claims leave on the Friday after the day on which the visit came in."""
    day = working_day(entered)
    return day + timedelta(days=(_FRIDAY - day.weekday()) % 7)


def _add(lines: Sequence[dict[str, object]], modifier: str, codes: set[object]) -> None:
    for line in lines:
        modifiers = line["modifiers"]
        if line["code"] in codes and isinstance(modifiers, list) and modifier not in modifiers:
            line["modifiers"] = [*modifiers, modifier]


def _undone(lines: list[dict[str, object]], changes: Sequence[Change]) -> bool:
    """Put lines back to what they were before safe fixes; false where a fix has taken a line away."""
    by_id = {line["line_id"]: line for line in lines}
    for change in changes:
        if change.table == "lines" and not change.field:
            return False
        line = by_id.get(change.key) if change.table == "lines" else None
        if line is not None and change.field in line:
            line[change.field] = list(change.old) if isinstance(change.old, tuple) else change.old
    return True


def _made(lines: list[dict[str, object]], changes: Sequence[Change]) -> bool:
    """Make changes to lines; says whether any was made."""
    by_id = {line["line_id"]: line for line in lines}
    made = False
    for change in changes:
        line = by_id.get(change.key)
        if line is None:
            continue
        modifiers = line["modifiers"]
        more = [one for one in change.new if one not in change.old]
        if isinstance(modifiers, list):
            # Several fixes may add to one line.
            line["modifiers"] = [*modifiers, *(one for one in more if one not in modifiers)]
            made = True
    return made


def _as_billed(visit: Visit, lines: Sequence[Mapping[str, object]]) -> Visit:
    """A visit as others are judged in its light: its lines, and no longer its note."""
    update = {"note": None, "interventions": None, "billed": _billed(lines)}
    return visit.model_copy(update=update)


def _billed(lines: Sequence[Mapping[str, object]]) -> tuple[BilledLine, ...]:
    names = ("code", "modifiers", "units", "charge_cents", "pointers")
    known = (line for line in lines if line["code"] is not None)
    return tuple(BilledLine.model_validate({name: line[name] for name in names}) for line in known)
