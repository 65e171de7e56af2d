"""The WSGI application that a server runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.practice.settings")
# Each worker has its own threads; Polars need not add its own on top.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

application = get_wsgi_application()
