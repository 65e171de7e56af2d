"""What a desk does about claims that came back: only what somebody can say truthfully, and in the payer's own form."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from cleanclaim.bill.job import bill
from cleanclaim.denials.prediction import Foresight
from cleanclaim.denials.refused import Denial, Reason
from cleanclaim.denials.strategy import Circumstances, strategy_of
from cleanclaim.ledger import posting
from cleanclaim.ledger.entries import Source
from cleanclaim.records import AdjustmentGroup, Claim, CoverageOrder, Frequency, Visit
from cleanclaim.remittance.matching import KnownLine
from cleanclaim.simulation.books import Books
from cleanclaim.simulation.clearing import terms
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import clinic, packs, population
from cleanclaim.simulation.traffic import Denied, Sent, line_key
from cleanclaim.simulation.working import corrected_denial, corrected_return
from cleanclaim.simulation.year import Truth, Year, make_year, truth_of

FRIDAY = date(2026, 6, 5)
SEED = 1


@cache
def the_year() -> Year:
    return make_year(400, SEED)


def the_truth() -> Truth:
    return truth_of(the_year())


@cache
def claims() -> dict[str, Claim]:
    """Claims of one visit of each payer, as they would be filed: visits whose desk works what comes back."""
    year = the_year()
    chosen: dict[str, Visit] = {}
    for visit in year.visits:
        care, told = year.care[visit.id]
        is_worked = Draws(SEED, "working", visit.id).happens(population().habits.works_denials)
        if is_worked and told.says_apart and len(told.done) > 1 and visit.id not in year.slips:
            chosen.setdefault(care.payer.pack, visit)
    billed = bill(clinic(), year.patients, list(chosen.values()), as_of=FRIDAY, packs=packs())
    return {item.claim.payer.pack: item.claim for item in billed.claims if item.claim is not None}


def sent(pack: str) -> Sent:
    claim = claims()[pack]
    return Sent(claim, claim.visit_ids[0], claim.id, FRIDAY, (), payer_number="PAYER1")


def denied(
    one: Sent,
    reason: str,
    number: int = 1,
    order: CoverageOrder = CoverageOrder.PRIMARY,
    remarks: tuple[str, ...] = (),
) -> Denied:
    cents = one.claim.lines[number - 1].charge_cents
    key = line_key(one.head, number)
    line = KnownLine(key, "", one.claim.lines[number - 1].code, (), 1, cents, FRIDAY)
    denial = Denial(line, (Reason(AdjustmentGroup.CONTRACTUAL, reason, remarks, cents),))
    made = strategy_of(denial, Circumstances(terms(one.claim.payer.pack, FRIDAY), FRIDAY, None))
    foresight = Foresight.UNFORESEEN
    return Denied(one, key, "CO", reason, cents, FRIDAY, True, order, foresight, "PAYER1", made)


def charged(one: Sent) -> Books:
    books = Books()
    claim = one.claim
    lines = [(line_key(one.head, line.number), line.charge_cents) for line in claim.lines]
    books.open("P", claim.id, [(key, FRIDAY, "97110") for key, _cents in lines])
    books.write(posting.charge(f"charge:{claim.id}", FRIDAY, Source("batch", "B1", "0" * 64), "primary", lines))
    return books


def again(pack: str, reason: str, **update: object) -> tuple[Sent, Sent | None, Books]:
    one = sent(pack)
    one.claim = one.claim.model_copy(update=update)
    books = charged(one)
    return one, corrected_denial([denied(one, reason)], the_truth(), SEED, FRIDAY, books), books


def test_a_missing_modifier_goes_out_as_a_new_claim_of_the_line_to_medicare() -> None:
    lines = claims()["medicare_b"].lines
    bare = tuple(line.model_copy(update={"modifiers": ()}) for line in lines)
    one, made, _books = again("medicare_b", "4", lines=bare)
    assert made is not None
    assert (made.claim.id, made.claim.frequency, made.head) == (f"{one.claim.id}R1", Frequency.ORIGINAL, one.claim.id)
    assert [(line.number, line.modifiers) for line in made.claim.lines] == [(1, ("GP",))]
    assert made.attempt == 2
    assert made.filed_on > FRIDAY


def test_a_pair_goes_out_as_a_replacement_where_the_payer_takes_one() -> None:
    one, made, _books = again("cedar_mutual", "236")
    assert made is not None
    assert (made.claim.frequency, made.claim.original_reference) == (Frequency.REPLACEMENT, "PAYER1")
    assert [line.number for line in made.claim.lines] == [line.number for line in one.claim.lines]
    assert made.claim.lines[0].modifiers == (*one.claim.lines[0].modifiers, "59")
    assert made.claim.lines[1:] == one.claim.lines[1:]


@pytest.mark.parametrize("reason", ["50", "252", "109", "22"])
def test_what_only_an_appeal_could_change_stays_open(reason: str) -> None:
    _one, made, books = again("medicare_b", reason)
    assert made is None
    assert len(books.book) == 1


def test_what_came_too_late_is_given_up_with_its_reason() -> None:
    one, made, books = again("medicare_b", "29")
    assert made is None
    key = line_key(one.head, 1)
    assert books.book.line(key).written_off == one.claim.lines[0].charge_cents
    assert [entry.reason for item in books.book for entry in item.entries if entry.account.value == "written_off"] == [
        "timely_filing"
    ]


def test_a_next_payers_denial_and_a_second_one_are_not_sent_again() -> None:
    one = sent("cedar_mutual")
    behind = denied(one, "236", order=CoverageOrder.SECONDARY)
    assert corrected_denial([behind], the_truth(), SEED, FRIDAY, charged(one)) is None
    one.attempt = 2
    assert corrected_denial([denied(one, "236")], the_truth(), SEED, FRIDAY, charged(one)) is None


def test_a_returned_claim_goes_out_again_only_with_another_number() -> None:
    one = sent("medicare_b")
    assert corrected_return(one, the_truth(), SEED, FRIDAY) is None
    year, key = the_year(), the_year().care[one.key][0].patient_id
    right = year.patients[key]
    wrong = one.claim.payer.model_copy(update={"member_id": "2EG4TE5AA99"})
    one.claim = one.claim.model_copy(update={"payer": wrong})
    year.mended_patients[key] = right
    made = corrected_return(one, truth_of(year), SEED, FRIDAY)
    del year.mended_patients[key]
    assert made is not None
    assert made.claim.payer.member_id == right.coverages[0].member_id
    assert (made.claim.id, made.attempt) == (one.claim.id, 2)
