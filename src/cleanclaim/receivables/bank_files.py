"""Read a bank's list of movements from CSV or OFX, and tell which of them shows which payment.

Banks name their columns as they like: a day, an amount (or money in and money out apart) and a description are looked
for by the names that are usual. OFX (also known as QFX, and by the names of programs that read it) names its fields.
Every row is read or named with its line, its field, and what was expected.
"""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cleanclaim.money import AmountError, parse_cents

_DAYS = ("date", "posted", "posting date", "post date", "transaction date", "posted date")
_AMOUNTS = ("amount", "transaction amount")
_IN, _OUT = ("credit", "credits", "deposit", "deposits", "money in"), ("debit", "debits", "withdrawal", "money out")
_WORDS = ("description", "details", "memo", "transaction", "payee", "name")
_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")
_MOST_ROWS = 20_000
_HEAD = 2_000
_IS_OFX = re.compile(r"OFXHEADER|<OFX>", re.IGNORECASE)
_MOVEMENT = re.compile(r"<STMTTRN>(.*?)(?=</STMTTRN>|<STMTTRN>|</BANKTRANLIST>|\Z)", re.IGNORECASE | re.DOTALL)
_OFX_FIELD = re.compile(r"<(\w+)>([^<\r\n]*)")
_NOT_WORD = re.compile(r"[^0-9A-Z]+")
_SHORTEST_TRACE = 4
_SLOWEST = timedelta(days=10)
"""How long after its day a payment may show at the bank and still be proposed as the same."""


class BankFileError(ValueError):
    """A file that is no list of a bank's movements; says what was expected."""


@dataclass(frozen=True, slots=True)
class BankRow:
    """One movement: its day, cents (negative where money left), what the bank wrote, and its line in the file."""

    line: int
    on: date
    cents: int
    words: str
    digest: str
    """The same movement has the same digest in another file; two alike on one day have two."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that could not be read: its line in the file, the field, and what was found and expected."""

    line: int
    field: str
    words: str


@dataclass(slots=True)
class BankFile:
    """The rows that could be read, and the others."""

    rows: list[BankRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)

    def add(self, line: int, on: date, cents: int, words: str) -> None:
        """Add a row that was read. The same movement a second time in one file is another movement."""
        told = " ".join(words.split())
        told_of = f"{on}|{cents}|{told.upper()}"
        self._seen[told_of] += 1
        digest = hashlib.sha256(f"{told_of}|{self._seen[told_of]}".encode()).hexdigest()
        self._require_few()
        self.rows.append(BankRow(line, on, cents, told, digest))

    def miss(self, line: int, problem: _FieldError) -> None:
        """Name a row that could not be read."""
        self._require_few()
        self.problems.append(Problem(line, problem.field, str(problem)))

    def _require_few(self) -> None:
        if len(self.rows) + len(self.problems) >= _MOST_ROWS:
            raise BankFileError(f"more than {_MOST_ROWS:,} rows; expected a file of fewer")


class _FieldError(ValueError):
    """A field that cannot be read; says what was found and expected."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def read_bank_file(data: bytes) -> BankFile:
    """Read a bank's CSV or OFX. Raises `BankFileError` where it is neither, or has too many rows."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return _read_ofx(text) if _IS_OFX.search(text[:_HEAD]) else _read_csv(text)


def _read_csv(text: str) -> BankFile:
    reader = csv.reader(io.StringIO(text))
    heading = next((row for row in reader if any(cell.strip() for cell in row)), [])
    columns = {name.strip().lower(): place for place, name in reversed(list(enumerate(heading)))}
    day, words = _column(columns, _DAYS), _column(columns, _WORDS)
    amount, money_in, money_out = (_column(columns, names) for names in (_AMOUNTS, _IN, _OUT))
    if day is None or words is None or (amount is None and (money_in is None or money_out is None)):
        raise BankFileError(
            "line 1: expected a heading with a date, a description, and an amount (or a debit and a credit)"
        )
    found = BankFile()
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            on = _day(_cell(cells, day))
            cents = _cents(cells, amount, money_in, money_out)
        except _FieldError as error:
            found.miss(reader.line_num, error)
        else:
            found.add(reader.line_num, on, cents, _cell(cells, words))
    return found


