"""The data folder: complete editions, an atomic manifest, the user's alone; and what damaged input leaves behind."""

from __future__ import annotations

import hashlib
import json
import stat
import struct
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.reference import ncci
from cleanclaim.reference.published import opening, store
from cleanclaim.reference.published.editions import BUILT_IN, Editions, by_editions, current, refresh, using
from cleanclaim.reference.published.kinds import Kind, records
from cleanclaim.reference.published.load import load_files, read_files
from cleanclaim.reference.published.opening import PublishedFileError, open_file
from cleanclaim.reference.published.store import NewEdition, SourceFile, StoreError, forget, keep, read_manifest
from tests.reference.published.files import PTP_ROWS, ptp, ptp_zips, write, zipped

TODAY = date(2026, 11, 21)


def _new(name: str, codes: list[str], kind: Kind = Kind.HCPCS) -> NewEdition:
    frame = pl.DataFrame({"code": codes, "begins_on": [None] * len(codes), "ended_on": [None] * len(codes)})
    first = date.fromisoformat(name)
    return NewEdition(kind, name, "", first, date(first.year, 12, 31), frame, (SourceFile("a.txt", "0" * 64),))


def _modes(folder: Path) -> set[str]:
    return {stat.filemode(path.stat().st_mode) for path in folder.rglob("*")}


def test_an_edition_is_kept_with_its_provenance(data: Path, tmp_path: Path) -> None:
    zips = ptp_zips(tmp_path)
    [kept], _ = load_files(zips, today=TODAY)
    assert read_manifest(data) == (kept,)
    assert kept.rows == len(PTP_ROWS)
    assert (kept.valid_from, kept.valid_through, kept.begins) == (date(1996, 1, 1), date(2026, 9, 30), date(2026, 7, 1))
    assert kept.sha256 == hashlib.sha256((kept.folder / "table.parquet").read_bytes()).hexdigest()
    first = zipfile.ZipFile(zips[0]).read("ccipra-v322r0-f1.TXT")
    assert kept.files[0].sha256 == hashlib.sha256(first).hexdigest()
    assert kept.source.cite() == (
        "CMS, Medicare NCCI procedure-to-procedure (PTP) edits, practitioner services, edition of 2026-07-01, "
        "version 32.2, loaded from ccipra-v322r0-f1.zip: ccipra-v322r0-f1.TXT, ccipra-v322r0-f2.zip: "
        "ccipra-v322r0-f2.TXT (read 2026-11-21)"
    )
    assert _modes(data) == {"drwx------", "-rw-------"}


def test_an_edition_of_the_same_day_is_replaced_and_its_files_are_removed(data: Path) -> None:
    first = keep(data, _new("2026-07-01", ["A0021", "A0080"]), TODAY)
    other = keep(data, _new("2026-04-01", ["A0021"]), TODAY)
    second = keep(data, _new("2026-07-01", ["A0021", "A0090"]), TODAY)
    assert read_manifest(data) == (other, second)
    assert not first.folder.exists()
    assert second.table()["code"].to_list() == ["A0021", "A0090"]
    assert sorted(path.name for path in (data / "hcpcs").iterdir()) == sorted([other.folder.name, second.folder.name])


def test_the_same_table_loaded_again_stays_in_its_place(data: Path, tmp_path: Path) -> None:
    zips = ptp_zips(tmp_path)
    [first], _ = load_files(zips, today=TODAY)
    place = first.folder.stat().st_ino
    [again], _ = load_files(zips, today=date(2026, 11, 22))
    assert (again.folder, again.folder.stat().st_ino) == (first.folder, place)
    assert [item.loaded_on for item in read_manifest(data)] == [date(2026, 11, 22)]
    # A damaged one is written anew.
    (first.folder / "keys.npy").write_bytes(b"")
    load_files(zips, today=TODAY)
    assert ncci.find("29881", "29877", date(2026, 8, 1)) is not None


