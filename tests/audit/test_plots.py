"""Plots: marks where they belong, words beside them, and nothing that a file said taken for markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from cleanclaim.audit import plots
from cleanclaim.audit.plots import Box, Column, Dot


def read(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own text


def test_a_bar_is_as_long_as_its_share() -> None:
    assert 'width="25.0"' in plots.bar(5, 20, "risk")
    assert 'width="100.0"' in plots.bar(30, 20, "risk")
    assert 'width="0.0"' in plots.bar(5, 0, "risk")


def test_columns_stand_on_each_other() -> None:
    items = [Column("2026-03", (("risk", 30.0), ("left", 10.0)), "March"), Column("2026-04", (("risk", 0.0),), "April")]
    picture = read(plots.columns(items, name="Dollars", said=lambda value: f"${value:g}"))
    lower, upper = picture.findall("g")[0].findall("rect")
    assert [lower.get("class"), upper.get("class")] == ["risk", "left"]
    assert float(lower.get("y", "")) == pytest.approx(
        float(upper.get("y", "")) + float(upper.get("height", "")), abs=0.1
    )
    assert float(lower.get("height", "")) == pytest.approx(3 * float(upper.get("height", "")), abs=0.2)
    assert [text.text for text in picture.findall("text")] == ["$0", "$10", "$20", "$30", "$40", "2026-03", "2026-04"]
    assert picture.get("aria-label") == "Dollars"


def test_many_months_name_every_few() -> None:
    items = [Column(str(month), (("risk", 1.0),), "") for month in range(60)]
    named = re.findall(r'class="mid"[^>]*>(\d+)<', plots.columns(items, name="x", said=str))
    assert named == [str(month) for month in range(0, 60, 5)]


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (0, [0.0]),
        (1, [0, 0.25, 0.5, 0.75, 1.0]),
        (4, [0, 1, 2, 3, 4]),
        (7, [0, 2, 4, 6, 8]),
        (101, [0, 50, 100, 150, 200]),
        (1_234, [0, 500, 1_000, 1_500, 2_000]),
    ],
)
def test_an_axis_has_round_steps_up_to_the_most(most: float, steps: list[float]) -> None:
    assert plots._steps(most) == steps


def test_dots_are_further_right_and_higher_the_more_they_are() -> None:
    items = [Dot(2.0, 30, "a"), Dot(3.0, 300, "b"), Dot(4.0, 3_000, "c")]
    picture = read(plots.dots(items, (2.5, 3.0, 3.5), name="n", across="units", up="visits"))
    across = [float(dot.get("cx", "")) for dot in picture.findall("circle")]
    heights = [float(dot.get("cy", "")) for dot in picture.findall("circle")]
    assert across == sorted(across)
    # Equal ratios are equal steps.
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.2)
    assert heights[0] > heights[1]
    assert [dot.findtext("title") for dot in picture.findall("circle")] == ["a", "b", "c"]


def test_dots_that_are_all_one_are_drawn() -> None:
    picture = read(plots.dots([Dot(2.0, 50, "a")] * 3, (2.0, 2.0, 2.0), name="n", across="u", up="v"))
    assert len(picture.findall("circle")) == 3


def test_a_box_shows_its_visits() -> None:
    picture = read(plots.boxes([Box("1700000007", 131, 2, 3, 4, 5, 6)], name="n"))
    (group,) = picture.findall("g")
    assert group.findtext("title") == (
        "1700000007: 131 visits; median 4, middle half 3 to 5, all but the outer tenths 2 to 6"
    )
    assert [text.text for text in group.findall("text")] == ["1700000007", "131"]


def test_text_from_files_is_no_markup() -> None:
    bad = '<script>alert("x")</script>'
    drawn = [
        plots.columns([Column(bad, (("risk", 1.0),), bad)], name=bad, said=str),
        plots.dots([Dot(1.0, 1, bad)], (1.0, 1.0, 1.0), name=bad, across=bad, up=bad),
        plots.boxes([Box(bad, 1, 0, 0, 0, 0, 0)], name=bad),
    ]
    for text in drawn:
        assert "<script" not in text
        read(text)
