"""What could not be read in a file: where it stands and what was expected, never a patient's data."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is not as the guide says.

    `segment` counts segments from 1 through the file (0: the file as a whole). `loop` is the guide's loop, "" where
    none is known. `element` names segment and element, such as `CLM02`. `found` says what is wrong without quoting
    text that may be a person's.
    """

    segment: int
    loop: str
    element: str
    found: str
    expected: str

    def __str__(self) -> str:
        """One line for people."""
        where = f"segment {self.segment}" if self.segment else "file"
        loop = f", loop {self.loop}" if self.loop else ""
        return f"{where}{loop}, {self.element}: found {self.found}, expected {self.expected}"
