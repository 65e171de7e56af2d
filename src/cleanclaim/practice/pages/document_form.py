"""The form that takes a document in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from cleanclaim.practice.form_fields import DayField, Styled
from cleanclaim.practice.pages.document_kinds import BEGINS, LABELS, media_type_of

if TYPE_CHECKING:
    # Pages of patients take documents in, and so import this module themselves.
    from cleanclaim.practice.pages.patients.entering import Groups

MOST_BYTES = 10 * 1024 * 1024


class DocumentForm(Styled, forms.Form):
    """A file with what it is and the day it bears."""

    file = forms.FileField(label="file", help_text="PDF, PNG or JPEG, at most 10 MB.")
    kind = forms.ChoiceField(label="what it is", choices=[("", "choose"), *LABELS.items()])
    dated = DayField(label="its date", required=False)
    title = forms.CharField(label="a word about it", max_length=80, required=False)

    groups: ClassVar[Groups] = (("document", "Document", ("file", "kind", "dated", "title")),)

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self.fields["file"].widget.attrs["accept"] = ",".join(media for _begins, media, _ending in BEGINS)

    def clean_file(self) -> tuple[bytes, str]:
        """The bytes and what they are."""
        held: UploadedFile[bytes] = self.cleaned_data["file"]
        if held.size is None or held.size > MOST_BYTES:
            raise ValidationError("Expected a file of at most 10 MB.")
        data = held.read()
        media = media_type_of(data)
        if not media:
            raise ValidationError("Expected a PDF, PNG or JPEG; the file begins like none of them.")
        return data, media
