"""Write the JSON Schemas of what a clinic hands in: clinic.json, patients.json and visit files.

    python tools/build_schemas.py

They are the records' own (`cleanclaim.records`), so an editor can complete and check a file as it is written. A test
holds that the files under `schemas/` are these.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cleanclaim.records import Clinic, Patient, Visit
from cleanclaim.records.model import Record

FOLDER = Path(__file__).resolve().parents[1] / "schemas"
RECORDS: Mapping[str, type[Record]] = {"clinic": Clinic, "patient": Patient, "visit": Visit}


def document(kind: str) -> str:
    """The schema of one kind of record, as it is written: of one record, though a file may hold a list of them."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(schema | RECORDS[kind].model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every schema."""
    for kind in RECORDS:
        path = FOLDER / f"{kind}.schema.json"
        path.write_text(document(kind), encoding="utf-8")
        print(path.relative_to(FOLDER.parent))


if __name__ == "__main__":
    main()
