"""Secrets made once and kept in the practice's home: the session key and the keys that seal fields.

The file of field keys is JSON: the newest key's number, and every key in base64 by its number. What is sealed names
the key it was sealed with, so that an old key opens what it sealed until everything has been sealed anew.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cleanclaim.practice import environment

_KEY_BYTES = 32


class KeyFileError(RuntimeError):
    """A key that is missing or cannot be read: names the file and what to do."""


@dataclass(frozen=True, slots=True)
class FieldKeys:
    """The keys by number, and the number of the one that seals now."""

    newest: int
    keys: dict[int, bytes]


def session_key() -> str:
    """The key that signs sessions: from the environment, else made once and kept."""
    given = environment.text("CLEANCLAIM_SECRET_KEY")
    if given:
        return given
    path = environment.home() / "session-key"
    if not path.is_file():
        _write_new(path, secrets.token_urlsafe(50))
    return path.read_text(encoding="utf-8").strip()


def field_keys_path() -> Path:
    """Where the keys that seal fields are kept."""
    named = os.environ.get("CLEANCLAIM_FIELD_KEYS_FILE")
    return Path(named) if named else environment.home() / "field-keys.json"


def make_field_keys() -> bool:
    """Make the file of field keys with a first key, unless it is there; says whether it was made."""
    path = field_keys_path()
    if path.is_file():
        return False
    _write_keys(path, FieldKeys(1, {1: secrets.token_bytes(_KEY_BYTES)}))
    return True


def add_field_key() -> int:
    """Add a key that seals from now on; returns its number."""
    held = read_field_keys()
    number = max(held.keys) + 1
    _write_keys(field_keys_path(), FieldKeys(number, {**held.keys, number: secrets.token_bytes(_KEY_BYTES)}))
    read_field_keys.cache_clear()
    return number


@cache
def read_field_keys() -> FieldKeys:
    """The keys that seal fields. Raises `KeyFileError` where the file is missing or is not what is expected."""
    path = field_keys_path()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        keys = {int(number): base64.b64decode(key, validate=True) for number, key in document["keys"].items()}
        newest = int(document["newest"])
    except FileNotFoundError as error:
        raise KeyFileError(
            f"{path}: no field keys. Sealed notes and identifiers cannot be read without the file they were sealed "
            "with; put it back, or name it in CLEANCLAIM_FIELD_KEYS_FILE"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyFileError(f"{path}: not a file of field keys: expected JSON with `newest` and `keys`") from error
    if newest not in keys or any(len(key) != _KEY_BYTES for key in keys.values()):
        raise KeyFileError(
            f"{path}: not a file of field keys: expected keys of {_KEY_BYTES} bytes, the newest among them"
        )
    return FieldKeys(newest, keys)


def _write_keys(path: Path, held: FieldKeys) -> None:
    coded = {str(number): base64.b64encode(key).decode() for number, key in sorted(held.keys.items())}
    text = json.dumps({"newest": held.newest, "keys": coded}, indent=1) + "\n"
    if path.exists():
        temporary = path.with_suffix(".new")
        _write_new(temporary, text)
        temporary.replace(path)
    else:
        _write_new(path, text)


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
