"""Claims with the parties and the policy that are theirs, as the rule engine's columns."""

from __future__ import annotations

from datetime import date

import polars as pl

from cleanclaim.reference import taxonomy
from cleanclaim.x12.columnar.reader import Block
from cleanclaim.x12.guide import load_guide

_DISCIPLINES = {"GP": "PT", "GO": "OT", "GN": "SLP"}
_ASSISTANTS = {"PT": "PTA", "OT": "OTA"}
_SELF = "18"
_PLACES = {"P": 0, "S": 1, "T": 2}
_LAST = 9
_TELEPHONE = "TE"
_ADDRESS = ("street", "city", "state")


def claim_columns(block: Block, rows: pl.DataFrame, lines: pl.DataFrame, *, as_of: date) -> pl.DataFrame:
    """The rule engine's columns of each row of `claims`, and what tells patients and payers apart.

    `rows` says which rows there are (`claim_id`, `source_key`, `first_line`, `is_whole`), `lines` are theirs, by
    `first_line`. Besides the engine's columns there are `source_key` and `segment` of the claim, `stands_alone`,
    `interchange_number`, `payer_name` and `filing_indicator`.
    """
    found = rows.join(_claims(block), on="source_key", how="left", maintain_order="left")
    found = found.join(_of_lines(lines), on="first_line", how="left", maintain_order="left")
    found = found.with_columns(pl.coalesce("line_rendering_key", "rendering_party_key").alias("named_key"))
    found = _with(found, _parties(block), "named", "named_key").with_columns(_chosen_patient())
    found = found.with_columns(_furnished_by())
    own = ("claim_id", "source_key", "segment", "interchange_number")
    return found.select(
        *own, *_own(as_of), *_authorization(), *_policy(), *_billing(), *_rendering(), *_others(), *_patient()
    )


# --- what stands in the block's tables ----------------------------------------------------------------------


def _claims(block: Block) -> pl.DataFrame:
    """The block's claims with their level, policy and parties beside them; one row each, by `source_key`."""
    parties = _parties(block)
    claims = block.tables["claims"].rename({"claim_key": "source_key", "claim_id": "control_number"})
    for more, key in (
        (_coverages(block), "coverage_key"),
        (block.table("billing_levels").select("billing_level_key", level_taxonomy="taxonomy"), "billing_level_key"),
        (block.table("dependents").select("dependent_key", dependent_relationship="relationship"), "dependent_key"),
        (block.table("transactions").select("transaction_key", "interchange_number"), "transaction_key"),
        (_first_named(block, "2310B", "rendering_party_key"), "source_key"),
        (_first_named(block, "2310A", "referring_party_key", entity="DN"), "source_key"),
        (_first_named(block, "2310D", "supervising_party_key"), "source_key"),
        (_other_payers(block), "source_key"),
        (_approvals(block), "source_key"),
    ):
        claims = claims.join(more, on=key, how="left", maintain_order="left")
    for role in ("billing", "subscriber", "payer", "patient", "referring", "supervising"):
        claims = _with(claims, parties, role, f"{role}_party_key")
    return claims


def _parties(block: Block) -> pl.DataFrame:
    """Every party by `party_key`, with the columns that the rule engine knows of one."""
    both = (pl.col("street_1") != "") & (pl.col("street_2") != "")
    between = pl.when(both).then(pl.lit(" ")).otherwise(pl.lit(""))
    is_npi = pl.col("identifier_kind") == "XX"
    numbers = [("contact_kind", "contact_number"), *((f"contact_kind_{n}", f"contact_number_{n}") for n in (2, 3))]
    phones = [pl.when(pl.col(kind) == _TELEPHONE).then(number) for kind, number in numbers]
    longest = pl.max_horizontal(pl.col("street_1").str.len_chars(), pl.col("street_2").str.len_chars())
    is_person = pl.col("entity_kind").replace_strict({"1": True, "2": False}, default=None, return_dtype=pl.Boolean)
    same = ("name", "given_name", "identifier", "tax_id", "taxonomy", "birth_date", "birth_date_text", "sex")
    return block.table("parties").select(
        "party_key",
        *same,
        "claim_number",
        "city",
        "state",
        "country",
        pl.col("zip_code").alias("zip"),
        pl.when(is_npi).then("identifier").otherwise(pl.lit("")).alias("npi"),
        is_person.alias("is_person"),
        (pl.col("address_segment") != "").alias("has_address"),
        pl.concat_str("street_1", between, "street_2").alias("street"),
        longest.cast(pl.Int64).alias("street_longest"),
        pl.coalesce(*phones, pl.lit("")).alias("phone"),
    )


