"""The collector of cycles rests while a payment is posted, and is at work again however that ends."""

from __future__ import annotations

import gc

import pytest

from cleanclaim.practice import collector


def test_it_rests_inside_and_works_after() -> None:
    assert gc.isenabled()
    with collector.resting():
        assert not gc.isenabled()
        with collector.resting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_works_again_after_a_refusal() -> None:
    def refused() -> None:
        with collector.resting():
            raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        refused()
    assert gc.isenabled()


def test_who_had_put_it_to_rest_finds_it_so() -> None:
    gc.disable()
    try:
        with collector.resting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
