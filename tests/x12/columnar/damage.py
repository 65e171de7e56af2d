"""Seeded damage to a file: what transfers, editors and senders do to it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import NamedTuple

from cleanclaim.x12.delimiters import STANDARD, Delimiters

_BYTES = b"*:~^\n\r \x00|>ISA\xff\xc3"
_CONTROLS = b"\x00\x01\x07\t\n\x0b\x0c\r\x1a\x1c\x1d\x1e\x1f\x7f\x85\xa0"
_ENVELOPES = ("ISA", "GS", "ST", "SE", "GE", "IEA", "BHT", "BPR", "HL")
_COUNTS = ("SE", "GE", "IEA", "HL", "LX")
_WORDS = (
    "HL*", "CLM*", "~", "ST*837*1~", "ST*835*1~", "SE*1*1~", "ISA*", "CLP*", "CLP*X9*1*10*10~", "NM1*IL*1*", "NM1*QC*1*X~",
    "LX*1~", "SVC*HC:97110*1*1~", "\ufeff", "GE*~", "GS*HP~", "IEA*1*1~", "TA1*1~", "XYZ*1~", "*", "**", ":",
)  # fmt: skip


class _Signs(NamedTuple):
    """The delimiters as bytes."""

    element: bytes
    component: bytes
    segment: bytes


Blow = Callable[[bytes, random.Random, _Signs], bytes]


def damaged(data: bytes, seed: int, times: int, delimiters: Delimiters = STANDARD) -> bytes:
    """The data after that many blows: bytes, elements, segments and envelopes changed, lost, doubled, moved or cut."""
    signs = _Signs(*(one.encode("latin-1") for one in (delimiters.element, delimiters.component, delimiters.segment)))
    pick = random.Random(seed)
    for _ in range(times):
        data = pick.choice(BLOWS)(data, pick, signs)
    return data


# --- bytes -----------------------------------------------------------------------------------------------------------


def _byte(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    at = pick.randrange(max(1, len(data)))
    sign = pick.choice((bytes([pick.choice(_BYTES)]), bytes([pick.randrange(256)]), pick.choice(signs)))
    return data[:at] + sign + data[at + 1 :]


def _bit(data: bytes, pick: random.Random, _signs: _Signs) -> bytes:
    if not data:
        return data
    at = pick.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << pick.randrange(8))]) + data[at + 1 :]


def _control(data: bytes, pick: random.Random, _signs: _Signs) -> bytes:
    at = pick.randrange(len(data) + 1)
    return data[:at] + bytes([pick.choice(_CONTROLS)]) * pick.choice((1, 1, 1, 3, 40)) + data[at:]


def _cut(data: bytes, pick: random.Random, _signs: _Signs) -> bytes:
    at = pick.randrange(max(1, len(data)))
    return data[:at] + data[at + pick.choice((1, 2, 10, 200)) :]


def _doubled(data: bytes, pick: random.Random, _signs: _Signs) -> bytes:
    """A stretch of bytes comes twice, as a transfer that was taken up again leaves it."""
    at = pick.randrange(len(data) + 1)
    return data[: at + pick.choice((1, 10, 200))] + data[at:]


def _insert(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    at = pick.randrange(max(1, len(data)))
    table = str.maketrans(dict(zip("*:~", (one.decode("latin-1") for one in signs), strict=True)))
    word = pick.choice(_WORDS).translate(table)
    return data[:at] + (b"\xef\xbb\xbf" if word == "\ufeff" else word.encode("latin-1")) + data[at:]


def _end(data: bytes, pick: random.Random, _signs: _Signs) -> bytes:
    return data[: pick.randrange(len(data) + 1)]


def _begin(data: bytes, pick: random.Random, _signs: _Signs) -> bytes:
    return data[pick.randrange(len(data) + 1) :]


def _wrapped(data: bytes, pick: random.Random, _signs: _Signs) -> bytes:
    """Lines are broken after so many characters, wherever that falls."""
    width, sign = pick.choice((72, 80, 132)), pick.choice((b"\n", b"\r\n"))
    return sign.join(data[at : at + width] for at in range(0, len(data), width))


# --- segments and elements -------------------------------------------------------------------------------------------


def _segment(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    pieces = data.split(signs.segment)
    at = pick.randrange(len(pieces))
    blow = pick.randrange(5)
    if blow == 0:
        del pieces[at]
    elif blow == 1:
        pieces.insert(at, pieces[at])
    elif blow == 2:
        pieces.insert(pick.randrange(len(pieces)), pieces.pop(at))
    elif blow == 3:
        pieces[at] = pieces[at].rpartition(signs.element)[0]
    else:
        pieces[at] = pieces[at].lower()
    return signs.segment.join(pieces)


def _run(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    """A run of segments is lost, comes twice, or comes backward."""
    pieces = data.split(signs.segment)
    begin = pick.randrange(len(pieces))
    end = begin + pick.randrange(2, 12)
    run = pick.choice(([], pieces[begin:end] * 2, pieces[begin:end][::-1]))
    return signs.segment.join([*pieces[:begin], *run, *pieces[end:]])


def _element(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    pieces = data.split(signs.segment)
    at = pick.randrange(len(pieces))
    elements = pieces[at].split(signs.element)
    place, blow = pick.randrange(len(elements)), pick.randrange(6)
    if blow == 0:
        del elements[place]
    elif blow == 1:
        elements[place] = b""
    elif blow == 2:
        elements.insert(place, elements[place])
    elif blow == 3:
        elements[place] = elements[place] * 60
    elif blow == 4:
        elements[place] = signs.component.join((elements[place], b"", elements[place]))
    else:
        other = pick.randrange(len(elements))
        elements[place], elements[other] = elements[other], elements[place]
    pieces[at] = signs.element.join(elements)
    return signs.segment.join(pieces)


def _amount(data: bytes, pick: random.Random, _signs: _Signs) -> bytes:
    digits = [at for at, byte in enumerate(data) if 48 <= byte <= 57]
    if not digits:
        return data
    at = pick.choice(digits)
    return data[:at] + pick.choice((b"", b"x", b"99999999999999999999", b".", b"-", b"\xd9\xa3")) + data[at + 1 :]


def _count(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    """A trailer, level or line says another number."""
    return _changed(
        data, pick, signs, _COUNTS, lambda _text: pick.choice((b"", b"0", b"1", b"7", b"999999999999", b"-1"))
    )


def _name(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    """An envelope's or a level's beginning goes, or is called something else."""
    sign = pick.choice(_ENVELOPES).encode()
    pieces = data.split(signs.segment)
    named = [at for at, piece in enumerate(pieces) if piece.strip().startswith(sign + signs.element)]
    if not named:
        return data
    at = pick.choice(named)
    if pick.randrange(3):
        del pieces[at]
    else:
        pieces[at] = pieces[at].replace(sign, pick.choice((b"XX", b"", b"IS", b"Q" + sign, sign.lower())), 1)
    return signs.segment.join(pieces)


def _bare(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    """All envelopes of some kinds are gone."""
    gone = {name.encode() for name in _ENVELOPES[1:6] if pick.randrange(2)}
    pieces = data.split(signs.segment)
    return signs.segment.join([one for one in pieces if one.strip().partition(signs.element)[0] not in gone])


def _midway(data: bytes, pick: random.Random, signs: _Signs) -> bytes:
    """From some place on, perhaps up to another, a delimiter is another sign."""
    begin = pick.randrange(len(data) + 1)
    end = pick.choice((len(data), min(len(data), begin + pick.randrange(1, 400))))
    old, new = pick.choice(signs), pick.choice((b"|", b">", b"\n", b";", *signs))
    return data[:begin] + data[begin:end].replace(old, new) + data[end:]


def _changed(
    data: bytes, pick: random.Random, signs: _Signs, names: tuple[str, ...], becomes: Callable[[bytes], bytes]
) -> bytes:
    """The first element of one segment of these names becomes another."""
    sign = re.escape(signs.element)
    pattern = rb"(?:%s)%s([^%s%s]*)" % ("|".join(names).encode(), sign, sign, re.escape(signs.segment))
    found = list(re.finditer(pattern, data))
    if not found:
        return data
    match = pick.choice(found)
    return data[: match.start(1)] + becomes(match[1]) + data[match.end(1) :]


BLOWS: tuple[Blow, ...] = (
    _byte, _byte, _bit, _control, _cut, _doubled, _insert, _insert, _end, _begin, _wrapped, _segment, _segment, _segment, _run,
    _element, _element, _amount, _count, _name, _name, _bare, _midway,
)  # fmt: skip
