"""Seeded damage to a file: what transfers, editors and senders do to it."""

from __future__ import annotations

import random

SIGNS = b"*:~^\n\r \x00|>ISA\xff\xc3"
WORDS = (
    b"HL*",
    b"CLM*",
    b"~",
    b"ST*837*1~",
    b"SE*1*1~",
    b"ISA*",
    b"CLP*",
    b"NM1*IL*1*",
    b"LX*1~",
    b"\xef\xbb\xbf",
    b"GE*~",
)


def damaged(data: bytes, seed: int, times: int) -> bytes:
    """The data after that many blows: bytes changed, segments lost, doubled, moved or cut, pieces put in."""
    pick = random.Random(seed)
    for _ in range(times):
        data = pick.choice(BLOWS)(data, pick)
    return data


def _byte(data: bytes, pick: random.Random) -> bytes:
    at = pick.randrange(max(1, len(data)))
    return data[:at] + bytes([pick.choice(SIGNS) if pick.random() < 0.7 else pick.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, pick: random.Random) -> bytes:
    at = pick.randrange(max(1, len(data)))
    return data[:at] + data[at + pick.choice((1, 2, 10, 200)) :]


def _insert(data: bytes, pick: random.Random) -> bytes:
    at = pick.randrange(max(1, len(data)))
    return data[:at] + pick.choice(WORDS) + data[at:]


def _segment(data: bytes, pick: random.Random) -> bytes:
    pieces = data.split(b"~")
    at = pick.randrange(len(pieces))
    blow = pick.randrange(4)
    if blow == 0:
        del pieces[at]
    elif blow == 1:
        pieces.insert(at, pieces[at])
    elif blow == 2:
        pieces.insert(pick.randrange(len(pieces)), pieces.pop(at))
    else:
        pieces[at] = pieces[at].rpartition(b"*")[0]
    return b"~".join(pieces)


def _end(data: bytes, pick: random.Random) -> bytes:
    return data[: pick.randrange(len(data) + 1)]


def _amount(data: bytes, pick: random.Random) -> bytes:
    digits = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if not digits:
        return data
    at = pick.choice(digits)
    return data[:at] + pick.choice((b"", b"x", b"99999999999999999999", b".", b"-", b"\xd9\xa3")) + data[at + 1 :]


BLOWS = (_byte, _cut, _insert, _segment, _segment, _segment, _end, _amount)
