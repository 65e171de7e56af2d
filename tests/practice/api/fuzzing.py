"""Generated calls from the API's own description, each answer held against it."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cleanclaim.practice import tenancy
from cleanclaim.practice.api.application import api
from cleanclaim.practice.api.scopes import Scope
from cleanclaim.practice.api.tokens import make_token
from cleanclaim.practice.engine.claims.filing import release
from cleanclaim.practice.models import (
    Authorization,
    Batch,
    Claim,
    ClaimFinding,
    Clinic,
    Coverage,
    Membership,
    Patient,
    PlanOfCare,
    Role,
    Visit,
)

schemathesis.serializer.alias("application/edi-x12", "application/octet-stream")

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_KEYS = itertools.count(1)
_FEWER = dict.fromkeys(
    (
        "check", "check_visit", "build_claims", "recheck_claim", "stop_holding_claim", "release_claims",
        "replace_claim", "void_claim", "ignore_finding", "stop_ignoring_finding", "apply_fix", "post_remittance",
    ),
    4,
)  # fmt: skip
"""How many times fewer calls are made of what takes the engine's time."""


def owner_token(clinic: Clinic) -> str:
    """A token that may do everything in the clinic."""
    membership = Membership.objects.get(clinic=clinic, role=Role.OWNER.value)
    with tenancy.scope([clinic.id]):
        return make_token(clinic, membership, "fuzz", tuple(Scope))[1]


def _one_batch(clinic: Clinic) -> Batch:
    """A file of one ready claim of the clinic, made now."""
    claim = Claim.objects.filter(status="ready").order_by("number")[0]
    member = Membership.objects.get(clinic=clinic, role=Role.OWNER.value)
    return release(clinic, [claim.pk], member.user).batches[0]


class Fuzzer:
    """Makes calls, counts their statuses, and raises where an answer is not as described."""

    def __init__(self, token: str, clinic: Clinic) -> None:
        load_all_checks()
        self.statuses: Counter[int] = Counter()
        self.client = Client(raise_request_exception=False)
        self.token = token
        with tenancy.scope([clinic.id]):
            self.known = {
                "patients": [str(key) for key in Patient.objects.order_by("pk").values_list("pk", flat=True)[:5]],
                "coverages": [str(key) for key in Coverage.objects.order_by("pk").values_list("pk", flat=True)[:5]],
                "plans": [str(key) for key in PlanOfCare.objects.order_by("pk").values_list("pk", flat=True)[:5]],
                "visits": [str(key) for key in Visit.objects.order_by("pk").values_list("pk", flat=True)[:5]],
                "claims": [str(key) for key in Claim.objects.order_by("pk").values_list("pk", flat=True)[:5]],
                "findings": [str(key) for key in ClaimFinding.objects.order_by("pk").values_list("pk", flat=True)[:5]],
                "authorizations": [
                    str(key) for key in Authorization.objects.order_by("pk").values_list("pk", flat=True)[:5]
                ],
                "batches": [str(_one_batch(clinic).pk)],
            }
        self.schema = schemathesis.openapi.from_dict(
            json.loads(json.dumps(api.get_openapi_schema())), config=SchemathesisConfig.from_dict({})
        )

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return sum(self.statuses.values())

    def run(self, *, examples: int, seed: int) -> None:
        """About `examples` calls of each kind that fit the description, and as many that do not."""
        for found in self.schema.get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr] # the description is whole
            count = max(1, examples // _FEWER.get(operation.definition.raw["operationId"], 1))
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                self._calls_of(operation, mode, count, seed)

    def _calls_of(self, operation: Any, mode: GenerationMode, count: int, start: int) -> None:
        strategy = operation.as_strategy(generation_mode=mode)

        @seed(start)
        @settings(
            max_examples=count,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def make(case: Any) -> None:
            self._call(case)

        make()

    def _call(self, case: Any) -> None:
        known = self.known.get(case.operation.path.split("/")[3], [])
        if "key" in (case.path_parameters or {}) and known and self.calls % 3:
            case.path_parameters["key"] = known[self.calls % len(known)]
        kwargs = case.as_transport_kwargs(base_url="http://testserver")
        headers = {str(name): str(value) for name, value in (kwargs.pop("headers") or {}).items()}
        if case.operation.method.upper() == "POST" and self.calls % 4:
            headers["Idempotency-Key"] = f"fuzz-key-{next(_KEYS)}"
        if case.operation.method.upper() == "PATCH" and self.calls % 2:
            headers["If-Match"] = '"1"'
        wire = ("method", "url", "params", "data", "json", "files", "cookies")
        prepared = requests.Request(headers={}, **{name: kwargs[name] for name in wire if name in kwargs}).prepare()
        given: dict[str, Any] = {**prepared.headers, **headers, "Authorization": f"Bearer {self.token}"}
        sent = {str(name): str(value) for name, value in given.items()}
        type_ = sent.pop("Content-Type", "application/octet-stream")
        target = urlsplit(prepared.url or "")
        body = prepared.body or b""
        answer = self.client.generic(
            prepared.method or "GET",
            f"{target.path}?{target.query}" if target.query else target.path,
            body.encode() if isinstance(body, str) else body,
            content_type=type_,
            headers=sent,
        )
        self.statuses[answer.status_code] += 1
        case.validate_response(_answer_of(prepared, answer), checks=CHECKS)


def _answer_of(prepared: requests.PreparedRequest, answer: Any) -> schemathesis.Response:
    """The test client's answer as the checks read one."""
    return schemathesis.Response(
        status_code=answer.status_code,
        headers={name: [value] for name, value in answer.headers.items()},
        content=b"".join(answer.streaming_content) if answer.streaming else answer.content,
        request=prepared,
        elapsed=0.0,
        verify=True,
    )