def _with(frame: pl.DataFrame, parties: pl.DataFrame, role: str, key: str) -> pl.DataFrame:
    """The frame with the columns of the party that `key` names, each under the role's name; null where none is."""
    renamed = parties.rename({name: f"{role}_{name}" for name in parties.columns if name != "party_key"})
    return frame.join(renamed, left_on=key, right_on="party_key", how="left", maintain_order="left")


def _coverages(block: Block) -> pl.DataFrame:
    """The policy billed, by `coverage_key`."""
    same = ("coverage_key", "terms_segment", "payer_order", "medicare_secondary_type", "filing_indicator")
    renamed = {"coverage_relationship": "relationship", "policy_group_number": "group_number"}
    return block.table("coverages").select(*same, **renamed)


def _first_named(block: Block, loop: str, name: str, entity: str = "") -> pl.DataFrame:
    """The first party of each claim in that loop: `source_key` and, as `name`, its key."""
    found = block.tables["parties"].filter(pl.col("loop") == loop, pl.col("claim_key").is_not_null())
    if entity:
        found = found.filter(pl.col("entity") == entity)
    found = found.unique("claim_key", keep="first", maintain_order=True)
    return found.select(pl.col("claim_key").alias("source_key"), pl.col("party_key").alias(name))


def _other_payers(block: Block) -> pl.DataFrame:
    """By claim: of the other payers before a second and before a third one, how many, what they paid and adjusted."""
    others = block.tables["coverages"].filter(pl.col("loop") == "2320", pl.col("claim_key").is_not_null())
    others = others.join(_claim_adjustments(block), on="coverage_key", how="left", maintain_order="left")
    others = others.join(_told_twice(block), on="coverage_key", how="left", maintain_order="left")
    place = pl.col("payer_order").replace_strict(_PLACES, default=_LAST, return_dtype=pl.Int64)
    paid = pl.col("paid_cents")
    # A payer without adjustments of the whole claim has adjusted nothing.
    adjusted = pl.when(pl.col("has_adjustments").is_null()).then(0).otherwise("adjusted_cents")
    made = []
    for before in range(len(_PLACES)):
        earlier = paid.filter(place < before)
        made.append(earlier.len().cast(pl.Int64).alias(f"payers_before_{before}"))
        made.append(pl.when(earlier.is_not_null().all()).then(earlier.sum()).alias(f"paid_before_{before}"))
        taken = adjusted.filter(place < before)
        made.append(pl.when(taken.is_not_null().all()).then(taken.sum()).alias(f"adjusted_before_{before}"))
        twice = pl.col("is_told_twice").filter(place < before)
        made.append(twice.sum().cast(pl.Int64).alias(f"repeated_before_{before}"))
    lacks_paid = (pl.col("paid_text") == "").any().alias("lacks_paid")
    return others.group_by(pl.col("claim_key").alias("source_key")).agg(lacks_paid, *made)


def _claim_adjustments(block: Block) -> pl.DataFrame:
    """By `coverage_key`: the payer's adjustments of the claim as a whole; unknown where one amount is."""
    amount = pl.col("amount_cents")
    made = block.tables["adjustments"].filter(
        pl.col("loop") == "2320", (pl.col("carc") != "") | (pl.col("amount_text") != "")
    )
    return made.group_by("coverage_key").agg(
        pl.lit(True).alias("has_adjustments"),
        pl.when(amount.is_not_null().all()).then(amount.sum()).alias("adjusted_cents"),
    )


def _told_twice(block: Block) -> pl.DataFrame:
    """By `coverage_key`: the other payers whose amount left to the patient stands for the claim and for a line."""
    left = pl.col("remaining_liability_cents").is_not_null()
    same = ("claim_key", "payer_identifier")
    named = block.tables["parties"].filter(pl.col("loop") == "2330B").unique("coverage_key", keep="first")
    for_claim = block.tables["coverages"].filter(left).select("coverage_key", "claim_key")
    for_claim = for_claim.join(named.select("coverage_key", payer_identifier="identifier"), on="coverage_key")
    for_lines = block.tables["decisions"].filter(left).select(same)
    return for_claim.join(for_lines, on=same, how="semi").select("coverage_key", is_told_twice=pl.lit(True))


