"""A practice as a program sees it: one method for each call of the API, documents in and out.

practice = Practice("https://billing.example", token)
checked = practice.check(visits=[visit], patients=[patient])
for claim in practice.claims(status="held"):
    print(claim.id, claim.due_on)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from cleanclaim import records
from cleanclaim.client.claim_work import (
    BatchDocument,
    FixSent,
    ReasonSent,
    ReferenceSent,
    ReleasedDocument,
    ReleaseSent,
)
from cleanclaim.client.claims import (
    BuildSent,
    BuiltDocument,
    ClaimDocument,
    ClaimSummary,
    CodeAnswer,
    CodeSearch,
    DiagnosisAnswer,
    DiagnosisSearch,
    Exports,
    PriceDocument,
    PriceSent,
    StoredFinding,
)
from cleanclaim.client.connection import Connection
from cleanclaim.client.coverage_facts import (
    AuthorizationDocument,
    AuthorizationFields,
    EligibilityDocument,
    EligibilityFields,
)
from cleanclaim.client.interchange import TakenDocument
from cleanclaim.client.patients import (
    CoverageDocument,
    CoverageFields,
    PatientDocument,
    PatientRegistered,
    PatientSearch,
    PlanDocument,
    PlanFields,
)
from cleanclaim.client.payments import ClaimAnswerDocument, PostedDocument, RemittanceDocument
from cleanclaim.client.visits import CheckDocument, CheckSent, VisitDocument, VisitFields
from cleanclaim.client.wire import Page


class Practice:
    """Calls of one clinic's token. Every method raises `RefusedError`, or `UnreachableError`."""

    def __init__(self, address: str, token: str, *, timeout: float = 30.0) -> None:
        self.connection = Connection(address, token, timeout)

    # --- checks, codes, prices ---------------------------------------------------------------------------------

    def check(
        self,
        *,
        visits: Sequence[records.Visit],
        patients: Sequence[records.Patient],
        history: Sequence[records.Visit] = (),
        clinic: records.Clinic | None = None,
        as_of: date | None = None,
    ) -> CheckDocument:
        """Check visits with everything that decides about them; nothing is stored."""
        sent = CheckSent(
            visits=tuple(map(_visit, visits)),
            patients=tuple(patients),
            history=tuple(map(_visit, history)),
            clinic=clinic,
            as_of=as_of,
        )
        return self.connection.post("/check", sent, CheckDocument)

    def search_codes(self, search: CodeSearch) -> CodeAnswer:
        """Find codes for what was done, in words."""
        return self.connection.post("/codes/search", search, CodeAnswer)

    def search_diagnoses(self, search: DiagnosisSearch) -> DiagnosisAnswer:
        """Find diagnoses by words, or the beginning of a code."""
        return self.connection.post("/diagnoses/search", search, DiagnosisAnswer)

    def price(self, sent: PriceSent) -> PriceDocument:
        """Price the lines of one visit."""
        return self.connection.post("/prices", sent, PriceDocument)

    # --- patients ------------------------------------------------------------------------------------------------

    def patients(self) -> Iterator[PatientDocument]:
        """Every patient."""
        return self.connection.pages("/patients", PatientDocument)

    def search_patients(self, search: PatientSearch) -> tuple[PatientDocument, ...]:
        """Find patients."""
        return self.connection.post("/patients/search", search, Page[PatientDocument]).items

    def patient(self, key: UUID) -> PatientDocument:
        """Read a patient."""
        return self.connection.get(f"/patients/{key}", PatientDocument)

    def register(self, patient: PatientRegistered, *, key: str | None = None) -> PatientDocument:
        """Register a patient."""
        return self.connection.post("/patients", patient, PatientDocument, key=key)

    def change_patient(self, patient: PatientDocument, change: Mapping[str, object]) -> PatientDocument:
        """Change fields of a patient as you read them."""
        return self.connection.patch(f"/patients/{patient.key}", change, patient.version, PatientDocument)

    def coverages(self, patient: UUID) -> Iterator[CoverageDocument]:
        """A patient's coverages."""
        return self.connection.pages(f"/patients/{patient}/coverages", CoverageDocument)

    def add_coverage(self, patient: UUID, coverage: CoverageFields, *, key: str | None = None) -> CoverageDocument:
        """Add a coverage."""
        return self.connection.post(f"/patients/{patient}/coverages", coverage, CoverageDocument, key=key)

    def change_coverage(self, coverage: CoverageDocument, change: Mapping[str, object]) -> CoverageDocument:
        """Change fields of a coverage as you read it."""
        return self.connection.patch(f"/coverages/{coverage.key}", change, coverage.version, CoverageDocument)

    def eligibility(self, coverage: UUID) -> Iterator[EligibilityDocument]:
        """What was found out about a coverage."""
        return self.connection.pages(f"/coverages/{coverage}/eligibility", EligibilityDocument)

    def add_eligibility(
        self, coverage: UUID, answer: EligibilityFields, *, key: str | None = None
    ) -> EligibilityDocument:
        """Add an answer on eligibility."""
        return self.connection.post(f"/coverages/{coverage}/eligibility", answer, EligibilityDocument, key=key)

    def authorizations(self, coverage: UUID) -> Iterator[AuthorizationDocument]:
        """A coverage's approvals."""
        return self.connection.pages(f"/coverages/{coverage}/authorizations", AuthorizationDocument)

    def authorization(self, key: UUID) -> AuthorizationDocument:
        """Read an approval."""
        return self.connection.get(f"/authorizations/{key}", AuthorizationDocument)

    def add_authorization(
        self, coverage: UUID, approval: AuthorizationFields, *, key: str | None = None
    ) -> AuthorizationDocument:
        """Add an approval to a coverage."""
        return self.connection.post(f"/coverages/{coverage}/authorizations", approval, AuthorizationDocument, key=key)

    def change_authorization(
        self, approval: AuthorizationDocument, change: Mapping[str, object]
    ) -> AuthorizationDocument:
        """Change fields of an approval as you read it."""
        address = f"/authorizations/{approval.key}"
        return self.connection.patch(address, change, approval.version, AuthorizationDocument)

    def plans(self, patient: UUID) -> Iterator[PlanDocument]:
        """A patient's plans of care."""
        return self.connection.pages(f"/patients/{patient}/plans", PlanDocument)

    def add_plan(self, patient: UUID, plan: PlanFields, *, key: str | None = None) -> PlanDocument:
        """Add a plan of care."""
        return self.connection.post(f"/patients/{patient}/plans", plan, PlanDocument, key=key)

    def change_plan(self, plan: PlanDocument, change: Mapping[str, object]) -> PlanDocument:
        """Change fields of a plan as you read it."""
        return self.connection.patch(f"/plans/{plan.key}", change, plan.version, PlanDocument)

    # --- visits ---------------------------------------------------------------------------------------------------

    def visits(
        self,
        *,
        patient: UUID | None = None,
        from_day: date | None = None,
        through_day: date | None = None,
        status: str | None = None,
    ) -> Iterator[VisitDocument]:
        """Visits, with their notes."""
        query = {"patient": patient, "from_day": from_day, "through_day": through_day, "status": status}
        return self.connection.pages("/visits", VisitDocument, **query)

    def visit(self, key: UUID) -> VisitDocument:
        """Read a visit."""
        return self.connection.get(f"/visits/{key}", VisitDocument)

    def add_visit(self, visit: records.Visit, *, key: str | None = None) -> VisitDocument:
        """Add a visit: signed where it has signatures, else a draft."""
        return self.connection.post("/visits", _visit(visit), VisitDocument, key=key)

    def change_visit(self, visit: VisitDocument, change: Mapping[str, object]) -> VisitDocument:
        """Change fields of a draft as you read it."""
        return self.connection.patch(f"/visits/{visit.key}", change, visit.version, VisitDocument)

    def check_visit(self, key: UUID) -> CheckDocument:
        """Check a stored visit in the light of everything the clinic knows."""
        return self.connection.post(f"/visits/{key}/check", None, CheckDocument)

    # --- claims ---------------------------------------------------------------------------------------------------

    def claims(self, **filters: object) -> Iterator[ClaimSummary]:
        """Claims; filters are status, payer, patient, visit and due_through."""
        return self.connection.pages("/claims", ClaimSummary, **filters)

    def claim(self, key: UUID) -> ClaimDocument:
        """Read a claim with its lines and findings."""
        return self.connection.get(f"/claims/{key}", ClaimDocument)

    def build_claims(self, visits: Sequence[UUID], *, key: str | None = None) -> BuiltDocument:
        """Build the claims of signed visits."""
        return self.connection.post("/claims", BuildSent(visits=tuple(visits)), BuiltDocument, key=key)

    def recheck_claim(self, key: UUID) -> ClaimDocument:
        """Check an open claim again."""
        return self.connection.post(f"/claims/{key}/check", None, ClaimDocument)

    def hold_claim(self, key: UUID, reason: str) -> ClaimDocument:
        """Hold an open claim back."""
        return self.connection.post(f"/claims/{key}/hold", ReasonSent(reason=reason), ClaimDocument)

    def stop_holding_claim(self, key: UUID) -> ClaimDocument:
        """Take a claim off hold; it is checked again."""
        return self.connection.post(f"/claims/{key}/unhold", None, ClaimDocument)

    def release_claims(self, claims: Sequence[UUID], *, key: str | None = None) -> ReleasedDocument:
        """Release claims into files, one a payer."""
        return self.connection.post("/claims/release", ReleaseSent(claims=tuple(claims)), ReleasedDocument, key=key)

    def replace_claim(self, key: UUID, reference: str) -> ClaimDocument:
        """Begin the claim that replaces a filed one; `reference` is the payer's number of it."""
        return self.connection.post(f"/claims/{key}/replace", ReferenceSent(reference=reference), ClaimDocument)

    def void_claim(self, key: UUID, reference: str) -> ClaimDocument:
        """Make the claim that takes a filed one back; `reference` is the payer's number of it."""
        return self.connection.post(f"/claims/{key}/void", ReferenceSent(reference=reference), ClaimDocument)

    def apply_fix(self, finding: UUID, reason: str = "") -> ClaimDocument:
        """Apply a finding's fix; one that states something about the visit needs a reason."""
        return self.connection.post(f"/findings/{finding}/fix", FixSent(reason=reason), ClaimDocument)

    def ignore_finding(self, finding: UUID, reason: str) -> ClaimDocument:
        """Set a finding aside."""
        return self.connection.post(f"/findings/{finding}/ignore", ReasonSent(reason=reason), ClaimDocument)

    def stop_ignoring_finding(self, finding: UUID) -> ClaimDocument:
        """Let a finding that was set aside stand again."""
        return self.connection.post(f"/findings/{finding}/stand", None, ClaimDocument)

    def claim_as_fhir(self, key: UUID) -> bytes:
        """A claim as a FHIR R4 Bundle."""
        return self.connection.call("GET", f"/claims/{key}/fhir").content

    def findings(self, **filters: object) -> Iterator[StoredFinding]:
        """Findings; filters are claim, rule and severity."""
        return self.connection.pages("/findings", StoredFinding, **filters)

    # --- files and payments ---------------------------------------------------------------------------------------

    def batches(self, *, payer: str | None = None) -> Iterator[BatchDocument]:
        """The claim files that were made."""
        return self.connection.pages("/batches", BatchDocument, payer=payer)

    def batch(self, key: UUID) -> BatchDocument:
        """Read what a claim file is."""
        return self.connection.get(f"/batches/{key}", BatchDocument)

    def download_batch(self, key: UUID) -> bytes:
        """A claim file (837P) as it was made."""
        return self.connection.call("GET", f"/batches/{key}/content").content

    def post_remittance(self, file: bytes, *, key: str) -> PostedDocument:
        """Post the payments of a remittance file (835)."""
        answer = self.connection.call(
            "POST", "/remittances", data=file, headers={"Idempotency-Key": key}, type_="application/edi-x12"
        )
        return PostedDocument.model_validate_json(answer.content)

    def remittances(self) -> Iterator[RemittanceDocument]:
        """The payments that were posted."""
        return self.connection.pages("/remittances", RemittanceDocument)

    def claim_answers(self, **filters: object) -> Iterator[ClaimAnswerDocument]:
        """What payers said of claims; filters are claim and remittance."""
        return self.connection.pages("/answers", ClaimAnswerDocument, **filters)

    # --- whole tables and other systems ---------------------------------------------------------------------------

    def exports(self) -> Exports:
        """The tables that can be exported."""
        return self.connection.get("/exports", Exports)

    def export(self, table: str) -> Iterator[bytes]:
        """A table whole, a JSON document a line."""
        yield from self.connection.call("GET", f"/exports/{table}").content.splitlines()

    def take_fhir(self, bundle: bytes, *, key: str) -> TakenDocument:
        """Send a FHIR R4 Bundle of patients, coverages and visits."""
        answer = self.connection.call(
            "POST", "/fhir", data=bundle, headers={"Idempotency-Key": key}, type_="application/fhir+json"
        )
        return TakenDocument.model_validate_json(answer.content)

    def take_hl7(self, message: bytes, *, key: str) -> str:
        """Send an HL7 v2 DFT^P03; returns the acknowledgment where it was taken."""
        answer = self.connection.call(
            "POST", "/hl7", data=message, headers={"Idempotency-Key": key}, type_="application/hl7-v2"
        )
        return answer.content.decode()


def _visit(visit: records.Visit) -> VisitFields:
    return visit if isinstance(visit, VisitFields) else VisitFields.model_validate(visit.model_dump(exclude_unset=True))
