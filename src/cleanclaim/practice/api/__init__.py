"""The HTTP API under `/api/v1/`: one clinic a token, every call in its scope, every answer by the published schema.

`door` is what each call passes through; `application` puts the resources together; `openapi` completes their
description. The documents are those of `cleanclaim.client`, so that server and client cannot come apart.
"""
