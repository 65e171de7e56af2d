"""Values as a claim file writes them, each composed once: text fit for it, days, amounts, codes, names, addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cleanclaim.money import plain
from cleanclaim.records import Address, Person
from cleanclaim.x12.characters import Cleaner


def digits_of(text: str) -> str:
    """The digits of a text: of a telephone number, a tax id, a ZIP code."""
    return "".join(sign for sign in text if sign in "0123456789")


class Written(dict[str, str]):
    """Values of one field as they are written: found at once when met before, cleaned on the first meeting.

    Only values that need no change are kept, so that every change is reported on every claim.
    """

    def __init__(self, cleaner: Cleaner, name: str, limit: int) -> None:
        super().__init__()
        self._cleaner, self._name, self._limit = cleaner, name, limit

    def __missing__(self, text: str) -> str:
        """The text as it can be written."""
        clean = self._cleaner.text(text, self._name, self._limit)
        if clean == text:
            self[text] = text
        return clean


class Days(dict[date, str]):
    """Dates as eight digits."""

    def __missing__(self, day: date) -> str:
        """The day, kept for the next time."""
        text = self[day] = day.isoformat().replace("-", "")
        return text


class Amounts(dict[int, str]):
    """Cents as dollars without trailing zeros."""

    def __missing__(self, cents: int) -> str:
        """The amount, kept for the next time."""
        text = self[cents] = plain(cents)
        return text


class Digits(dict[str, str]):
    """The digits of ZIP codes."""

    def __missing__(self, text: str) -> str:
        """The digits, kept for the next time."""
        digits = self[text] = digits_of(text)
        return digits


class Procedures(dict[tuple[str, tuple[str, ...]], str]):
    """A code with its modifiers as one composite."""

    def __missing__(self, key: tuple[str, tuple[str, ...]]) -> str:
        """The composite, kept for the next time."""
        text = self[key] = ":".join(("HC", key[0], *key[1]))
        return text


class Pointers(dict[tuple[int, ...], str]):
    """Diagnosis pointers as one composite."""

    def __missing__(self, pointers: tuple[int, ...]) -> str:
        """The composite, kept for the next time."""
        text = self[pointers] = ":".join(map(str, pointers))
        return text


class PersonFields:
    """The four parts of one role's name."""

    __slots__ = ("family", "given", "middle", "suffix")

    def __init__(self, cleaner: Cleaner, role: str, longest: Mapping[str, int]) -> None:
        self.family = Written(cleaner, f"{role} family name", longest["last_name"])
        self.given = Written(cleaner, f"{role} given name", longest["first_name"])
        self.middle = Written(cleaner, f"{role} middle name", longest["middle_name"])
        self.suffix = Written(cleaner, f"{role} name suffix", longest["name_suffix"])

    def text(self, person: Person) -> str:
        """Family, given and middle name, the unused prefix, and the suffix: five elements, blanks kept."""
        middle = self.middle[person.middle_name] if person.middle_name else ""
        suffix = self.suffix[person.suffix] if person.suffix else ""
        return f"{self.family[person.family_name]}*{self.given[person.given_name]}*{middle}**{suffix}"


class AddressFields:
    """The parts of one role's address."""

    __slots__ = ("city", "line1", "line2", "zip_code")

    def __init__(self, cleaner: Cleaner, role: str, longest: Mapping[str, int]) -> None:
        self.line1 = Written(cleaner, f"{role} address, first line", longest["address_line"])
        self.line2 = Written(cleaner, f"{role} address, second line", longest["address_line"])
        self.city = Written(cleaner, f"{role} address, city", longest["city"])
        self.zip_code = Digits()

    def text(self, address: Address) -> str:
        """Street and city, two segments."""
        line2 = self.line2[address.line2] if address.line2 else ""
        street = f"{self.line1[address.line1]}*{line2}" if line2 else self.line1[address.line1]
        return f"N3*{street}~N4*{self.city[address.city]}*{address.state}*{self.zip_code[address.zip_code]}~"


class Role:
    """A person or organization in one role: the fields of name and address, each reported under the role."""

    __slots__ = ("address", "name", "person")

    def __init__(self, cleaner: Cleaner, role: str, longest: Mapping[str, int]) -> None:
        self.name = Written(cleaner, f"{role} name", longest["last_name"])
        self.person = PersonFields(cleaner, role, longest)
        self.address = AddressFields(cleaner, role, longest)


class Values:
    """What every loop of a file shares: the cleaner, the guide's lengths, and values composed before."""

    __slots__ = ("amounts", "cleaner", "days", "longest", "pointers", "procedures")

    def __init__(self, cleaner: Cleaner, longest: Mapping[str, int]) -> None:
        self.cleaner, self.longest = cleaner, longest
        self.days, self.amounts = Days(), Amounts()
        self.procedures, self.pointers = Procedures(), Pointers()

    def role(self, name: str) -> Role:
        """The fields of a role, by what a report calls it."""
        return Role(self.cleaner, name, self.longest)

    def text(self, value: str, name: str, limit: str) -> str:
        """A value that is written once: cleaned, and cut to the guide's length of that name."""
        return self.cleaner.text(value, name, self.longest[limit])
