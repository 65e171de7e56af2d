"""Fields that are sealed at rest: AES-GCM, bound to their clinic, table, row and field.

A sealed value is `version (1 byte) | key number (2 bytes) | nonce (12) | ciphertext and tag`. The place it belongs
to is its associated data, so that a value copied into another row, field or clinic does not open.
"""

from __future__ import annotations

import json
import secrets
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from cleanclaim.practice.keys import read_field_keys

_VERSION = 1
_HEAD = 3
_NONCE = 12
_CIPHERS = 16


class UnsealError(RuntimeError):
    """A sealed value that does not open: another key, another place, or changed bytes. Never holds the value."""


def seal(plain: bytes, place: str) -> bytes:
    """Seal bytes for one place, by the newest key."""
    held = read_field_keys()
    nonce = secrets.token_bytes(_NONCE)
    head = bytes([_VERSION]) + held.newest.to_bytes(2, "big")
    return head + nonce + _cipher(held.keys[held.newest]).encrypt(nonce, plain, place.encode())


def unseal(sealed: bytes, place: str) -> bytes:
    """Open what was sealed for that place. Raises `UnsealError` or `KeyFileError`."""
    if len(sealed) < _HEAD + _NONCE or sealed[0] != _VERSION:
        raise UnsealError(f"{_table_and_field(place)}: not a sealed value")
    number = key_number(sealed)
    key = read_field_keys().keys.get(number)
    if key is None:
        # Another process may have added a key since this one read the file.
        read_field_keys.cache_clear()
        key = read_field_keys().keys.get(number)
    if key is None:
        raise UnsealError(f"{_table_and_field(place)}: sealed with key {number}, which the file of keys does not hold")
    try:
        return _cipher(key).decrypt(sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :], place.encode())
    except InvalidTag as error:
        raise UnsealError(
            f"{_table_and_field(place)}: does not open: another key, another row, or changed bytes"
        ) from error


@lru_cache(maxsize=_CIPHERS)
def _cipher(key: bytes) -> AESGCM:
    """The cipher of a key: made once, for a payment seals and opens ten thousand values."""
    return AESGCM(key)


def bound_to(clinic: object, table: str, row: object, name: str) -> str:
    """What a value is bound to: clinic, table, row and field. `clinic` and `row` are keys, written with hyphens."""
    return f"{clinic}|{table}|{row}|{name}"


def closed(instance: models.Model, name: str) -> bytes | None:
    """The bytes that a sealed field's value stands for, without making that value of them; `None` where it has none."""
    field = instance._meta.get_field(name)  # noqa: SLF001 - its public name
    if not isinstance(field, SealedField):
        raise TypeError(f"{type(instance).__name__}.{name}: expected a sealed field")
    value = instance.__dict__[name] if name in instance.__dict__ else getattr(instance, name)
    if value is None:
        return None
    if isinstance(value, bytes | memoryview):
        return unseal(bytes(value), field.place_of(instance))
    return field.closed(value)


def key_number(sealed: bytes) -> int:
    """The number of the key that a value was sealed with."""
    return int.from_bytes(sealed[1:_HEAD], "big")


def _table_and_field(place: str) -> str:
    _clinic, table, _row, field = place.split("|")
    return f"{table}.{field}"


class _Opened:
    """The attribute of a sealed field: opens what was read from the database when it is first asked for."""

    def __init__(self, field: SealedField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, _owner: type | None = None) -> Any:  # noqa: ANN401 - text or JSON
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, bytes | memoryview):
            value = instance.__dict__[name] = self.field.opened(unseal(bytes(value), self.field.place_of(instance)))
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:  # noqa: ANN401 - text or JSON
        instance.__dict__[self.field.attname] = value


class SealedField(models.BinaryField[Any, Any]):
    """Bytes in the database, something readable in Python. It can be neither searched nor sorted."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's own signature
        """Put the opening attribute onto the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def place_of(self, instance: models.Model) -> str:
        """Clinic, table, row and field: what a value is bound to."""
        clinic = getattr(instance, "clinic_id", None)
        return bound_to(clinic, instance._meta.db_table, instance.pk, self.attname)  # noqa: SLF001 - Django's public door

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:  # noqa: FBT001 - Django's own signature
        """Seal what is about to be written."""
        del add
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, bytes | memoryview):
            return None if value is None else bytes(value)
        return seal(self.closed(value), self.place_of(model_instance))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002
        """Let only sealed bytes through: `update` and `bulk_update`, which know no row, would write plain ones."""
        if value is not None and not isinstance(value, bytes | memoryview):
            label = self.model._meta.label  # noqa: SLF001 - its public name
            raise TypeError(f"{label}.{self.attname}: a sealed field is written by saving its row")
        return super().get_db_prep_value(value, connection, prepared)

    def opened(self, plain: bytes) -> Any:  # noqa: ANN401 - text or JSON
        """The value that bytes stand for."""
        raise NotImplementedError

    def closed(self, value: Any) -> bytes:  # noqa: ANN401 - text or JSON
        """The bytes that stand for a value."""
        raise NotImplementedError

    def get_lookup(self, lookup_name: str) -> Any:  # noqa: ANN401 - Django's own signature
        """Only whether there is a value can be asked of a sealed field."""
        return super().get_lookup(lookup_name) if lookup_name in {"isnull", "exact"} else None


class SealedTextField(SealedField):
    """A text, sealed."""

    def opened(self, plain: bytes) -> str:
        """The text."""
        return plain.decode()

    def closed(self, value: str) -> bytes:
        """Its UTF-8 bytes."""
        return value.encode()


class SealedJSONField(SealedField):
    """A JSON value, sealed."""

    def opened(self, plain: bytes) -> Any:  # noqa: ANN401 - JSON
        """The value."""
        return json.loads(plain)

    def closed(self, value: Any) -> bytes:  # noqa: ANN401 - JSON
        """Its JSON as UTF-8 bytes."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class SealedBytesField(SealedField):
    """Bytes of a stored document, sealed. They are wrapped in `Plain` until they are saved."""

    def opened(self, plain: bytes) -> Plain:
        """The bytes."""
        return Plain(plain)

    def closed(self, value: Plain) -> bytes:
        """The bytes."""
        return value.data


class Plain:
    """Readable bytes, told apart from sealed ones by their type."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __len__(self) -> int:
        """How many bytes."""
        return len(self.data)
