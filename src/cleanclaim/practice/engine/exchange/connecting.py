"""From a clinic's row to the connection it describes."""

from __future__ import annotations

from pathlib import Path

from cleanclaim.practice import environment
from cleanclaim.practice.models import ConnectionKind, ExchangeConnection
from cleanclaim.submission.connections import Connection
from cleanclaim.submission.folder import FolderConnection

OUT, ANSWERS = "out", "in"
"""The folders of a clinic whose files travel by folders of the server."""


def folders_of(slug: str) -> tuple[Path, Path]:
    """The folders of a clinic: files go out by the first, answers come in by the second. Made where they are missing.

    They lie under one folder that the server's owner names (`CLEANCLAIM_EXCHANGE`): nobody types a path in a page.
    """
    root = environment.exchange_folder() / slug
    found = root / OUT, root / ANSWERS
    for folder in found:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def connection_of(row: ExchangeConnection) -> Connection:
    """The connection that a row describes; it is opened by `with`."""
    if row.kind == ConnectionKind.FOLDER.value:
        out, answers = folders_of(row.clinic.slug)
        return FolderConnection(out, answers)
    from cleanclaim.submission.sftp import SftpAccount, SftpConnection  # noqa: PLC0415 - an extra, loaded where used

    return SftpConnection(
        SftpAccount(
            host=row.host,
            port=row.port,
            user_name=row.user_name,
            password=row.password or "",
            private_key=row.private_key or "",
            host_key=row.host_key,
            out_folder=row.out_folder,
            answers_folder=row.answers_folder,
        )
    )
