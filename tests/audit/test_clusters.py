"""A cluster finds what one process finds, and loses nothing when a worker dies."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks import _archive as archive
from cleanclaim.audit import spill
from cleanclaim.audit.archive import archive_of
from cleanclaim.audit.block import Settings
from cleanclaim.audit.dask_engine import SchedulerError, on_cluster, require_private
from cleanclaim.audit.gathering import Gathered
from cleanclaim.audit.packing import FILE, NUMBER
from cleanclaim.audit.run import Task, in_turn, run_audit
from cleanclaim.audit.spill import Piece
from cleanclaim.facts.kit import Reach
from tests.audit.made import same
from tests.audit.test_run import SETTINGS

LINES = 1_200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("archive")
    archive.write(place, LINES, seed=11)
    return place


@pytest.fixture(scope="module")
def local(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    work = tmp_path_factory.mktemp("local")
    return run_audit(
        archive_of([str(folder)]).files, SETTINGS, work, running=nullcontext(in_turn), told=lambda *_: None
    )


@pytest.mark.slow
@pytest.mark.enable_socket
def test_dask_finds_what_one_process_finds_though_a_worker_is_killed(
    folder: Path, local: Gathered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(spill, "LINES_A_BLOCK", 200)
    killed: list[int] = []

    with on_cluster(workers=2) as runner:

        def killing(tasks: Sequence[Piece | Task]) -> Iterator[int]:
            for place, done in enumerate(runner(tasks)):
                if place == 1 and not killed:
                    import distributed  # noqa: PLC0415 - only where it is installed

                    workers = distributed.default_client().run(os.getpid)
                    killed.append(next(iter(workers.values())))
                    os.kill(killed[0], signal.SIGKILL)
                yield done

        found = run_audit(
            archive_of([str(folder)]).files, SETTINGS, tmp_path, running=nullcontext(killing), told=lambda *_: None
        )

    assert len(killed) == 1
    same(local, found)


@pytest.mark.parametrize("address", ["10.0.0.5:8786", "tcp://scheduler.example:8786", "ws://10.0.0.5"])
def test_a_scheduler_elsewhere_is_refused_without_tls(address: str) -> None:
    with pytest.raises(SchedulerError, match="by TLS alone"):
        require_private(address)


@pytest.mark.parametrize("address", ["tls://10.0.0.5:8786", "127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:9"])
def test_a_scheduler_by_tls_or_on_this_machine_is_taken(address: str) -> None:
    require_private(address)


def test_certificates_that_are_not_there_are_named(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with (
        pytest.raises(SchedulerError, match=r"ca\.pem: is not there"),
        on_cluster("tls://10.0.0.5:8786", certificates=tmp_path),
    ):
        pass


@pytest.mark.enable_socket
def test_spark_finds_what_one_process_finds(
    folder: Path, local: Gathered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - only where it is installed

    from cleanclaim.audit.spark import audited  # noqa: PLC0415 - only where it is installed

    # Workers run the interpreter of the test, and find the package where it finds it.
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    lines = pl.concat(
        pl.read_parquet(path).with_columns(
            pl.lit(place).cast(pl.Int64).alias(FILE), pl.int_range(pl.len(), dtype=pl.Int64).alias(NUMBER)
        )
        for place, path in enumerate(sorted(folder.glob("*.parquet")))
    )
    lines.write_parquet(tmp_path / "lines.parquet")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    try:
        table = session.read.parquet(str(tmp_path / "lines.parquet"))
        for reach in (Reach.PATIENT, Reach.THERAPIST):
            judged = audited(table, Settings(as_of=SETTINGS.as_of), partitions=3, reach=reach)
            judged.write.mode("append").parquet(str(tmp_path / "findings"))
        found = pl.read_parquet(tmp_path / "findings" / "*.parquet")
    finally:
        session.stop()
    expected = local.stretches.findings.collect().filter(pl.col("rule").is_in(["TD107", "TH106"]).not_())
    order = ["file", "row", "rule", "place", "arguments"]
    assert expected.height > 100
    assert_frame_equal(found.sort(order), expected.sort(order), check_dtypes=False)
