"""`cleanclaim payer-sim serve`: keep the simulated payer's SFTP door open, and say what goes through it."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

from cleanclaim.cli.output import out
from cleanclaim.money import dollars
from cleanclaim.payer_sim import Answered
from cleanclaim.payer_sim.serving import HOST, USER, Counter, open_door

_LOOKS_EVERY = 60
"""Seconds after which the payer sees whether a day of payment has come."""


def wait_behind_the_door(folder: Path, *, port: int, seed: int, scenario: str, settle: bool) -> None:
    """Print how to sign in, and answer until stopped by the keyboard."""
    counter = Counter(folder, seed, scenario, date.today, settle, _say)  # the day where the user is
    counter.prepare()
    try:
        asyncio.run(_wait(counter, port))
    except KeyboardInterrupt:
        out.print("stopped")


async def _wait(counter: Counter, port: int) -> None:
    acceptor = await open_door(counter, port)
    key = counter.host_key
    public = " ".join(key.export_public_key().decode().split()[:2])
    out.print(f"[bold]sftp -P {acceptor.get_port()} {USER}@{HOST}[/], claims into in/, answers from out/")
    out.print(f"password  {counter.password}", markup=False)
    out.print(f"host key  {public}", markup=False, soft_wrap=True)
    out.print(f"          {key.get_fingerprint()}", markup=False, soft_wrap=True)
    while True:
        await counter.serve_once()
        await asyncio.sleep(_LOOKS_EVERY)


def _say(found: Answered) -> None:
    asked = sum(found.inquiries.values())
    paid = f"{len(found.payments)} payments of {dollars(found.paid_cents)}"
    out.print(f"{found.claims} claims, {asked} questions: {len(found.files)} answers, {paid}", markup=False)
