"""Take a picture of a page with Chromium: `python tools/screenshot.py out/report.html docs/assets/report.png`.

The browser sees no network and no profile. The picture is cut to the height asked for and, where Pillow is
installed, written with few colors, because it lies in the repository.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",  # needed where root runs it; the page is our own
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
COLORS = 128


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--width", type=int, default=1200)
    parser.add_argument("--height", type=int, default=1300)
    parser.add_argument("--browser", default="", help="program to use; by default the first that is on the path")
    chosen = parser.parse_args()
    browser = chosen.browser or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not browser:
        sys.stderr.write(f"no browser found; expected one of {', '.join(BROWSERS)}\n")
        return 2
    if not chosen.page.is_file():
        sys.stderr.write(f"{chosen.page}: no such page; expected an HTML file\n")
        return 2
    chosen.picture.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 - the browser of this machine, on a page of ours
            [
                browser,
                *FLAGS,
                f"--user-data-dir={profile}",
                f"--window-size={chosen.width},{chosen.height}",
                f"--screenshot={chosen.picture.resolve()}",
                chosen.page.resolve().as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    _reduce(chosen.picture)
    print(f"{chosen.picture}: {chosen.picture.stat().st_size:,} bytes")
    return 0


def _reduce(picture: Path) -> None:
    """Write the picture with few colors."""
    try:
        from PIL import Image  # noqa: PLC0415 - a development tool that may be absent
    except ImportError:
        return
    with Image.open(picture) as shot:
        small = shot.convert("RGB").quantize(COLORS)
    small.save(picture, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
