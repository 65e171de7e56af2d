"""Other systems' formats, read strictly and written exactly: FHIR R4 and HL7 v2."""
