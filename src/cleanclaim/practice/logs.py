"""How log lines are written: without what a database says of the values that it refused."""

from __future__ import annotations

import logging
import re

_VALUES = re.compile(r"^(?:DETAIL|CONTEXT|HINT):.*$|(?<=Failing row contains ).*$", re.MULTILINE)


class WithoutValues(logging.Formatter):
    """PostgreSQL explains a violated constraint with the row's own values: they are left out of the log."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback where there is one."""
        return _VALUES.sub("(values left out)", super().format(record))
