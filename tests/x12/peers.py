"""Two open validators as outside judges: pyx12 (its own maps) and x12sdk (typed models)."""

from __future__ import annotations

import io
import json
from typing import Any

import pyx12.params
import pyx12.x12n_document
from x12sdk.io import X12ModelReader


def pyx12_errors(data: bytes) -> list[str]:
    """What pyx12 objects to, and what its acknowledgement says; empty when it accepts the file."""
    parameters = pyx12.params.ParamsBase()
    parameters.set("charset", "E")
    acknowledgement, errors = io.StringIO(), io.StringIO()
    valid = pyx12.x12n_document.x12n_document(
        parameters, io.StringIO(data.decode("ascii")), acknowledgement, None, None, errors
    )
    found = [] if valid else [json.dumps(json.loads(errors.getvalue()))[:4000]]
    for segment in acknowledgement.getvalue().replace("\n", "").split("~"):
        elements = segment.split("*")
        if elements[0] in {"IK3", "IK4"} or (elements[0] in {"IK5", "AK9"} and elements[1] != "A"):
            found.append(segment)
    if "AK9*A" not in acknowledgement.getvalue():
        found.append("no acceptance in the acknowledgement")
    return found


def x12sdk_claims(data: bytes) -> int:
    """How many claims x12sdk reads; it raises on anything it objects to."""
    claims = 0
    with X12ModelReader(data.decode("ascii")) as reader:
        model: Any
        for model in reader.models():
            for biller in model.loop_2000a:
                for subscriber in biller.loop_2000b:
                    claims += len(subscriber.loop_2300 or ())
                    for patient in subscriber.loop_2000c or ():
                        claims += len(patient.loop_2300 or ())
    return claims