def test_the_same_rows_make_the_same_bytes(data: Path, tmp_path: Path) -> None:
    one = keep(data, _new("2026-07-01", ["A0021"]), TODAY)
    two = keep(tmp_path / "other", _new("2026-07-01", ["A0021"]), TODAY)
    assert one.sha256 == two.sha256


def test_a_forgotten_edition_is_gone(data: Path) -> None:
    kept = keep(data, _new("2026-07-01", ["A0021"]), TODAY)
    assert not forget(data, Kind.HCPCS, "2026-04-01")
    assert not forget(data, Kind.TAXONOMY, "2026-07-01")
    assert forget(data, Kind.HCPCS, "2026-07-01")
    assert read_manifest(data) == ()
    assert not kept.folder.exists()


def test_a_wrong_file_leaves_the_edition_before_it(data: Path, tmp_path: Path) -> None:
    [kept], _ = load_files(ptp_zips(tmp_path), today=TODAY)
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    bad = write(tmp_path / "ccipra-v323r0-f1.txt", ptp().replace("20120101", "20129901"))
    with pytest.raises(PublishedFileError, match="row 9, field begins"):
        load_files([bad], today=TODAY)
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before
    assert current().loaded == (kept,)


def test_of_several_files_none_is_kept_where_one_is_wrong(data: Path, tmp_path: Path) -> None:
    bad = write(tmp_path / "notes.txt", "Dear colleague,\n")
    with pytest.raises(PublishedFileError, match=r"notes\.txt: no layout that is known"):
        load_files([*ptp_zips(tmp_path), bad], today=TODAY)
    assert not data.exists()


def test_a_failed_write_leaves_the_edition_before_it(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep(data, _new("2026-07-01", ["A0021"]), TODAY)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "_replace_manifest", full)
    with pytest.raises(OSError, match="No space left"):
        keep(data, _new("2026-07-01", ["A0021", "A0090"]), TODAY)
    monkeypatch.undo()
    assert read_manifest(data) == (kept,)
    assert kept.table()["code"].to_list() == ["A0021"]


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(("rows", "refused"), [(12, False), (11, True)])
def test_an_edition_that_shrank_is_taken_for_cut_off(tmp_path: Path, rows: int, *, refused: bool) -> None:
    # 15 rows before; 12 are eight tenths of them.
    load_files(ptp_zips(tmp_path), today=TODAY)
    one_each = list({row[0][0]: row for row in PTP_ROWS}.values())
    more = [("29881", code, "", "20260701", "*", "0", "x") for code in ("29870", "29871")]
    text = ptp([*one_each, *more][:rows])
    path = write(tmp_path / "ccipra-v323r0-f1.txt", text)
    if refused:
        with pytest.raises(PublishedFileError, match=r"11 rows of .* the edition of 2026-07-01 has 15"):
            load_files([path], today=TODAY)
        load_files([path], today=TODAY, fewer=True)
    else:
        load_files([path], today=TODAY)
    assert ncci.edition().name == "2026-10-01"


