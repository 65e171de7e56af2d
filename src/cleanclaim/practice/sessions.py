"""Sessions in the database that end after idle time, without being written at each request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

_MOST = timedelta(minutes=1)
_TENTH = 10


def written_again() -> timedelta:
    """How far the kept end of a session may lag behind: a tenth of the idle time, at most a minute."""
    return min(_MOST, timedelta(seconds=settings.SESSION_COOKIE_AGE) / _TENTH)


class SessionStore(db.SessionStore):
    """A session that each request prolongs, and that is written at most once a minute.

    The end that is kept counts from a request that was made: a session may end up to a minute before its idle time is
    over, and never after it.
    """

    def load(self) -> dict[str, Any]:
        """What is kept of the session; one whose kept end lags behind is written after this request."""
        kept = self._get_session_from_db()  # type: ignore[attr-defined] # left out of the types
        if kept is None:
            return {}
        whole = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if kept.expire_date <= timezone.now() + whole - written_again():
            self.modified = True
        found: dict[str, Any] = self.decode(kept.session_data)
        return found
