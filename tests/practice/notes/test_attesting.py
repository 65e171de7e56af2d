from __future__ import annotations

from collections.abc import Callable

from cleanclaim.practice.engine.judging.attesting import Attested, with_attested
from cleanclaim.practice.engine.notes.live_check import live_check
from cleanclaim.practice.models import Visit
from cleanclaim.records import BilledLine
from tests.practice.notes.conftest import Form, SignIn, VisitOf, posted
from tests.practice.notes.test_live_check import DAY

Pages = Callable[..., str]
PAIR = [
    {"what": "quad sets and step-ups", "code": "97110", "minutes": 15, "by": "PT", "group_size": 1},
    {"what": "balance class", "code": "97150", "minutes": 20, "by": "PT", "group_size": 3},
]
"""Two services that Medicare pays together only when they are stated to be separate."""


def _codes(visit: Visit) -> list[str]:
    return [one.code for one in live_check(visit.clinic, visit, as_of=DAY).findings]


def _with_pair(visit: Visit) -> Visit:
    visit.interventions, visit.billed = PAIR, None
    visit.save_if_unchanged(visit.version, "interventions", "billed")
    return visit


def _accepting(visit: Visit, code: str, pages: Callable[..., str]) -> tuple[str, Form]:
    found = live_check(visit.clinic, visit, as_of=DAY)
    (told,) = [one for one in found.findings if one.code == code]
    return pages(visit, "attest/"), posted(visit, finding=told.key)


def test_nobody_attests_by_itself_and_a_named_therapist_may(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = _with_pair(visit_of("V061"))
    assert "PR102" in _codes(visit)
    address, data = _accepting(visit, "PR102", pages)
    assert sign_in("okafor").post(address, data).status_code == 302
    after = visit_of("V061")
    assert [(one["rule"], one["by"], one["on"]) for one in after.attested] == [
        ("PR102", "Adaeze Okafor, PT", "2026-09-25")
    ]
    checked = live_check(after.clinic, after, as_of=DAY)
    assert "PR102" not in [one.code for one in checked.findings]
    assert sum("59" in line.modifiers for line in checked.lines) == 1
    assert after.billed is None


def test_what_was_attested_goes_with_the_signature(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = _with_pair(visit_of("V061"))
    client = sign_in("okafor")
    client.post(*_accepting(visit, "PR102", pages))
    after = visit_of("V061")
    client.post(pages(visit, "sign/"), {"version": str(after.version)})
    signed = visit_of("V061")
    assert signed.billed is not None
    assert [(line["code"], line["modifiers"]) for line in signed.billed] == [
        ("97110", ["GP", "59"]),
        ("97150", ["GP"]),
    ]


def test_it_can_be_taken_back_before_signing(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = _with_pair(visit_of("V061"))
    client = sign_in("okafor")
    client.post(*_accepting(visit, "PR102", pages))
    after = visit_of("V061")
    client.post(pages(visit, "attest/"), posted(after, undo="0"))
    last = visit_of("V061")
    assert last.attested == []
    assert "PR102" in _codes(last)


def test_an_assistant_and_another_therapist_answer_for_nothing(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages
) -> None:
    visit = visit_of("V068")
    address, data = _accepting(visit, "MD203", pages)
    for key in ("wilk", "okafor"):
        assert sign_in(key).post(address, data).status_code == 403
    after = visit_of("V068")
    assert (after.attested, after.billed, after.version) == ([], visit.billed, visit.version)


def test_lines_that_came_with_the_visit_are_changed_themselves(
    sign_in: SignIn, visit_of: VisitOf, pages: Pages
) -> None:
    visit = visit_of("V068")
    sign_in("lindqvist").post(*_accepting(visit, "MD203", pages))
    after = visit_of("V068")
    assert after.billed is not None
    assert [line["modifiers"] for line in after.billed] == [["GP"], ["GP"]]
    assert [line["charge_cents"] for line in after.billed] == [7400, 7800]
    assert [(one["rule"], one["code"], one["old"], one["new"]) for one in after.attested] == [
        ("MD203", "97110", ["CQ", "GP"], ["GP"])
    ]
    assert "MD203" not in _codes(after)


def test_units_that_change_let_go_of_a_stated_charge(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V061")
    sign_in("okafor").post(*_accepting(visit, "UN101", pages))
    after = visit_of("V061")
    assert after.billed is not None
    assert [(line["code"], line["units"], line["charge_cents"] is None) for line in after.billed] == [
        ("97110", 1, True),
        ("97140", 1, False),
    ]


def test_a_finding_that_is_gone_changes_nothing(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V068")
    answer = sign_in("lindqvist").post(pages(visit, "attest/"), posted(visit, finding="PR102-pairs-0"))
    assert answer.status_code == 302
    after = visit_of("V068")
    assert (after.attested, after.billed, after.version) == ([], visit.billed, visit.version)


def test_what_was_typed_beside_a_button_is_stored_with_it(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V068")
    address, data = _accepting(visit, "MD203", pages)
    sign_in("lindqvist").post(address, data | {"plan": "Typed at the last moment."})
    after = visit_of("V068")
    assert after.note is not None
    assert (after.note["plan"], len(after.attested)) == ("Typed at the last moment.", 1)


def test_lines_can_be_proposed_anew(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V061")
    sign_in("okafor").post(pages(visit, "propose/"), posted(visit))
    after = visit_of("V061")
    assert after.billed is None
    checked = live_check(after.clinic, after, as_of=DAY)
    assert [(line.code, line.units) for line in checked.lines] == [("97110", 1), ("97140", 1)]
    assert (checked.units.over, checked.units.left) == (0, 0)


def test_the_therapist_chooses_who_takes_a_tied_unit(sign_in: SignIn, visit_of: VisitOf, pages: Pages) -> None:
    visit = visit_of("V061")
    visit.interventions = [dict(PAIR[0], code="97110", minutes=20), dict(PAIR[0], code="97112", minutes=20)]
    visit.billed = None
    visit.save_if_unchanged(visit.version, "interventions", "billed")
    tied = live_check(visit.clinic, visit, as_of=DAY)
    assert sorted(tied.units.tied) == ["97110", "97112"]
    for code in ("97112", "97110"):
        sign_in("okafor").post(pages(visit, "prefer/"), posted(visit_of("V061"), code=code))
        after = visit_of("V061")
        lines = {line.code: line.units for line in live_check(after.clinic, after, as_of=DAY).lines}
        assert lines == {code: 2, ({"97110", "97112"} - {code}).pop(): 1}
    sign_in("okafor").post(pages(visit, "prefer/"), posted(visit_of("V061"), code="97140"))
    assert visit_of("V061").detail["unit_preference"] == ["97110", "97112"]


def test_what_was_attested_of_another_line_is_left_alone() -> None:
    lines = [BilledLine(code="97110", modifiers=("GP",), units=2), BilledLine(code="97140", modifiers=("GP",), units=1)]
    add = Attested("PR102", "", "97140", "modifiers", ["GP"], ["GP", "59"], "A", "2026-09-25")
    moved = Attested("PR102", "", "97110", "modifiers", ["GP", "CQ"], ["GP", "CQ", "59"], "A", "2026-09-25")
    drop = Attested("DP101", "", "97110", "", None, None, "A", "2026-09-25")
    assert [line.modifiers for line in with_attested(lines, [add, moved])] == [("GP",), ("GP", "59")]
    assert [line.code for line in with_attested(lines, [drop])] == ["97140"]
    assert with_attested(lines, []) == tuple(lines)