def test_damage_is_told(data: Path) -> None:
    kept = keep(data, _new("2026-07-01", ["A0021"]), TODAY)
    assert kept.is_whole()
    table = kept.folder / "table.parquet"
    table.write_bytes(table.read_bytes()[:-20])
    assert not kept.is_whole()
    with pytest.raises(StoreError, match=r"table\.parquet: cannot be read; load the edition of 2026-07-01 again"):
        kept.table()
    table.unlink()
    assert not kept.is_whole()
    keep(data, _new("2026-10-01", ["A0021"]), TODAY)
    (data / "editions.json").write_text("{", "utf-8")
    with pytest.raises(StoreError, match=r"editions\.json: cannot be read"):
        read_manifest(data)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": 2}, "of another format"),
        ({"editions": [{"kind": "hcpcs"}]}, "an entry is damaged"),
        ({"editions": None}, "an entry is damaged"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(data: Path, change: dict[str, object], says: str) -> None:
    data.mkdir()
    (data / "editions.json").write_text(json.dumps({"format": 1, "editions": [], **change}), "utf-8")
    refresh()
    with pytest.raises(StoreError, match=says):
        current()


def test_a_manifest_cannot_lead_out_of_the_data_folder(data: Path) -> None:
    keep(data, _new("2026-07-01", ["A0021"]), TODAY)
    document = json.loads((data / "editions.json").read_text("utf-8"))
    document["editions"][0]["folder"] = "../../elsewhere"
    (data / "editions.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(StoreError, match="leads outside"):
        read_manifest(data)


def test_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANCLAIM_DATA", "/own")
    monkeypatch.setenv("XDG_DATA_HOME", "/xdg")
    assert store.data_folder() == Path("/own")
    monkeypatch.delenv("CLEANCLAIM_DATA")
    assert store.data_folder() == Path("/xdg/cleanclaim")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/own-home")
    assert store.data_folder() == Path("/own-home/.local/share/cleanclaim")


# --- archives --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../table.txt", "/etc/table.txt", "a/../../table.txt", "..\\table.txt", "C:\\a.txt"])
def test_a_member_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PublishedFileError, match="leads outside the archive"):
        open_file(zipped(tmp_path / "a.zip", {name: "x"}))


def test_an_archive_that_expands_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"a.txt": b"0" * 3_000_000})
    with pytest.raises(PublishedFileError, match=r"a\.txt expands more than 200 times"):
        open_file(bomb)
    monkeypatch.setattr(opening, "MOST_BYTES", 2_000_000)
    with pytest.raises(PublishedFileError, match="unpacks to 2 MB; expected at most 1 MB"):
        open_file(bomb)


def test_a_zip_that_states_a_smaller_size_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": bytes(range(256)) * 20})
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, place + 24, 5)
    path.write_bytes(bytes(data))
    with pytest.raises(PublishedFileError, match=r"a\.txt"):
        open_file(path)


def test_a_cut_off_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": "x" * 100})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(PublishedFileError, match="damaged or truncated zip"):
        open_file(path)
    gz = tmp_path / "a.csv.gz"
    gz.write_bytes(b"\x1f\x8b\x08\x00 no gzip")
    with pytest.raises(PublishedFileError, match="damaged or truncated gzip"):
        open_file(gz)


def test_archives_inside_archives_end_somewhere(tmp_path: Path) -> None:
    one = zipped(tmp_path / "1.zip", {"ccipra-v322r0-f1.txt": ptp()})
    two = zipped(tmp_path / "2.zip", {"1.zip": one.read_bytes()})
    assert [part.name for part in open_file(two)] == ["2.zip: 1.zip: ccipra-v322r0-f1.txt"]
    three = zipped(tmp_path / "3.zip", {"2.zip": two.read_bytes()})
    with pytest.raises(PublishedFileError, match="archive inside archives"):
        open_file(three)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublishedFileError, match=r"nothing\.zip: cannot be read"):
        read_files([tmp_path / "nothing.zip"])


# --- choices ---------------------------------------------------------------------------------------------


def test_a_choice_holds_for_its_block_and_answers_are_kept_apart(data: Path, tmp_path: Path) -> None:
    asked: list[str] = []

    @by_editions(Kind.PTP_PRACTITIONER)
    def answer(word: str) -> str:
        asked.append(word)
        return f"{word} by {ncci.edition().name}"

    assert answer("judged") == "judged by 2024-07-01"
    load_files(ptp_zips(tmp_path), today=TODAY, folder=data)
    assert answer("judged") == "judged by 2026-07-01"
    with using(BUILT_IN):
        assert answer("judged") == "judged by 2024-07-01"
        with using(Editions(read_manifest(data))):
            assert answer("judged") == "judged by 2026-07-01"
    assert answer("judged") == "judged by 2026-07-01"
    assert asked == ["judged", "judged"]
    # An edition of another kind changes nothing here.
    keep(data, _new("2026-07-01", ["A0021"]), TODAY)
    refresh()
    assert answer("judged") == "judged by 2026-07-01"
    assert len(asked) == 2


def test_every_kind_has_a_record() -> None:
    assert set(records()) == set(Kind)
    assert all(item.url.startswith("https://") and item.switches_on for item in records().values())
