"""Quantiles of Student's t against published ones."""

from __future__ import annotations

from decimal import Decimal
from math import isclose, pi, sqrt, tan
from statistics import NormalDist

import pytest

from cleanclaim.audit.sampling_student import student_quantile

# Printed tables of the t distribution (NIST/SEMATECH e-Handbook, 1.3.6.7.2) to three decimals.
PRINTED = {
    ("0.90", 1): "3.078",
    ("0.95", 2): "2.920",
    ("0.975", 3): "3.182",
    ("0.99", 4): "3.747",
    ("0.975", 5): "2.571",
    ("0.90", 10): "1.372",
    ("0.95", 29): "1.699",
    ("0.975", 30): "2.042",
    ("0.90", 99): "1.290",
    ("0.95", 100): "1.660",
    ("0.975", 60): "2.000",
}

# As R's qt and scipy's t.ppf give them, to all digits of a double.
DOUBLES = {
    ("0.90", 99): 1.2901614420344852,
    ("0.95", 99): 1.6603911560169910,
    ("0.975", 5): 2.5705818356363155,
    ("0.975", 30): 2.0422724563012383,
    ("0.95", 30): 1.6972608865939580,
    ("0.999", 7): 4.7852896286383341,
    ("0.999", 1999): 3.0943143418142411,
}


@pytest.mark.parametrize(("level", "degrees"), PRINTED)
def test_as_printed(level: str, degrees: int) -> None:
    assert student_quantile(Decimal(level), degrees).quantize(Decimal("0.001")) == Decimal(PRINTED[level, degrees])


@pytest.mark.parametrize(("level", "degrees"), DOUBLES)
def test_to_the_digits_of_a_double(level: str, degrees: int) -> None:
    assert isclose(student_quantile(Decimal(level), degrees), DOUBLES[level, degrees], rel_tol=1e-14)


@pytest.mark.parametrize("level", ["0.5", "0.6", "0.8", "0.90", "0.95", "0.975", "0.9995"])
def test_closed_forms(level: str) -> None:
    central = 2 * float(level) - 1
    assert isclose(student_quantile(Decimal(level), 1), tan(pi / 2 * central), rel_tol=1e-13, abs_tol=1e-30)
    assert isclose(
        student_quantile(Decimal(level), 2), central * sqrt(2 / (1 - central**2)), rel_tol=1e-13, abs_tol=1e-30
    )


def test_nears_the_normal_distribution() -> None:
    normal = NormalDist().inv_cdf(0.9)
    # Fisher's expansion: the first term beyond the normal quantile is (z³ + z) / 4n for n degrees.
    degrees = 4_000
    expected = normal + (normal**3 + normal) / (4 * degrees)
    assert isclose(student_quantile(Decimal("0.9"), degrees), expected, rel_tol=1e-7)


@pytest.mark.parametrize(("level", "degrees"), [("0.49", 5), ("1", 5), ("0.9", 0)])
def test_outside_its_range(level: str, degrees: int) -> None:
    with pytest.raises(ValueError, match="expected at least"):
        student_quantile(Decimal(level), degrees)
