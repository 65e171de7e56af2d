"""Pages per second of claim forms and superbills. Run as `python -m benchmarks.forms`."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from cleanclaim.forms.cms1500 import Style, fill_form, render_cms1500
from cleanclaim.forms.superbill import Labels, render_superbill
from tests.forms.claims import full_claim

PAGES = 1_000


def measure(name: str, pages: int, run: Callable[[], object]) -> None:
    """Run once warm, then three times, and print the best: on a shared machine the others measure the neighbors."""
    run()
    times = []
    for _ in range(3):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    print(f"{name:<34} {pages / min(times):8,.0f} a second")


def main() -> None:
    """Print the figures."""
    claims = [full_claim(id=f"V{number:06d}") for number in range(PAGES)]
    measure("CMS-1500, boxes filled", PAGES, lambda: [fill_form(claim) for claim in claims])
    for style in Style:
        data = render_cms1500(claims, style=style)
        measure(f"CMS-1500 as PDF, {style.value}", PAGES, partial(render_cms1500, claims, style=style))
        print(f"{'':<34} {len(data) / PAGES / 1000:8.1f} kB/page")
    labels = Labels(lambda code: f"Procedure {code}", lambda code: f"Diagnosis {code}", lambda _code: "Office")
    measure(
        "superbill files, two pages each",
        PAGES // 10,
        lambda: [render_superbill(claim, labels=labels) for claim in claims[: PAGES // 10]],
    )


if __name__ == "__main__":
    main()
