"""The WSGI application that a server runs."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.practice.settings")
# Each worker has its own threads; Polars need not add its own on top.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

application = get_wsgi_application()

# What is loaded by now stays, so no collection need look through it; and a page, which makes a hundred thousand objects
# and drops them, need not be interrupted a hundred times to look for cycles among them.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
