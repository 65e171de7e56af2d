"""Whether a visit needs prior authorization, by what the payer's file says and exempts."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_EXCEPT = col.payer_prior_authorization_except_states
_ONLY = col.payer_prior_authorization_states
_FIRST_VISITS = col.payer_prior_authorization_exemptions_first_visits
_WEEKS = col.payer_prior_authorization_exemptions_within_weeks
_EVALUATION_EXEMPT = col.payer_prior_authorization_exemptions_evaluation_exempt
_LISTING = "a listing of the procedure code for the date of service"
_DAYS_PER_WEEK = 7


def _names(states: pl.Expr, *, if_none: bool) -> pl.Expr:
    """Whether the list names the clinic's state; for a list that is not given or empty, what `if_none` says."""
    empty = states.is_null() | (states.list.len() == 0)
    return (
        pl.when(empty)
        .then(pl.lit(value=if_none))
        .when(col.billing_state.is_not_null())
        .then(states.list.contains(col.billing_state))
    )


def _flag(name: str, meaning: str, lacks: str, expr: pl.Expr) -> Fact:
    return Fact(name=name, over="claims", dtype=pl.Boolean, unit="flag", meaning=meaning, lacks=lacks, expr=expr)


def _may_count(what: str, left: pl.Expr) -> pl.Expr:
    """Whether the authorization may count this: it binds by what it states, whatever the payer's others count."""
    counts = col.payer_prior_authorization_counts
    return left.is_not_null() | counts.is_null() | (counts == what)


_within = (
    pl.when(_WEEKS.is_null())
    .then(pl.lit(value=True))
    .otherwise(col.date_of_service <= col.plan_first_treatment_on + pl.duration(days=_DAYS_PER_WEEK * _WEEKS))
)
_is_first_visit = (
    pl.when(col.episode_visits_at_least > _FIRST_VISITS)
    .then(pl.lit(value=False))
    .when((col.date_of_service == col.plan_first_treatment_on) & (_FIRST_VISITS > 0))
    .then(pl.lit(value=True))
)

facts = (
    _flag(
        "authorization_required",
        "the payer wants care approved before it is given, in the clinic's state",
        "whether the payer requires authorization (its file, the clinic's state)",
        pl.when(col.payer_prior_authorization_required.not_())
        .then(pl.lit(value=False))
        .when(col.authorization_state_is_excepted)
        .then(pl.lit(value=False))
        .when(col.authorization_state_is_excepted.not_() & col.authorization_state_is_named)
        .then(col.payer_prior_authorization_required),
    ),
    _flag(
        "authorization_state_is_excepted",
        "the payer's file names the clinic's state among those without authorization",
        "the clinic's state",
        _names(_EXCEPT, if_none=False),
    ),
    _flag(
        "authorization_state_is_named",
        "the payer's file names the clinic's state among those with authorization, or names none",
        "the clinic's state",
        _names(_ONLY, if_none=True),
    ),
    _flag(
        "authorization_exempt",
        "the payer needs no authorization for this visit: only an evaluation, or among the first visits",
        "what the payer exempts from authorization (its file), and the number of the visit",
        pl.when(col.payer_has_prior_authorization_exemptions.not_())
        .then(pl.lit(value=False))
        .when(col.payer_has_prior_authorization_exemptions)
        .then(
            (_EVALUATION_EXEMPT & col.has_treatment_lines.not_())
            | pl.when(_FIRST_VISITS.is_null()).then(pl.lit(value=False)).otherwise(_is_first_visit & _within)
        ),
    ),
    _flag(
        "authorization_governs",
        "an authorization is on file, of a payer that is not known to need none",
        "whether an authorization is on file",
        col.has_authorization & col.payer_prior_authorization_required.ne_missing(pl.lit(value=False)),
    ),
    _flag(
        "authorization_may_count_visits",
        "the authorization states visits, or nothing says that those of this payer count something else",
        "what an authorization counts",
        _may_count("visits", col.authorization_visits_left),
    ),
    _flag(
        "authorization_may_count_units",
        "the authorization states units, or nothing says that those of this payer count something else",
        "what an authorization counts",
        _may_count("units", col.authorization_units_left),
    ),
    Fact(
        name="line_is_exempt_evaluation",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="a first evaluation, of a payer that is known to exempt it from authorization",
        lacks=_LISTING,
        expr=col.is_evaluation & _EVALUATION_EXEMPT.eq_missing(pl.lit(value=True)),
    ),
)
