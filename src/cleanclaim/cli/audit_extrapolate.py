"""`cleanclaim audit extrapolate`: a sample that reviewers have filled in; what it says of all claims."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cleanclaim.audit.report_files import ReportFolderError
from cleanclaim.audit.sampling import SampleError
from cleanclaim.audit.sampling_estimates import (
    DollarEstimate,
    ErrorEstimate,
    EstimateError,
    Interval,
    estimate_dollars,
    estimate_errors,
)
from cleanclaim.audit.sampling_review import ReviewError, drawn_again, read_review
from cleanclaim.cli.output import ExitCode, Format, FormatOption, err, out, unusable, write_json
from cleanclaim.money import dollars


def extrapolate(
    sample: Annotated[Path, typer.Argument(help="The sample, with the column `overpaid` filled in (dollars).")],
    *,
    report: Annotated[Path, typer.Option("--report", help="Folder of the report that the sample was drawn for.")],
    format_: FormatOption = Format.TEXT,
) -> None:
    """Estimate dollars overpaid and claims in error on all claims of the report."""
    try:
        with err.status("drawing the sample again"):
            review = read_review(sample, drawn_again(report))
        amount, errors = estimate_dollars(review.dollars), estimate_errors(review.errors)
    except (EstimateError, ReportFolderError, ReviewError, SampleError) as error:
        unusable(str(error))
    if format_ is Format.JSON:
        write_json(
            "audit-extrapolate",
            {"exit_code": int(ExitCode.CLEAN), "dollars": asdict(amount), "errors": asdict(errors)},
        )
        return
    _say(amount, errors)


def _say(amount: DollarEstimate, errors: ErrorEstimate) -> None:
    how = f"{amount.strata} strata" if amount.strata > 1 else "a simple random sample"
    out.print(Text(f"{amount.count:,} claims reviewed of {amount.universe:,}, {how}", "bold"))
    out.print(Text("\nDollars overpaid on all claims", "bold"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    table.add_row(dollars(amount.point), "point estimate")
    table.add_row(dollars(amount.standard_error), "standard error, corrected for the finite universe")
    table.add_row(dollars(amount.lower_one_sided_90), "lower limit, one-sided 90%")
    out.print(table)
    if amount.lower_one_sided_90 <= 0:
        out.print(Text("The sample does not show that anything was overpaid on the whole.", "yellow"))
    out.print(_intervals([(one, dollars(one.lower), dollars(one.upper)) for one in amount.intervals]))
    out.print(Text(f"Student's t with {amount.degrees:,} degrees of freedom", "dim"))
    out.print(Text("\nClaims in error", "bold"))
    out.print(
        Text(f"{errors.errors:,} of {errors.count:,} reviewed; {errors.point:,} of {errors.universe:,} estimated")
    )
    out.print(Text(f"at least {errors.lower_one_sided_90:,}, one-sided 90%"))
    out.print(_intervals([(one, f"{one.lower:,}", f"{one.upper:,}") for one in errors.intervals]))
    exact = "exact limits of the hypergeometric distribution" if errors.is_exact else "limits by Student's t"
    out.print(Text(exact, "dim"))


def _intervals(rows: list[tuple[Interval, str, str]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("two-sided")
    table.add_column("lower", justify="right")
    table.add_column("upper", justify="right")
    for one, lower, upper in rows:
        table.add_row(f"{one.confidence}%", lower, upper)
    return table
