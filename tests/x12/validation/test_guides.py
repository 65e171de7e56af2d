"""The guides as data: whole, without contradiction, and one with what the writer and reader of claims know."""

from __future__ import annotations

import pytest

from cleanclaim.x12.guide import PROFESSIONAL_CLAIM, load_guide
from cleanclaim.x12.validation.dictionary import GuideFileError, load_dictionary
from cleanclaim.x12.validation.notation import ElementUse, SegmentUse, parse_body
from cleanclaim.x12.validation.structure import Structure, structures

GUIDES = sorted(set(structures().values()), key=lambda one: (one.transaction, one.version))


def uses(structure: Structure) -> list[SegmentUse]:
    return [
        use
        for loop in structure.loops.values()
        for use in (loop.trigger, *(entry.use for entry in loop.entries if entry.child is None))
    ]


def test_nine_transactions_have_a_guide() -> None:
    assert [(one.transaction, one.version, one.group) for one in GUIDES] == [
        ("270", "005010X279A1", "HS"),
        ("271", "005010X279A1", "HB"),
        ("276", "005010X212", "HR"),
        ("277", "005010X212", "HN"),
        ("277", "005010X214", "HN"),
        ("835", "005010X221A1", "HP"),
        ("837", "005010X222A1", "HC"),
        ("837", "005010X223A2", "HC"),
        ("999", "005010X231A1", "FA"),
    ]


def test_other_names_of_a_guide_lead_to_it() -> None:
    assert structures()["837", "005010X223A3"] is structures()["837", "005010X223A2"]
    assert ("837", "004010X098A1") not in structures()


@pytest.mark.parametrize("structure", GUIDES, ids=lambda one: f"{one.transaction} {one.version}")
def test_every_loop_stands_in_one_and_begins_with_a_required_segment(structure: Structure) -> None:
    inside = {entry.child.id for loop in structure.loops.values() for entry in loop.entries if entry.child}
    assert inside == structure.loops.keys() - {"ST"}
    assert all(loop.trigger.required for loop in structure.loops.values())
    assert structure.root.entries[-1].tag == "SE"


@pytest.mark.parametrize("structure", GUIDES, ids=lambda one: f"{one.transaction} {one.version}")
def test_codes_fit_the_elements_they_stand_in(structure: Structure) -> None:
    def check(use: ElementUse, name: str) -> None:
        for part in use.parts:
            if part is not None:
                check(part, name)
        for code in use.codes:
            assert use.shortest <= len(code) <= use.longest, (name, use.number, code)
        if use.parts:
            # A composite in which nothing must stand could be empty and there at once.
            assert any(part is not None and part.required for part in use.parts), (name, use.number)

    for use in uses(structure):
        for element in use.elements:
            if element is not None:
                check(element, f"{structure.version} {use.tag}")


@pytest.mark.parametrize("structure", GUIDES, ids=lambda one: f"{one.transaction} {one.version}")
def test_no_segment_can_mean_two_things_in_one_place(structure: Structure) -> None:
    for loop in structure.loops.values():
        met: dict[str, list[frozenset[str] | None]] = {}
        for entry in loop.entries:
            for other in met.get(entry.tag, []):
                assert entry.values is not None, (structure.version, loop.id, entry.tag)
                assert other is not None, (structure.version, loop.id, entry.tag)
                assert not entry.values & other, (structure.version, loop.id, entry.tag, entry.values & other)
            met.setdefault(entry.tag, []).append(entry.values)


def test_loops_of_the_claim_are_those_its_reader_knows() -> None:
    ours, known = structures()["837", PROFESSIONAL_CLAIM], load_guide(PROFESSIONAL_CLAIM)
    assert ours.loops.keys() == known.loops.keys()
    for id_, loop in known.loops.items():
        entries = [entry for other in ours.loops.values() for entry in other.entries if entry.child]
        opening = next((entry for entry in entries if entry.child and entry.child.id == id_), None)
        assert ours.loops[id_].trigger.tag == loop.segment
        if opening is not None and loop.element is not None:
            assert opening.values == loop.values, id_
        inside = {entry.tag for entry in ours.loops[id_].entries if entry.child is None}
        # What older files had in the header is read, too.
        assert inside == loop.segments - ({"REF"} if id_ == "ST" else set()), id_
        assert {entry.child.id for entry in ours.loops[id_].entries if entry.child} == set(loop.children), id_


def test_limits_of_the_claim_are_those_its_writer_keeps() -> None:
    ours, known = structures()["837", PROFESSIONAL_CLAIM], load_guide(PROFESSIONAL_CLAIM)
    often = {
        (loop.id, entry.child.id): entry.most for loop in ours.loops.values() for entry in loop.entries if entry.child
    }
    assert often["2000B", "2300"] == often["2000C", "2300"] == known.limits["claims_per_subscriber"] == 100
    assert often["2300", "2400"] == known.limits["lines_per_claim"] == 50
    assert often["2300", "2320"] == known.limits["other_payers_per_claim"] == 10
    kinds = load_dictionary().elements
    assert kinds["1035"].longest == known.lengths["last_name"]
    assert kinds["166"].longest == known.lengths["address_line"]
    assert kinds["19"].longest == known.lengths["city"]
    assert kinds["127"].longest == known.lengths["reference"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("NM1! 1!=85", "notation"),
        ("QQ1! : 1!", "segment QQ1"),
        ("N3! : 1! 3", "1 to 2"),
        ("N3! : 1! 1", "position of its own"),
        ("CLM! : 5!", "composite C023"),
        ("N3! : 1!(1!)", "no components"),
        ("SBR! : 1!=$nowhere", "[codes]"),
        ("N3! : 1! | 2=1 wants 1", "rule"),
    ],
)
def test_a_line_that_is_not_in_the_notation_is_refused(line: str, said: str) -> None:
    with pytest.raises(GuideFileError) as caught:
        parse_body(line, load_dictionary(), {})
    assert said in str(caught.value)


def test_the_notation_says_what_it_says() -> None:
    codes = {"kind": ("A", "B")}
    (use,) = parse_body("CLM x3 : 1! 5!(1! 2!=B 3!) 7=$kind 11(1!=AA,EM) | 11.1=AA needs 7", load_dictionary(), codes)
    assert isinstance(use, SegmentUse)
    assert (use.tag, use.required, use.most, len(use.elements)) == ("CLM", False, 3, 11)
    facility = use.elements[4]
    assert facility is not None
    assert [part.codes if part else None for part in facility.parts] == [(), ("B",), ()]
    assert use.elements[6] is not None
    assert use.elements[6].codes == ("A", "B")
    assert [(rule.at, rule.values, rule.needs, rule.others) for rule in use.rules] == [
        ((11, 1), ("AA",), True, ((7, 0),))
    ]
