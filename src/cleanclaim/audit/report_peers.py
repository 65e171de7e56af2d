"""What a report shows of therapists compared with each other: timed units of a visit, drawn."""

from __future__ import annotations

from typing import Any

from cleanclaim.audit import plots, totals_peers

_DOTS_SHOWN = 1_000
_BOXES_SHOWN = 20


def peers_part(group: totals_peers.Peers) -> dict[str, Any]:
    """The therapists of one discipline, with their pictures."""
    rows = group.therapists.to_dicts()
    far = rows if len(rows) <= _BOXES_SHOWN else [*rows[: _BOXES_SHOWN // 2], *rows[-_BOXES_SHOWN // 2 :]]
    band = (group.lower_quartile, group.middle, group.upper_quartile)
    step = -(-len(rows) // _DOTS_SHOWN)
    return {
        "discipline": group.discipline,
        "count": f"{len(rows):,}" + (f", every {step}th drawn" if step > 1 else ""),
        "left_out": group.left_out,
        "lower": f"{group.lower_quartile:.2f}",
        "upper": f"{group.upper_quartile:.2f}",
        "boxes_title": "All therapists"
        if len(far) == len(rows)
        else f"The {_BOXES_SHOWN // 2} highest and the {_BOXES_SHOWN // 2} lowest averages",
        "dots": plots.dots(
            [
                plots.Dot(
                    row["mean"],
                    row["visits"],
                    f"{row['rendering_npi']}: {row['visits']:,} visits, {row['mean']:.2f} timed units each",
                )
                for row in rows[::step]
            ],
            band,
            name="Therapists by timed units of a visit and number of visits",
            across="timed units of a visit, on average",
            up="visits",
        ),
        "boxes": plots.boxes(
            [
                plots.Box(
                    row["rendering_npi"],
                    row["visits"],
                    *(row[name] for name in ("p10", "p25", "median", "p75", "p90")),
                )
                for row in far
            ],
            name="Timed units of a visit by therapist",
        ),
    }
