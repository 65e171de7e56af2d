"""Write `schemas/openapi.json` anew, or with `--check` compare: `./dev python -m cleanclaim.practice.api`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Write or compare the committed description; 1 where it is stale."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.practice.settings")
    os.environ.setdefault("CLEANCLAIM_HOME", tempfile.mkdtemp(prefix="cleanclaim-openapi-"))
    import django  # noqa: PLC0415 - after the environment is set

    django.setup()
    from cleanclaim.practice.api.application import api  # noqa: PLC0415 - as above

    text = json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False) + "\n"
    path = Path("schemas/openapi.json")
    if "--check" in sys.argv[1:]:
        return int(not path.is_file() or path.read_text(encoding="utf-8") != text)
    path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
