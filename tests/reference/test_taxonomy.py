"""Taxonomy codes."""

from datetime import date

import pytest

from cleanclaim.reference import taxonomy
from cleanclaim.reference.reading import TableError
from cleanclaim.reference.taxonomy import TaxonomyDiscipline, TaxonomyRole
from cleanclaim.sources import Source

PAGE = Source("NUCC", "A page", "section 1", date(2026, 11, 21))


def test_how_many_codes() -> None:
    table = taxonomy.table()
    assert table.height == 883
    assert len(taxonomy.all_described()) == 47
    assert table["is_individual"].null_count() == 0
    assert table["is_individual"].sum() == 696
    counts = dict(table["role"].drop_nulls().value_counts().iter_rows())
    assert counts == {"therapist": 25, "assistant": 7, "clinic": 5, "other": 10}


@pytest.mark.parametrize(
    ("code", "role", "discipline", "individual"),
    [
        ("225100000X", TaxonomyRole.THERAPIST, TaxonomyDiscipline.PT, True),
        ("2251X0800X", TaxonomyRole.THERAPIST, TaxonomyDiscipline.PT, True),
        ("225200000X", TaxonomyRole.ASSISTANT, TaxonomyDiscipline.PT, True),
        ("225X00000X", TaxonomyRole.THERAPIST, TaxonomyDiscipline.OT, True),
        ("224Z00000X", TaxonomyRole.ASSISTANT, TaxonomyDiscipline.OT, True),
        ("235Z00000X", TaxonomyRole.THERAPIST, TaxonomyDiscipline.SLP, True),
        ("2255A2300X", TaxonomyRole.OTHER, TaxonomyDiscipline.AT, True),
        ("261QP2000X", TaxonomyRole.CLINIC, TaxonomyDiscipline.PT, False),
        ("193400000X", TaxonomyRole.CLINIC, TaxonomyDiscipline.SEVERAL, False),
    ],
)
def test_described_codes(code: str, role: TaxonomyRole, discipline: TaxonomyDiscipline, *, individual: bool) -> None:
    item = taxonomy.get(code)
    assert item is not None
    assert (item.role, item.discipline, item.is_individual) == (role, discipline, individual)
    assert taxonomy.is_individual(code) is individual


@pytest.mark.parametrize("prefix", ["2251", "2252", "224Z", "225X", "235Z"])
def test_every_listed_therapist_code_is_described(prefix: str) -> None:
    codes = [code for code in taxonomy.table()["code"] if code.startswith(prefix)]
    assert codes
    assert all(taxonomy.get(code) for code in codes)


@pytest.mark.parametrize(
    ("code", "formed", "listed"),
    [
        ("225100000X", True, True),
        ("207K00000X", True, True),
        ("225100001X", True, False),
        ("225100000", False, False),
        ("225100000x", False, False),
        ("A25100000X", False, False),
        ("", False, False),
    ],
)
def test_form_and_membership(code: str, *, formed: bool, listed: bool) -> None:
    assert taxonomy.is_well_formed(code) is formed
    assert taxonomy.is_listed(code) is listed


def test_a_listed_code_need_not_be_described() -> None:
    assert taxonomy.get("207K00000X") is None
    assert taxonomy.is_individual("207K00000X") is True
    assert taxonomy.is_individual("225100001X") is None


def test_a_wrong_entry_does_not_load() -> None:
    entry = {"label": "L", "role": "clinic", "discipline": "PT", "source": "page"}
    listed = {"261QP2000X": False}
    assert taxonomy.parse("t.toml", {"261QP2000X": entry}, {"page": PAGE}, listed)["261QP2000X"].label == "L"
    with pytest.raises(TableError, match=r"^t.toml: 261QP2001X: is not in the code set$"):
        taxonomy.parse("t.toml", {"261QP2001X": entry}, {"page": PAGE}, listed)
    with pytest.raises(TableError, match=r"^t.toml: 261QP2000X: unknown key 'x'$"):
        taxonomy.parse("t.toml", {"261QP2000X": entry | {"x": 1}}, {"page": PAGE}, listed)