def _read_ofx(text: str) -> BankFile:
    """The movements (STMTTRN) of OFX 1 (SGML, whose fields need no end) and OFX 2 (XML)."""
    found = BankFile()
    for match in _MOVEMENT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        fields: dict[str, str] = {}
        for name, value in _OFX_FIELD.findall(match[1]):
            fields.setdefault(name.upper(), html.unescape(value).strip())
        try:
            on = _ofx_day(fields.get("DTPOSTED", ""))
            cents = _signed(fields.get("TRNAMT", ""), "TRNAMT")
        except _FieldError as error:
            found.miss(line, error)
            continue
        told = [fields.get(name, "") for name in ("NAME", "MEMO", "CHECKNUM")]
        # Many banks say the name once more in the memo: what is within another part is told once.
        parts = list(
            dict.fromkeys(one for one in told if one and not any(one in more and one != more for more in told))
        )
        found.add(line, on, cents, " ".join(parts))
    if not found.rows and not found.problems:
        raise BankFileError("the file holds no movement (STMTTRN); expected a statement of an account")
    return found


def _ofx_day(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise _FieldError("DTPOSTED", f"{text!r}; expected a day such as 20260925") from None


def _column(columns: Mapping[str, int], names: Iterable[str]) -> int | None:
    return next((columns[name] for name in names if name in columns), None)


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _day(text: str) -> date:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise _FieldError("date", f"{text!r}; expected a day such as 2026-09-25 or 09/25/2026")


def _cents(cells: Sequence[str], amount: int | None, money_in: int | None, money_out: int | None) -> int:
    if amount is not None:
        return _signed(_cell(cells, amount), "amount")
    came, left = _cell(cells, money_in), _cell(cells, money_out)
    if bool(came) == bool(left):
        raise _FieldError("credit or debit", f"{came!r} and {left!r}; expected one of the two")
    return abs(_signed(came, "credit")) if came else -abs(_signed(left, "debit"))


def _signed(text: str, name: str) -> int:
    """An amount with its sign before it, or in the accountants' brackets."""
    is_bracketed = text.startswith("(") and text.endswith(")")
    try:
        cents = parse_cents(text.strip("()").lstrip("+"))
    except AmountError:
        raise _FieldError(name, f"{text!r}; expected dollars such as 1,250.00") from None
    return -cents if is_bracketed else cents


# --- which payment it shows --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Awaited:
    """Money that the bank should show: what it is, its number (of the check or transfer), day and cents."""

    key: str
    trace_number: str
    on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a movement of the bank shows. `is_certain`: amount and number agree; otherwise only amount and days do."""

    awaited: Awaited
    is_certain: bool


def shown_by(rows: Sequence[tuple[str, date, int, str]], awaited: Sequence[Awaited]) -> dict[str, Shown]:
    """Tell for each movement (key, day, cents, words) which awaited money it shows; nothing is shown twice.

    First by number and amount. Of the rest, a movement is proposed where its amount is that of one awaited payment
    alone, of the days before it, and no other movement fits that payment.
    """
    found: dict[str, Shown] = {}
    open_: dict[int, dict[str, Awaited]] = defaultdict(dict)
    for one in awaited:
        open_[one.cents][one.key] = one
    for key, _on, cents, words in rows:
        told = _plain(words)
        fitting = [one for one in open_.get(cents, {}).values() if _is_named(one, told)]
        if len(fitting) == 1:
            found[key] = Shown(fitting[0], is_certain=True)
            del open_[cents][fitting[0].key]
    proposed = {
        key: [one for one in open_.get(cents, {}).values() if one.on <= on <= one.on + _SLOWEST]
        for key, on, cents, _words in rows
        if key not in found
    }
    wanted = Counter(one.key for some in proposed.values() for one in some)
    for key, some in proposed.items():
        if len(some) == 1 and wanted[some[0].key] == 1:
            found[key] = Shown(some[0], is_certain=False)
    return found


def _plain(text: str) -> str:
    return f" {_NOT_WORD.sub(' ', text.upper())} "


def _is_named(one: Awaited, told: str) -> bool:
    """Whether the movement's words hold the payment's number, as a word of its own."""
    number = _plain(one.trace_number).strip()
    return len(number) >= _SHORTEST_TRACE and f" {number} " in told