def _approvals(block: Block) -> pl.DataFrame:
    """By claim: all authorization numbers it states."""
    is_approval = (pl.col("loop") == "2300") & (pl.col("qualifier") == "G1") & (pl.col("value") != "")
    found = block.tables["references"].filter(is_approval, pl.col("claim_key").is_not_null())
    return found.group_by(pl.col("claim_key").alias("source_key")).agg(pl.col("value").alias("approvals"))


def _of_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """What the lines of one row say together, and what its first line says."""
    stated = pl.col("prior_authorization")
    return lines.group_by("first_line", maintain_order=True).agg(
        pl.col("line_date").first().alias("date_of_service"),
        pl.col("place_of_service").first().alias("line_place"),
        pl.col("line_rendering_key").first(),
        stated.filter(stated != "").alias("line_approvals"),
        *(pl.col("modifiers").list.contains(code).any().alias(f"says_{code}") for code in _DISCIPLINES),
    )


# --- the rule engine's columns ------------------------------------------------------------------------------


def _is_named(role: str) -> pl.Expr:
    return pl.col(f"{role}_name").is_not_null()


def _own(as_of: date) -> list[pl.Expr]:
    """What the claim itself says."""
    kinds = {code: name for name, code in load_guide().codes["accident"].items()}
    causes = [pl.col(f"accident_{place}") for place in (1, 2, 3)]
    named = [cause.replace_strict(kinds, default=None, return_dtype=pl.String) for cause in causes]
    # A cause that claims do not know is told as it stands, before those that they do.
    foreign = [pl.when((cause != "") & cause.is_in(list(kinds)).not_()).then(cause) for cause in causes]
    has_lines = pl.col("line_place").is_not_null()
    place = pl.when(has_lines).then("line_place").otherwise("place_of_service")
    has_cause = pl.any_horizontal(cause != "" for cause in causes)
    absent = {
        "total_charge_cents": (pl.col("claim_segment") != "") & (pl.col("total_charge_text") == ""),
        "birth_date": pl.col("chosen_birth_date_text") == "",
        "accident_on": has_cause & (pl.col("accident_on_text") == ""),
        "prior_paid_cents": pl.col("lacks_paid"),
    }
    left_empty = [pl.when(is_absent).then(pl.lit(name)) for name, is_absent in absent.items()]
    return [
        pl.col("control_number").alias("claim_key"),
        pl.lit(False).alias("is_history"),
        pl.lit(as_of).alias("as_of"),
        pl.col("date_of_service"),
        pl.when(place != "").then(place).alias("place_of_service"),
        pl.when(pl.col("frequency") != "").then("frequency").alias("frequency_code"),
        pl.col("original_reference"),
        pl.col("onset_on"),
        pl.when("is_whole").then("total_charge_cents").alias("total_charge_cents"),
        pl.lit(False).alias("knows_services"),
        pl.lit(True).alias("knows_diagnoses"),
        pl.lit(False).alias("knows_history"),
        pl.lit([], dtype=pl.List(pl.String)).alias("unit_preference"),
        pl.concat_list(left_empty).list.drop_nulls().alias("claim_fields_absent"),
        pl.coalesce(*foreign, *named, pl.lit("")).alias("accident_kind"),
        pl.col("accident_on"),
        pl.col("accident_state"),
    ]


def _authorization() -> list[pl.Expr]:
    """The claim's number or else the first of its lines', and how many different ones there are."""
    of_claim, of_lines = pl.col("prior_authorization"), pl.col("line_approvals").list.first()
    number = pl.when(of_claim != "").then(of_claim).otherwise(pl.coalesce(of_lines, pl.lit("")))
    nothing = pl.lit([], dtype=pl.List(pl.String))
    every = pl.concat_list(pl.col("approvals").fill_null(nothing), pl.col("line_approvals").fill_null(nothing))
    return [
        (number != "").alias("has_authorization"),
        number.alias("authorization_number"),
        every.list.n_unique().cast(pl.Int64).alias("authorization_count"),
    ]


