"""Totals of a visit in the many ways they are written, signatures, and first or later encounters with a device."""

from __future__ import annotations

import pytest

from cleanclaim.coding import EncounterHint
from cleanclaim.coding.totals import encounter, signatures, totals


@pytest.mark.parametrize(
    ("text", "timed", "treatment"),
    [
        ("Timed 33, total 33.", 33, 33),
        ("Timed: 25   Total: 35", 25, 35),
        ("Timed 48 Total 48", 48, 48),
        ("45 timed / 65 total", 45, 65),
        ("46' timed, 46' total.", 46, 46),
        ("Timed code min: 37 / Total tx min: 47", 37, 47),
        ("Timed min 32, total min 36", 32, 36),
        ("Timed: 38 minutes. Treatment: 45 minutes.", 38, 45),
        ("Timed: 38 minutes. Treatment: 10 minutes of gait.", 38, None),
        ("timed total is eighteen minutes the whole visit was thirty eight minutes", 18, 38),
        ("total time was fifty five minutes and thirty five of those were one on one timed minutes", 35, 55),
        ("Total 120 minutes, all timed.", 120, 120),
        ("Total treatment 45 minutes, all of it timed", 45, 45),
        ("Total treatment 45 minutes, all of it in the pool", None, 45),
        ("Visit total             50", None, 50),
        ("Timed: none. Total 20 min", 0, 20),
        ("Slough off. 30 min total.", None, 30),
        ("TE 25 min total.", None, None),
        ("Timed 30 / tot 32", 30, 32),
        ("3 timed sit to stands", None, None),
        ("one on one for 15 min", None, None),
    ],
)
def test_totals(text: str, timed: int | None, treatment: int | None) -> None:
    found = totals(text)
    assert (found.timed.value if found.timed else None) == timed
    assert (found.treatment.value if found.treatment else None) == treatment


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("M. Sample, PT", ["PT"]),
        ("Signed by Alex Sample, PT", ["PT"]),
        ("Co-signed by Alex Sample, PT; Riley Example, PTA", ["PT", "PTA"]),
        ("D. Ruiz, PTA: gait training 10 min", []),
        ("K. Lund, PTA 1:1: leg press", []),
        ("Tx by K. Lund, PTA, supervised by PT on site.", []),
        ("Note written by Alex Sample, PT", ["PT"]),
        ("Seen with Riley Example, PTA. Signed: M. Sample, PT", ["PT"]),
    ],
)
def test_who_furnished_something_has_not_signed_for_it(text: str, signed: list[str]) -> None:
    assert [found.value.value for found in signatures(text)] == signed


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Carbon AFO came in today, first time on.", EncounterHint.INITIAL),
        ("First day with the brace", EncounterHint.INITIAL),
        ("Visit 6 with his microprocessor knee", EncounterHint.SUBSEQUENT),
        ("Visit 1 with his prosthesis", None),
        ("prosthesis f/u visit 3", EncounterHint.SUBSEQUENT),
        ("7th session with the socket", EncounterHint.SUBSEQUENT),
        ("Wear schedule raised to 8 h", EncounterHint.SUBSEQUENT),
        ("Got his first leg yesterday", EncounterHint.INITIAL),
        ("His first leg press", None),
        ("Visit 6, left knee", None),
        ("He has worn the AFO since May", None),
    ],
)
def test_first_or_later_encounter(text: str, hint: EncounterHint | None) -> None:
    found = encounter(text)
    assert (found.value if found else None) == hint
