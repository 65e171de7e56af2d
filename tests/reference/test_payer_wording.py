"""Settings of payer files are shown by what people call them."""

from __future__ import annotations

import pytest

from cleanclaim.reference.payer_settings import SETTINGS
from cleanclaim.reference.payer_wording import setting_label
from cleanclaim.reference.reading import read_toml


def test_every_setting_has_a_label_of_its_own_and_nothing_else_has() -> None:
    labels = {setting.name: setting_label(setting.name) for setting in SETTINGS}
    assert set(read_toml("payer_setting_labels.toml")["label"]) == set(labels)
    assert len(set(labels.values())) == len(labels)
    assert [label for label in labels.values() if "_" in label or label[:1].islower() or label.endswith(".")] == []


def test_a_label_is_in_the_trades_words() -> None:
    assert setting_label("timely_filing_days") == "Timely filing limit in days"
    with pytest.raises(KeyError):
        setting_label("no_such_setting")
