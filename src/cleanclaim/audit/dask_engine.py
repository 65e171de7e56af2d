"""Judge an archive's blocks on a Dask cluster: the same blocks, the same function, the same findings.

A block travels to a worker as Arrow and its frames travel back, so workers need this package and no shared disk.
Tasks carry claims of patients: a scheduler beyond this machine is spoken to by TLS alone, and no dashboard is served.
Needs the extra `cleanclaim[cluster]`.
"""

from __future__ import annotations

import ipaddress
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleanclaim.audit.block import Beside, Judged, Rows, Settings, judge_block
from cleanclaim.audit.run import WORKER, Runner, Task, as_they_were, in_turn
from cleanclaim.audit.spill import Piece
from cleanclaim.facts.kit import Reach

if TYPE_CHECKING:
    from distributed import Client

_BLOCKS_A_WORKER = 2
"""Blocks on their way for each worker: one at work, one waiting beside it."""


class SchedulerError(ValueError):
    """A scheduler that claims may not be sent to, or that does not answer."""


@contextmanager
def on_cluster(scheduler: str | None = None, *, workers: int = 2, certificates: Path | None = None) -> Iterator[Runner]:
    """A runner whose blocks are judged on a cluster; one of its own on this machine where none is named.

    Args:
        scheduler: address of a running scheduler, such as `tls://host:8786`.
        workers: processes of the cluster that is started where no scheduler is named.
        certificates: folder with `ca.pem`, `cert.pem` and `key.pem`, for a scheduler spoken to by TLS.

    Raises:
        SchedulerError: the scheduler lies beyond this machine and is not spoken to by TLS, or it does not answer.
    """
    import dask  # noqa: PLC0415 - only with the extra
    import distributed  # noqa: PLC0415 - only with the extra

    if scheduler is None:
        # What a process does with its memory is settled when it starts.
        with as_they_were(WORKER), dask.config.set({"distributed.nanny.pre-spawn-environ": WORKER}):
            cluster = distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                # A worker's dashboard is a server of its own.
                worker_dashboard_address=None,
            )
            with cluster, distributed.Client(cluster) as client:
                yield runner_of(client)
        return
    require_private(scheduler)
    security = None if certificates is None else _security(certificates)
    try:
        client = distributed.Client(scheduler, security=security, timeout="20s")
    except OSError as error:
        raise SchedulerError(f"{scheduler}: no scheduler answers; expected a running Dask scheduler") from error
    with client:
        yield runner_of(client)


def require_private(scheduler: str) -> None:
    """Refuse an address at which others could read the claims on their way.

    Raises:
        SchedulerError: it is neither on this machine nor spoken to by TLS.
    """
    address = urlsplit(scheduler if "://" in scheduler else f"tcp://{scheduler}")
    if address.scheme == "tls":
        return
    host = address.hostname or ""
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost"
    if not is_here:
        raise SchedulerError(
            f"{scheduler}: beyond this machine claims travel by TLS alone; expected tls://HOST:PORT and certificates"
        )


def _security(certificates: Path) -> object:
    import distributed  # noqa: PLC0415 - only with the extra

    named = {part: certificates / f"{part}.pem" for part in ("ca", "cert", "key")}
    for path in named.values():
        if not path.is_file():
            raise SchedulerError(f"{path}: is not there; expected ca.pem, cert.pem and key.pem in the folder")
    return distributed.Security(
        tls_ca_file=str(named["ca"]),
        tls_client_cert=str(named["cert"]),
        tls_client_key=str(named["key"]),
        require_encryption=True,
    )


def runner_of(client: Client) -> Runner:
    """A runner on the client's cluster; a block whose worker is lost is judged by another."""
    import distributed  # noqa: PLC0415 - only with the extra

    def run(tasks: Sequence[Piece | Task]) -> Iterator[int]:
        # The archive lies on this machine.
        yield from in_turn([task for task in tasks if isinstance(task, Piece)])
        waiting = (task for task in tasks if isinstance(task, Task))
        sent: dict[str, Task] = {}
        results = distributed.as_completed()

        def send() -> None:
            task = next(waiting, None)
            if task is not None:
                rows = task.load()
                # The same block judged again is the same block: it may be sent to another worker.
                with warnings.catch_warnings():
                    # A block is what is sent: it lies on this machine and is needed once.
                    warnings.filterwarnings("ignore", "Sending large graph")
                    future = client.submit(
                        _judge, rows, task.settings, task.reach, task.beside, key=f"{task.result}", retries=3
                    )
                sent[future.key] = task
                results.add(future)

        for _ in range(max(1, len(client.scheduler_info(n_workers=-1)["workers"])) * _BLOCKS_A_WORKER):
            send()
        while sent:
            future = next(results)
            task = sent.pop(future.key)
            task.keep(future.result())
            future.release()
            send()
            yield 1

    return run


def _judge(rows: Rows | None, settings: Settings, reach: Reach, beside: Beside) -> Judged | None:
    """Judge a block on a worker; nothing for a block without rows."""
    return None if rows is None else judge_block(rows, settings, reach, beside)
