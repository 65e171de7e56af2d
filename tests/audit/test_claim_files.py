"""Claim and payment files in an audit: judged as a check judges them, with what was paid beside."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.audit import spill, work_plan, x12_inputs
from cleanclaim.audit.archive import archive_of
from cleanclaim.audit.block import Settings
from cleanclaim.audit.gathering import Gathered
from cleanclaim.audit.run import in_turn, run_audit
from cleanclaim.bill.job import bill
from cleanclaim.bill.output import Written, write_claim_files
from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Context, Reach
from cleanclaim.records.reading import read_folder
from cleanclaim.reference.payers import Payer, load_folder
from cleanclaim.rules.book import active_rules
from cleanclaim.x12.columnar.claim_tables import tables_of_block
from cleanclaim.x12.columnar.reader import read_blocks

CLINIC = Path("examples/clinic-day")
AS_OF = date(2026, 11, 16)
REMITTANCE = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261116*1200*^*00501*000000001*0*T*:~"
    "GS*HP*PAYER*CLINIC*20261116*1200*1*X*005010X221A1~ST*835*0001~"
    "BPR*I*{total}*C*ACH*CCP*01*111000025*DA*1*1512345678**01*111000025*DA*2*20261116~TRN*1*T{trace}*1512345678~"
    "DTM*405*20261116~N1*PR*PAYER~N3*1 PAYER WAY~N4*ALBANY*NY*12207~PER*BL*DESK*TE*5185550100~"
    "N1*PE*CLINIC*XX*{payee}~LX*1~"
    "CLP*{claim}*1*200*{total}*0*MC*P1~NM1*QC*1*DOE*JO~SVC*HC:97110*200*{total}**2~DTM*472*20261101~"
    "SE*16*0001~GE*1*1~IEA*1*000000001~"
)


@pytest.fixture(scope="module")
def packs() -> dict[str, Payer]:
    return {payer.id: payer for payer in load_folder(CLINIC / "payers")}


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory, packs: dict[str, Payer]) -> Path:
    """The claim files of the sample clinic, exercise billed without its therapy modifier."""
    folder = tmp_path_factory.mktemp("claims")
    loaded = read_folder(CLINIC)
    assert loaded.clinic is not None
    billed = bill(loaded.clinic, loaded.patients, loaded.visits, as_of=AS_OF, packs=packs)
    write_claim_files(billed, loaded.clinic, folder, created=datetime(2026, 11, 16).astimezone(), written=Written())
    files = archive_of([str(folder)]).files
    assert len(files) >= 3
    for file in files:
        path = Path(file.path)
        path.write_bytes(path.read_bytes().replace(b"HC:97110:GP", b"HC:97110"))
    return folder


def audited(folder: Path, work: Path, packs: dict[str, Payer]) -> Gathered:
    settings = Settings(AS_OF, payers=tuple(packs.values()))
    return run_audit(
        archive_of([str(folder)]).files, settings, work, running=nullcontext(in_turn), told=lambda *_: None
    )


@pytest.mark.slow
@pytest.mark.parametrize("lines", [20, 100_000])
def test_claims_are_judged_as_a_check_judges_them(
    lines: int, claims: Path, packs: dict[str, Payer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "LINES_A_BLOCK", lines)
    monkeypatch.setattr(x12_inputs, "CLAIMS_HELD", 5)
    found = audited(claims, tmp_path, packs)
    judge = Judge([rule for rule in active_rules() if Judge([rule]).reach(rule) is Reach.PATIENT])
    codes = {rule.code for rule in judge.rules}
    checked = 0
    for number, file in enumerate(archive_of([str(claims)]).files):
        (block,) = read_blocks(Path(file.path))
        tables = tables_of_block(block, as_of=AS_OF, packs=packs).tables
        expected: Counter[tuple[str, str, str]] = Counter()
        keys = tables.claims.get_column("claim_key").to_list()
        for item in judge.judge(tables, Context(payers=packs)).findings():
            expected[keys[item.claim_id], item.code, item.place] += 1
        own = found.stretches.findings.collect().filter((pl.col("file") == number) & pl.col("rule").is_in(codes))
        assert Counter(own.select("claim", "rule", "place").iter_rows()) == expected
        checked += expected.total()
    assert checked > 10


def test_claims_have_what_payment_files_say_was_paid(
    claims: Path, packs: dict[str, Payer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    for file in claims.rglob("*.837*"):
        (folder / file.name).write_bytes(file.read_bytes())
    key, payee = (
        audited(folder, tmp_path / "first", packs).stretches.claims.collect().select("claim", "billing_npi").row(0)
    )
    for place, cents in enumerate((5000, -1250)):
        text = REMITTANCE.format(claim=key, payee=payee, trace=place, total=f"{cents / 100:g}")
        (folder / f"paid-{place}.835").write_text(text)

    # A payment may be for any claim, in whichever stretch of the archive it stands.
    monkeypatch.setattr(work_plan, "LINES_A_STRETCH", 7)
    found = audited(folder, tmp_path / "second", packs).stretches
    by_claim = found.claims.collect()

    assert len(found.parts) > 2
    assert by_claim.filter(pl.col("claim") == key).get_column("paid_cents").to_list() == [3750]
    assert by_claim.filter(pl.col("claim") != key).get_column("paid_cents").null_count() == by_claim.height - 1


def test_a_claim_file_that_breaks_off_is_read_as_far_as_it_goes(
    claims: Path, packs: dict[str, Payer], tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    whole = max(claims.rglob("*.837*"), key=lambda path: path.stat().st_size).read_bytes()
    (folder / "broken.837").write_bytes(whole[: len(whole) // 2])

    found = audited(folder, tmp_path / "work", packs)

    assert found.stretches.claims.collect().height > 3
    begun = whole[: len(whole) // 2].count(b"CLM*")
    assert found.stretches.claims.collect().height == begun - 1
    aside = found.frames["set_aside"].sort("field")
    assert aside.select("field", "expected").rows() == [
        ("DTP", "a terminator '~'"),
        ("DTP03", "CCYYMMDD"),
        ("GE", "GE"),
        ("IEA", "the end of the interchange; the file breaks off and its last claim is left out"),
        ("SE", "SE"),
    ]
    assert aside["file"].unique().to_list() == [0]
    assert aside["row"].n_unique() == 1
