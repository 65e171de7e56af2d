"""The generated pages: what each must say, that they are those of the repository, and that no link leads nowhere."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest

from cleanclaim.cli.main import COMMANDS
from cleanclaim.docs import __main__ as command
from cleanclaim.docs import figures, site
from cleanclaim.docs.columns import TABLES, Columns
from cleanclaim.docs.markdown import linked_rules, plain, table
from cleanclaim.docs.value_pages import shown
from cleanclaim.reference import modifiers, payers, procedures, values
from cleanclaim.rules import book
from cleanclaim.rules.kit import ExampleKind

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?<!`)\[[^\]]*\]\((?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return site.expected(ROOT)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "pyproject.toml").touch()
    for name in site.WITH_FIGURES:
        (tmp_path / name).write_text(f"before\n{figures.BEGIN}\nold\n{figures.END}\nafter\n", encoding="utf-8")
    return tmp_path


# --- the pages there are -----------------------------------------------------------------------------------


def test_every_rule_value_fact_code_payer_and_modifier_has_its_page(pages: dict[str, str]) -> None:
    columns = Columns()
    wanted = [f"docs/rules/{rule.code}.md" for rule in book.rules()]
    wanted += [f"docs/values/{name}.md" for name in values.names()]
    wanted += [f"docs/codes/{code}.md" for code in procedures.all_codes()]
    wanted += [f"docs/payers/{name}.md" for name in payers.all_ids()]
    wanted += [f"docs/modifiers/{item.code}.md" for item in modifiers.all_modifiers()]
    for name in TABLES:
        wanted += [f"docs/facts/{name}/{fact.name}.md" for fact in columns.derived(name)]
        wanted += [f"docs/facts/{name}/index.md"]
    wanted += [f"docs/{folder}/{kind}" for folder in site.OWNED for kind in ("index.md", "catalog.csv")]
    wanted += ["docs/cli.md", "docs/coverage.md", "docs/denials.md", "docs/reference-files.md", *site.WITH_FIGURES]
    assert sorted(pages) == sorted(wanted)


def test_the_pages_of_the_repository_are_current(pages: dict[str, str]) -> None:
    assert site.differences(ROOT, pages) == []


def test_no_link_leads_nowhere(pages: dict[str, str]) -> None:
    written = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md")}
    texts = {**written, **pages}
    there = {*texts, *(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "assets").glob("*"))}
    lost = []
    for name, text in texts.items():
        if not name.endswith(".md"):
            continue
        prose = re.sub(
            r"```.*?```|`[^`\n]*`", lambda match: "" if "](" in match[0] else match[0], text, flags=re.DOTALL
        )
        for match in LINK.finditer(prose):
            target = match["target"]
            if "://" in target:
                continue
            folder = Path(name).parent
            path = _normal(folder / target) if target else name
            if path not in there and not (ROOT / path).is_file():
                lost.append(f"{name}: {target}")
            elif match["anchor"] and match["anchor"] not in _anchors(texts[path]):
                lost.append(f"{name}: {target}#{match['anchor']}")
    assert lost == []


def _normal(path: Path) -> str:
    parts: list[str] = []
    for part in path.as_posix().split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _anchors(text: str) -> set[str]:
    found = set(re.findall(r'<a id="([^"]+)">', text)) | set(re.findall(r"\{ #([^ ]+) \}", text))
    for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE):
        found.add(re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()))
    return found


# --- what a page says --------------------------------------------------------------------------------------


def test_a_rules_page_says_what_is_wrong_who_says_so_and_what_to_do(pages: dict[str, str]) -> None:
    page = pages["docs/rules/UN101.md"]
    lines = page.splitlines()
    assert lines[0] == "# UN101 timed-units-exceed-minutes"
    assert lines[2] == "More timed units are billed than the day's minutes support."
    assert "| if it goes out | denied (`deny`) |" in lines
    assert "| dates of service | from 2000-04-01 |" in lines
    assert "| judged for each | day of a patient |" in lines
    assert "- CMS, Pub 100-04, ch. 5 §20.2.C (read 2026-11-21; confidence: secondary)" in lines
    assert "At day: “3 timed units billed, 37 minutes support 2”" in lines
    assert "What is missing is named: minutes." in lines
    assert [line for line in lines if line.startswith("## ")] == [
        "## Not flagged",
        "## Fix",
        "## Says who",
        "## Reads",
        "## Examples",
    ]
    assert "ATTEST: it states something about the visit, so only a named person may apply it." in page
    assert "[UN102](UN102.md)" in page


def test_every_rules_page_has_its_sources_and_all_its_examples(pages: dict[str, str]) -> None:
    for entry in book.entries():
        page = pages[f"docs/rules/{entry.rule.code}.md"]
        assert page.count("```text\n") == len(entry.rule.examples)
        assert page.count("\nAt ") == sum(example.kind is ExampleKind.BAD for example in entry.rule.examples)
        assert page.count("(read 20") >= len(entry.rule.sources)


def test_the_catalog_of_rules_has_a_row_for_each(pages: dict[str, str]) -> None:
    rows = pages["docs/rules/catalog.csv"].splitlines()
    assert rows[0] == "code,name,family,severity,payers,from,through,fix,concept,standing"
    assert [row.partition(",")[0] for row in rows[1:]] == [rule.code for rule in book.rules()]
    assert "UN101,timed-units-exceed-minutes,units,deny,all payers,2000-04-01,,attest,units-over-minutes,active" in rows
    previews = {rule.code for rule in book.rules() if rule.preview}
    assert {row.partition(",")[0] for row in rows if row.endswith(",preview")} == previews
    for code in previews:
        assert "| standing | preview: its words and reach may still change" in pages[f"docs/rules/{code}.md"]
    assert pages["docs/rules/index.md"].count(", preview |") == len(previews)


def test_every_page_of_the_menu_is_there(pages: dict[str, str]) -> None:
    project = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    assert project["theme"]["font"] is False
    listed = re.findall(r"'([^']+\.md)'", str(project["nav"]))
    assert len(listed) == 27
    assert [name for name in listed if f"docs/{name}" not in pages and not (ROOT / "docs" / name).is_file()] == []


def test_a_values_page_has_every_amount_with_its_days_and_its_horizon(pages: dict[str, str]) -> None:
    page = pages["docs/values/kx_threshold_pt_slp.md"]
    assert "| $2,480.00 | 2026-01-01 | 2026-12-31 | seen |" in page
    assert "| $2,410.00 | 2025-01-01 | 2025-12-31 | secondary |" in page
    assert "Known through 2026-12-31. After that day the answer is *no data*, never the last value." in page
    assert "- `src/cleanclaim/facts/threshold/amounts.py`" in page


def test_a_codes_page_guides_and_an_ended_one_says_so(pages: dict[str, str]) -> None:
    page = pages["docs/codes/97530.md"]
    assert page.startswith("# 97530 ")
    for heading in ("Document", "Ask", "Not to confuse", "In a therapist's words", "Medicare by date", "Says who"):
        assert f"\n## {heading}\n" in page
    ended = pages["docs/codes/97001.md"]
    assert "| in force | first day not read; **through 2016-12-31** |" in ended
    assert "| replaced by | [97161](97161.md), [97162](97162.md), [97163](97163.md) |" in ended


def test_a_facts_page_says_what_it_is_made_of_and_who_reads_it(pages: dict[str, str]) -> None:
    page = pages["docs/facts/days/supported_units.md"]
    assert "| unit | units |" in page
    assert "| file | `src/cleanclaim/facts/units/allocation.py` |" in page
    assert "[`payer_unit_method`](../claims/payer_unit_method.md)" in page
    assert "- [UN101](../../rules/UN101.md)" in page


def test_the_page_of_the_command_line_has_the_help_of_every_command(pages: dict[str, str]) -> None:
    page = pages["docs/cli.md"]
    for name, line in COMMANDS.items():
        assert f"\n## cleanclaim {name}\n" in page
        assert line in page
    assert "\n### cleanclaim reference status\n" in page
    assert "-h, --help" in page
    assert max(len(line) for line in page.split("```")[1].splitlines()) <= 100


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"cleanclaim {name}" not in text] == []


# --- figures -----------------------------------------------------------------------------------------------


def test_figures_are_counted() -> None:
    block = figures.block(Columns())
    assert f"| rules | {len(book.rules()):,} |" in block
    assert f"| dated values | {len(values.names())} |" in block
    assert f"| procedure codes | {len(procedures.all_codes())}, of which " in block


def test_figures_go_between_the_marks_and_nothing_else_moves() -> None:
    text = f"a\n{figures.BEGIN}\n\nold\n\n{figures.END}\nb\n"
    renewed = figures.inserted("x.md", text, "new")
    assert renewed == f"a\n{figures.BEGIN}\n\nnew\n\n{figures.END}\nb\n"
    assert figures.inserted("x.md", renewed, "new") == renewed


def test_a_page_without_the_marks_is_an_error_that_names_it() -> None:
    with pytest.raises(figures.MarkerError, match=r"^README\.md: expected the lines"):
        figures.inserted("README.md", "no marks", "new")


# --- writing and comparing ---------------------------------------------------------------------------------


def test_pages_are_written_once_and_then_stay(project: Path) -> None:
    pages = {"docs/rules/AA101.md": "one\n", "docs/cli.md": "two\n"}
    assert [(item.path, item.what) for item in site.write(project, pages)] == [
        ("docs/cli.md", "absent"),
        ("docs/rules/AA101.md", "absent"),
    ]
    assert (project / "docs/rules/AA101.md").read_bytes() == b"one\n"
    assert site.write(project, pages) == []


def test_a_stale_page_is_told_and_renewed(project: Path) -> None:
    pages = {"docs/cli.md": "two\n"}
    (project / "docs/cli.md").write_text("one\n", encoding="utf-8")
    assert site.differences(project, pages) == [site.Difference("docs/cli.md", "stale")]
    assert (project / "docs/cli.md").read_text(encoding="utf-8") == "one\n"
    site.write(project, pages)
    assert (project / "docs/cli.md").read_text(encoding="utf-8") == "two\n"


def test_what_is_left_over_in_a_generated_folder_goes_and_other_pages_stay(project: Path) -> None:
    for name in ("docs/rules/AA999.md", "docs/payer-packs.md"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("mine\n", encoding="utf-8")
    assert site.write(project, {}) == [site.Difference("docs/rules/AA999.md", "left over")]
    assert not (project / "docs/rules/AA999.md").exists()
    assert (project / "docs/payer-packs.md").is_file()


def test_check_names_the_stale_file_and_the_command(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(site, "expected", lambda _root: {"docs/cli.md": "two\n"})
    assert command.main(["--check", "--root", str(project)]) == 1
    assert capsys.readouterr().out == "absent: docs/cli.md\nwrite them with: ./dev docs\n"
    assert not (project / "docs/cli.md").exists()
    assert command.main(["--root", str(project)]) == 0
    assert capsys.readouterr().out == "written: docs/cli.md\n1 generated files, 1 changed\n"
    assert command.main(["--check", "--root", str(project)]) == 0
    assert capsys.readouterr().out == "1 generated files, 0 stale\n"


def test_outside_a_project_it_says_what_was_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--root", str(tmp_path)]) == 2
    assert "expected a folder of the project, with pyproject.toml and docs/" in capsys.readouterr().err


# --- pieces ------------------------------------------------------------------------------------------------


def test_marks_in_text_are_taken_literally_and_code_is_kept() -> None:
    assert plain("a_b <c> `d_e` *f*\n  g") == r"a\_b &lt;c&gt; `d_e` \*f\* g"


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert table(["a", "b"], [("x|y", "z")]) == "| a | b |\n| --- | --- |\n| x\\|y | z |"


def test_only_codes_of_known_rules_become_links() -> None:
    assert (
        linked_rules("UN101, PT101 and XUN101", ["UN101"], "../rules/")
        == "[UN101](../rules/UN101.md), PT101 and XUN101"
    )


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (248_000, "cents", "$2,480.00"),
        (334_009, "conversion_factor_e4", "33.4009"),
        (200, "rate_e4", "0.0200"),
        (90, "days", "90 days"),
    ],
)
def test_a_value_is_shown_at_its_scale(value: int, unit: str, text: str) -> None:
    assert shown(value, unit) == text


# --- payers and modifiers ----------------------------------------------------------------------------------


def test_a_payers_page_says_what_decides_what_does_not_and_what_nobody_has_read(pages: dict[str, str]) -> None:
    lines = pages["docs/payers/cigna.md"].splitlines()
    assert lines[0] == "# Cigna (American Specialty Health)"
    assert lines[2].startswith("Cigna, therapy managed by American Specialty Health.")
    assert "| claim filing indicator | `CI` (confidence: memory) |" in lines
    stated, doubtful, unknown, said = (
        lines.index(f"## {title}") for title in ("What it states", "Doubtful", "Unknown", "Says who")
    )
    [cap] = [line for line in lines[stated:doubtful] if line.startswith("| `daily_unit_cap` ")]
    assert cap.startswith("| `daily_unit_cap` | 4 units, scope provider, applies to all <br> For each visit, ")
    assert cap.endswith(" | 2022-11-01 | no last day | secondary | 1 |")
    [doubt] = [line for line in lines[doubtful:unknown] if line.startswith("| `daily_unit_cap` ")]
    assert doubt.endswith(" | 2022-10-15 | 2022-10-31 | uncertain | 8 |")
    assert any(line.startswith("- `unit_method`: ") for line in lines[unknown:said])
    assert lines[said + 2].startswith("1. Utah Occupational Therapy Association, ")


def test_what_is_from_memory_is_listed_setting_by_setting(pages: dict[str, str]) -> None:
    lines = pages["docs/payers/index.md"].splitlines()
    listed = lines[lines.index("## From memory { #memory }") :]
    assert f"| `accident_required` | {len(payers.all_ids())} | all |" in listed
    assert "| `timely_filing_months` | 1 | [`medicaid_ca`](medicaid_ca.md) |" in listed
    assert not any(line.startswith("| `own_pairs` | 3") for line in listed)


def test_a_value_past_its_horizon_ends_there(pages: dict[str, str]) -> None:
    amounts = [line for line in pages["docs/payers/medicare_b.md"].splitlines() if "`appeal_least_amounts`" in line]
    assert [line.split(" | ")[2:4] for line in amounts] == [
        [f"{year}-01-01", f"{year}-12-31"] for year in (2023, 2024, 2025, 2026)
    ]


def test_the_catalog_of_payers_has_every_value_with_its_source(pages: dict[str, str]) -> None:
    rows = list(csv.DictReader(pages["docs/payers/catalog.csv"].splitlines()))
    assert len(rows) == sum(
        sum(len(series.values) for series in pack.settings.values()) + sum(map(len, pack.doubtful.values()))
        for pack in map(payers.get, payers.all_ids())
    )
    assert all(row["source"] and row["confidence"] for row in rows)
    [mine] = [row for row in rows if (row["payer"], row["setting"]) == ("wc_co", "price_basis")]
    assert (mine["value"], mine["from"], mine["through"]) == (
        "state fee schedule, conversion factor 49",
        "2024-01-01",
        "2024-12-31",
    )


def test_a_modifiers_page_says_what_it_means_and_which_rules_are_about_it(pages: dict[str, str]) -> None:
    page = pages["docs/modifiers/KX.md"]
    assert page.startswith("# KX Medically necessary above the yearly threshold\n")
    assert "| not beside | [GA](GA.md), [GZ](GZ.md) |" in page
    assert "- [TH101](../rules/TH101.md): A line takes the year's allowed therapy dollars above" in page
    # Two digits are a modifier where a rule looks for them, and a number elsewhere.
    assert "(../rules/MD401.md)" in pages["docs/modifiers/25.md"]
    assert "(../rules/PR102.md)" in pages["docs/modifiers/59.md"]
    assert "Rules about it" not in pages["docs/modifiers/50.md"]


def test_the_catalog_of_modifiers_has_every_known_code(pages: dict[str, str]) -> None:
    rows = list(csv.DictReader(pages["docs/modifiers/catalog.csv"].splitlines()))
    assert [row["code"] for row in rows] == sorted(modifiers.listed_codes())
    assert {row["code"] for row in rows if row["label"]} == {item.code for item in modifiers.all_modifiers()}