def _policy() -> list[pl.Expr]:
    """The payer billed and the policy; unknown where the level that names them is lost."""
    codes = load_guide().codes
    orders = {code: name for name, code in codes["payer_order"].items()}
    relations = {code: name for name, code in codes["relationship"].items()}
    has_terms = pl.col("terms_segment").fill_null("") != ""
    there = has_terms | _is_named("payer") | _is_named("subscriber")
    is_dependent = pl.col("dependent_key").is_not_null()
    relation = pl.when(is_dependent).then("dependent_relationship").otherwise("coverage_relationship").fill_null("")
    order = pl.col("payer_order").fill_null("")
    number = pl.col("subscriber_claim_number").fill_null("")
    own_number = pl.col("patient_claim_number").fill_null("")
    place = order.replace_strict(_PLACES, default=None, return_dtype=pl.Int64)
    before = [pl.when(place == index).then(pl.col(f"payers_before_{index}").fill_null(0)) for index in range(3)]
    # No other payer at all has paid nothing; one whose payment is unknown makes the sum unknown.
    has_others = pl.col("lacks_paid").is_not_null()
    paid, adjusted = (
        [
            pl.when(place == index).then(pl.when(has_others).then(f"{what}_before_{index}").otherwise(0))
            for index in range(3)
        ]
        for what in ("paid", "adjusted")
    )
    twice = [pl.when(place == index).then(pl.col(f"repeated_before_{index}").fill_null(0)) for index in range(3)]
    # What was adjusted on the whole claim cannot be told of one of several days of it.
    is_shown = pl.col("is_whole") | (pl.coalesce(before) == 0)
    known = relation.replace_strict(relations, default="other", return_dtype=pl.String)
    described = (pl.col("payer_name").fill_null("") != "") | (pl.col("payer_identifier").fill_null("") != "")
    return [
        pl.when(there).then(order.replace_strict(orders, default="primary", return_dtype=pl.String))
        .otherwise(pl.lit("primary")).alias("coverage_order"),
        pl.when(there).then(described).alias("has_coverage"),
        pl.when(there & (relation != "")).then(known).alias("relationship"),
        pl.when(there).then(pl.col("subscriber_name").fill_null("")).alias("subscriber_family_name"),
        pl.when(there).then(pl.col("subscriber_identifier").fill_null("")).alias("member_id"),
        pl.when(there).then(pl.col("policy_group_number").fill_null("")).alias("group_number"),
        pl.when(there).then(pl.when(is_dependent & (own_number != "")).then(own_number).otherwise(number))
        .alias("claim_number"),
        pl.when(there).then(pl.col("payer_identifier").fill_null("")).alias("payer_identifier"),
        pl.when(there).then(pl.col("medicare_secondary_type").fill_null("")).alias("medicare_secondary_type"),
        pl.coalesce(before).alias("prior_payers"),
        pl.coalesce(paid).alias("prior_paid_cents"),
        pl.when(is_shown).then(pl.coalesce(adjusted)).alias("prior_claim_adjusted_cents"),
        pl.coalesce(twice).alias("prior_remaining_repeated"),
        pl.when(there).then(pl.col("payer_name").fill_null("")).alias("payer_name"),
        pl.when(there).then(pl.col("filing_indicator").fill_null("")).alias("filing_indicator"),
    ]  # fmt: skip


def _address(role: str, shown: str) -> list[pl.Expr]:
    """An address; one left out has no street, city and state, and says nothing of its ZIP code."""
    there = pl.col(f"{role}_has_address")
    parts = [
        pl.when(there).then(f"{role}_{part}").when(_is_named(role)).then(pl.lit("")).alias(f"{shown}_{part}")
        for part in _ADDRESS
    ]
    longest = pl.when(there).then(f"{role}_street_longest").when(_is_named(role)).then(pl.lit(0))
    rest = (pl.when(there).then(f"{role}_{part}").alias(f"{shown}_{part}") for part in ("zip", "country"))
    return [*parts, longest.alias(f"{shown}_street_longest"), *rest]


def _billing_taxonomy() -> pl.Expr:
    of_level = pl.col("level_taxonomy").fill_null("")
    return pl.when(of_level != "").then(of_level).otherwise("billing_taxonomy")


def _billing() -> list[pl.Expr]:
    code = _billing_taxonomy()
    return [
        pl.col("billing_npi"),
        pl.col("billing_tax_id"),
        pl.when(_is_named("billing") & (code != "")).then(code).alias("billing_taxonomy"),
        pl.col("billing_name"),
        pl.col("billing_given_name"),
        pl.col("billing_is_person"),
        pl.col("billing_phone"),
        *_address("billing", "billing"),
    ]


def _furnished_by() -> list[pl.Expr]:
    """Who furnished the services: the rendering provider of line or claim, or else who bills."""
    is_named = _is_named("named")
    same = ("name", "given_name", "npi", "is_person")
    code = pl.when(is_named).then("named_taxonomy").when(_is_named("billing")).then(_billing_taxonomy())
    return [
        *(pl.when(is_named).then(f"named_{name}").otherwise(f"billing_{name}").alias(f"by_{name}") for name in same),
        code.alias("by_taxonomy"),
    ]


