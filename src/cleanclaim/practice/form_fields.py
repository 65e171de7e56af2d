"""Form fields of the practice and how they look: dates, dollars as cents, yes/no/unknown, phone numbers, ZIP codes."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cleanclaim.money import AmountError, parse_cents
from cleanclaim.reference import postal

_PHONE_DIGITS = 10
_ZIP = re.compile(r"(\d{5})(?:[- ]?(\d{4}))?")


class Boxes(forms.CheckboxSelectMultiple):
    """Several boxes beside each other; each looks like our others, and what holds them is left alone."""

    def create_option(self, *arguments: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - a widget's own signature
        """A box of our look."""
        made: dict[str, Any] = super().create_option(*arguments, **options)
        made["attrs"]["class"] = "form-check-input"
        return made


class Styled:
    """Gives every field of a form the classes of our controls; mixed in before `Form` or `ModelForm`."""

    fields: dict[str, forms.Field]

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - a form's own signature
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, Boxes):
                continue
            if isinstance(widget, forms.CheckboxInput):
                widget.attrs.setdefault("class", "form-check-input")
            elif isinstance(widget, forms.Select):
                widget.attrs.setdefault("class", "form-select")
            else:
                widget.attrs.setdefault("class", "form-control")


class DayField(forms.DateField):
    """A day, picked from the browser's calendar."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - a field's own signature
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        options.setdefault("error_messages", {"invalid": "Expected a day, such as 2026-09-25."})
        super().__init__(**options)


class MoneyField(forms.Field):
    """Dollars as people write them, kept as integer cents; empty is unknown."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - a field's own signature
        super().__init__(**options)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:  # noqa: ANN401 - what a browser sent
        """Cents. Refuses what is no amount, has parts of a cent, or is below zero."""
        if value in (None, ""):
            return None
        if isinstance(value, int):
            return value
        try:
            cents = parse_cents(str(value))
        except AmountError as error:
            raise ValidationError("Expected dollars, such as 1,250.00.") from error
        if cents < 0:
            raise ValidationError("Expected an amount of zero or more.")
        return cents

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - cents, or what a browser sent
        """Cents as dollars without the sign; what somebody typed stays as it is."""
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value


class AnswerField(forms.TypedChoiceField):
    """Yes, no, or not known: three answers, none taken for another."""

    is_plain = True
    """Its label does not say that it is optional: `not known` is one of the answers."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - a field's own signature
        options.setdefault("required", False)
        super().__init__(
            choices=[("", "not known"), ("yes", "yes"), ("no", "no")],
            coerce=lambda text: text == "yes",
            empty_value=None,
            **options,
        )

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - a row's value, or what a browser sent
        """The choice that stands for a row's value."""
        return {True: "yes", False: "no", None: ""}[value] if value in (True, False, None) else value


class PhoneField(forms.CharField):
    """A telephone number in the USA, kept as ten digits so that two ways to write it are one number."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - a field's own signature
        super().__init__(**options)
        self.widget.attrs.update({"type": "tel", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - what a browser sent
        """Ten digits, or nothing."""
        text = super().to_python(value)
        if not text:
            return ""
        digits = phone_digits(text)
        if len(digits) != _PHONE_DIGITS:
            raise ValidationError("Expected ten digits with the area code, such as (312) 555-0101.")
        return digits

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - a row's value, or what a browser sent
        """The number as it is read aloud."""
        return phone_words(value) if isinstance(value, str) else value


def phone_digits(text: str) -> str:
    """The digits of a telephone number, without the country's 1."""
    digits = re.sub(r"\D", "", text)
    return digits[1:] if len(digits) == _PHONE_DIGITS + 1 and digits.startswith("1") else digits


def phone_words(text: str) -> str:
    """A telephone number as it is read aloud: `(312) 555-0101`; anything but ten digits as it is."""
    return f"({text[:3]}) {text[3:6]}-{text[6:]}" if len(text) == _PHONE_DIGITS and text.isdecimal() else text


class ZipField(forms.CharField):
    """A ZIP code of five or nine digits, kept as `60616` or `60616-0101`."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - what a browser sent
        """The ZIP code in its written form."""
        text = super().to_python(value)
        if not text:
            return ""
        match = _ZIP.fullmatch(text)
        if match is None:
            raise ValidationError("Expected five or nine digits, such as 60616 or 60616-0101.")
        return f"{match[1]}-{match[2]}" if match[2] else match[1]


class StateField(forms.ChoiceField):
    """A state, district, territory or military post, by its two letters."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - a field's own signature
        super().__init__(
            choices=lambda: [("", "choose"), *((code, code) for code in sorted(postal.states()))], **options
        )
