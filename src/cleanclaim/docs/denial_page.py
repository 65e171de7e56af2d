"""The page of denials: what is done about each reason and remark, how the worklist is ordered, where it was read."""

from __future__ import annotations

from collections.abc import Iterable

from cleanclaim.docs.markdown import bullets, code, joined, plain, table
from cleanclaim.money import dollars
from cleanclaim.reference import denials, values
from cleanclaim.reference.adjustments import AdjustmentKind
from cleanclaim.reference.denials import Chance, Handling, Route
from cleanclaim.reference.payers import all_ids, get

_HEAD = """\
When a payment is posted, each line that the payer refused or paid too little becomes an item of the worklist, in the
same transaction. A denial is never written off by its group code: it is corrected, disputed, handed to whoever owes it,
or given up by a named person for a stated reason.

**What stands refused** is what all answers of the payer come to: a reversal takes back, a correction decides anew, and
never more stands than is open in the ledger. Deductible, coinsurance and copay are no refusals, nor is what a contract
or the law gives up. An item ends by itself when its line is paid, written off, or answered otherwise.

**The way** follows from the reason (CARC), from a remark (RARC) that decides over it, from the payer's file (whether it
takes replacements, its steps of appeal), and from the pair edits: two codes that no modifier parts are never appealed.
Original Medicare takes no replacement claims: what was not processed (MA130) is a new claim, a clerical error is
reopened, everything else is a redetermination.

**The order** is dollars × chance × nearness of the last day. The chance is a grade of our own; it becomes the clinic's
own history with the payer and reason as soon as that holds enough settled denials. It orders a list and promises
nothing. A limit that nobody has read is "unknown: look in the contract".

**Paid too little** compares what the payer allowed with what we computed: fee schedule or contract with the reduction
for several procedures in it. The assistant's cut and sequestration come off the payment and are told apart; where a
payer does not tell the assistant's cut apart from its fee schedule, the line is not judged.

**What no check foresaw** becomes a proposal: a line for the payer's file where a file can say it, words where it
cannot. It is tried on past visits, what it would have caught and what it would have disturbed, and switched on by a
named person in the clinic's own copy of the file."""

_SERIES = (
    "medicare_notice_receipt_days",
    "medicare_reopening_months",
    "medicare_reopening_good_cause_months",
)


def page() -> str:
    """The text of `denials.md`."""
    found = denials.handlings()
    figures = denials.figures()
    nearness = ", ".join(f"{weight} within {days} days" for days, weight in figures.nearness)
    weights = (
        f"Weights of the last day: {nearness}, {figures.weight_later} later, {figures.weight_unknown} where it is "
        f"not known, 0 past it. Own history decides from {figures.own_answers} settled denials on."
    )
    silence = (
        f"A claim without an answer is taken up, day by day, once it has waited longer than {figures.lag_percent} of "
        f"100 answers of its payer took within the last {figures.lag_look_back_days} days, but not before "
        f"{figures.lag_least_days} days and not after {figures.lag_most_days}; after {figures.unanswered_days} days "
        f"where fewer than {figures.lag_answers} answers are known. A line that is short by less than "
        f"{dollars(figures.small_cents)} and by less than {figures.small_percent}% stays off the worklist, and in the "
        f"sums. A clinic may choose other days and another threshold."
    )
    grades = (
        (plain(one.label), plain(one.meaning), str(one.points)) for one in (denials.grade(chance) for chance in Chance)
    )
    return joined(
        [
            "# Denials and how they are followed up",
            _HEAD,
            "## Chances",
            table(("grade", "meaning", "points"), grades),
            weights,
            silence,
            "## Reasons",
            _table(item for item in found if item.kind is AdjustmentKind.CARC),
            "## Remarks",
            _table(item for item in found if item.kind is AdjustmentKind.RARC),
            "## Where Original Medicare differs",
            _medicare(item for item in found if item.medicare is not None),
            "## Steps of appeal that were read",
            _steps(),
            "## Time limits of Original Medicare",
            _limits(),
            "## Where it was read",
            bullets(sorted({plain(item.source.cite()) for item in found})),
        ]
    )


def _table(items: Iterable[Handling]) -> str:
    return table(
        ("code", "meaning", "cause", "way", "chance", "why", "appeal"),
        (
            (
                code(item.code),
                plain(item.described.meaning),
                item.cause.words,
                _way(item.route),
                item.chance.value,
                plain(item.because),
                "can win" if item.may_appeal else f"never: {plain(item.never_because)}",
            )
            for item in items
        ),
    )


def _medicare(items: Iterable[Handling]) -> str:
    rows = []
    for item in items:
        own = item.medicare
        if own is not None:
            appeal = "can win" if own.may_appeal else f"never: {plain(own.never_because)}"
            rows.append((code(item.code), _way(own.route), own.chance.value, plain(own.because), appeal))
    return table(("code", "way", "chance", "why", "appeal"), rows)


def _steps() -> str:
    rows = []
    for payer_id in all_ids():
        series = get(payer_id).settings.get("appeal_steps")
        for dated in series.values if series is not None else ():
            for step in dated.value:
                length = f"{step['days']} days" if step.get("days") else f"{step.get('months')} months"
                begins = plain((step.get("from") or "not told").replace("_", " "))
                rows.append((code(payer_id), plain(step["name"]), length, begins, plain(dated.source.cite())))
    return table(("payer", "step", "within", "counted from", "source"), rows)


def _limits() -> str:
    rows = []
    for name in _SERIES:
        series = values.series(name)
        rows += [
            (plain(series.label), f"{dated.value} {series.unit}", plain(dated.source.cite())) for dated in series.values
        ]
    return table(("limit", "value", "source"), rows)


def _way(route: Route) -> str:
    return route.value.replace("_", " ")