def _rendering() -> list[pl.Expr]:
    is_named = _is_named("named")
    # Of a biller who is not named as the therapist, the taxonomy may be the clinic's, and there is no given name.
    is_somebody = _is_named("by") & (is_named | pl.col("by_is_person").fill_null(False))
    described = taxonomy.all_described()
    disciplines = {one.code: one.discipline.value for one in described}
    credentials: dict[str, str | None] = {}
    for one in described:
        if one.is_individual and one.role is taxonomy.TaxonomyRole.THERAPIST:
            credentials[one.code] = one.discipline.value
        elif one.is_individual and one.role is taxonomy.TaxonomyRole.ASSISTANT:
            credentials[one.code] = _ASSISTANTS.get(one.discipline.value)
    of_code = pl.col("by_taxonomy").replace_strict(disciplines, default=None, return_dtype=pl.String)
    said = [pl.col(f"says_{code}").fill_null(False) for code in _DISCIPLINES]
    count = pl.sum_horizontal(one.cast(pl.Int64) for one in said)
    spoken = pl.coalesce(pl.when(one).then(pl.lit(name)) for one, name in zip(said, _DISCIPLINES.values(), strict=True))
    names = pl.concat_str("by_name", pl.lit(", "), "by_given_name")
    return [
        pl.col("by_npi").alias("rendering_npi"),
        pl.when(is_named).then(_folded(names)).alias("treated_by"),
        pl.when(is_somebody).then("by_taxonomy").alias("rendering_taxonomy"),
        pl.col("by_taxonomy").replace_strict(credentials, default=None, return_dtype=pl.String)
        .alias("rendering_credential"),
        pl.when(is_somebody).then("by_name").alias("rendering_family_name"),
        pl.when(is_somebody).then("by_given_name").alias("rendering_given_name"),
        pl.when(count == 1).then(spoken)
        .when((count == 0) & of_code.is_in(list(_DISCIPLINES.values()))).then(of_code).alias("discipline"),
    ]  # fmt: skip


def _folded(text: pl.Expr) -> pl.Expr:
    """Text for comparison without regard to case, as Python folds it; plain letters need no detour."""
    is_plain = text.str.len_bytes() == text.str.len_chars()
    odd = pl.when(~is_plain).then(text).map_elements(str.casefold, return_dtype=pl.String)
    return pl.when(is_plain).then(text.str.to_lowercase()).otherwise(odd)


def _others() -> list[pl.Expr]:
    """Referring and supervising providers; who is not named is known to be absent."""
    is_referred = _is_named("referring")
    return [
        pl.col("referring_npi").fill_null(""),
        pl.when(~is_referred).then(pl.lit("")).alias("referring_credential"),
        pl.col("referring_name").fill_null("").alias("referring_family_name"),
        pl.col("referring_given_name").fill_null(""),
        pl.col("supervising_npi").fill_null(""),
    ]


def _chosen_patient() -> list[pl.Expr]:
    """The patient's own level where there is one, else the subscriber who is the patient, else nobody."""
    is_dependent = pl.col("dependent_key").is_not_null()
    is_self = pl.col("coverage_relationship") == _SELF
    parts = ("name", "given_name", "birth_date", "birth_date_text", "sex", "has_address", *_ADDRESS, "zip", "country",
             "street_longest")  # fmt: skip
    return [
        pl.when(is_dependent).then(f"patient_{part}").when(is_self).then(f"subscriber_{part}").alias(f"chosen_{part}")
        for part in parts
    ]


def _patient() -> list[pl.Expr]:
    member = pl.col("subscriber_identifier").fill_null("")
    return [
        pl.col("chosen_birth_date").alias("birth_date"),
        pl.col("chosen_name").alias("patient_family_name"),
        pl.col("chosen_given_name").alias("patient_given_name"),
        pl.when(pl.col("chosen_sex") != "").then("chosen_sex").alias("sex"),
        *_address("chosen", "patient"),
        _folded(pl.col("chosen_name")).alias("patient_folded_name"),
        _folded(pl.col("chosen_given_name")).alias("patient_folded_given_name"),
        (~_is_named("chosen") | pl.col("chosen_birth_date").is_null() | (member == "")).alias("stands_alone"),
    ]
