"""Which rules run: words that select and ignore, who ignores and why, and previews."""

from __future__ import annotations

import pytest

from cleanclaim.check.selection import Ignored, SelectionError, chosen, chosen_by
from cleanclaim.rules import book

PREVIEWS = {rule.code for rule in book.rules() if rule.preview}


def codes(*select: str, ignore: tuple[str, ...] = (), preview: bool = False) -> list[str]:
    return [rule.code for rule in chosen(select, ignore, preview=preview).rules]


def test_all_rules_but_previews_run_where_nothing_is_asked() -> None:
    assert {"MD405", "MD406"} == PREVIEWS
    assert codes() == [rule.code for rule in book.rules() if rule.code not in PREVIEWS]
    assert codes() == [rule.code for rule in book.active_rules()]
    assert codes(preview=True) == [rule.code for rule in book.rules()]


def test_words_are_beginnings_of_codes_in_either_case_and_with_commas() -> None:
    assert codes("un10", ignore=("UN103, un104",)) == [
        code for code in codes() if code.startswith("UN10") and code not in {"UN103", "UN104"}
    ]
    assert codes("UN101,DX101") == ["DX101", "UN101"]


def test_previews_left_out_are_named() -> None:
    found = chosen(["MD4"])
    assert found.previews_left_out == ("MD405", "MD406")
    assert {"MD405", "MD406"}.isdisjoint(rule.code for rule in found.rules)
    assert chosen(["MD4"], ["MD405"]).previews_left_out == ("MD406",)
    assert chosen(["MD4"], preview=True).previews_left_out == ()
    assert codes("MD405", preview=True) == ["MD405"]


def test_a_preview_named_alone_has_to_be_asked_for() -> None:
    with pytest.raises(SelectionError, match=r"^--select: MD405 is a preview, .*: add --preview$"):
        chosen(["MD405"])


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_word_that_begins_no_code(option: str) -> None:
    words = (["UN1O1"], []) if option == "--select" else ([], ["UN1O1"])
    with pytest.raises(SelectionError, match=f"^{option}: no rule's code begins with 'UN1O1'$") as caught:
        chosen(*words)
    assert caught.value.word == "UN1O1"


# --- whoever ignores says why ----------------------------------------------------------------------------


def test_one_reason_for_all_or_one_for_each() -> None:
    one = chosen_by([], ["UN101", "DX101,DX102"], reasons=[" counted by hand "], by=" D. Reyes ")
    assert one.ignored == (
        Ignored("UN101", ("UN101",), "counted by hand", "D. Reyes"),
        Ignored("DX101", ("DX101",), "counted by hand", "D. Reyes"),
        Ignored("DX102", ("DX102",), "counted by hand", "D. Reyes"),
    )
    assert {"UN101", "DX101", "DX102"}.isdisjoint(rule.code for rule in one.rules)
    each = chosen_by([], ["UN101", "UN20"], reasons=["first", "second"], by="D. Reyes")
    assert [(item.word, item.reason, len(item.codes)) for item in each.ignored] == [
        ("UN101", "first", 1),
        ("UN20", "second", len([code for code in codes(preview=True) if code.startswith("UN20")])),
    ]


@pytest.mark.parametrize(
    ("ignore", "reasons", "by", "said"),
    [
        (["UN101"], [], "D. Reyes", "--ignore: expected --reason once, or 1 times, one for each --ignore"),
        (["UN101"], ["  "], "D. Reyes", "--ignore: expected --reason once, or 1 times"),
        (["UN101", "UN102", "UN103"], ["a", "b"], "D. Reyes", "--ignore: expected --reason once, or 3 times"),
        (["UN101"], ["a"], " ", "--ignore: expected --by NAME, the person who sets the rules aside"),
        ([], ["a"], "", "--reason and --by: stand without --ignore"),
        ([], [], "D. Reyes", "--reason and --by: stand without --ignore"),
    ],
)
def test_reason_and_name_are_needed_and_only_there(ignore: list[str], reasons: list[str], by: str, said: str) -> None:
    with pytest.raises(SelectionError) as caught:
        chosen_by([], ignore, reasons=reasons, by=by)
    assert str(caught.value).startswith(said)


def test_nothing_ignored_needs_nobody() -> None:
    found = chosen_by(["UN"], preview=True)
    assert (found.ignored, {rule.code[:2] for rule in found.rules}) == ((), {"UN"})
