"""Single damages to claim files; importing the package registers every kind."""

from __future__ import annotations

from tests.generator.damage import amounts, answers, lines, numbers, people
from tests.generator.damage.damaging import DAMAGES, Damage, Damaged, damaged

__all__ = ["DAMAGES", "Damage", "Damaged", "amounts", "answers", "damaged", "lines", "numbers", "people"]
