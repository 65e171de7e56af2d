"""What a process remembers of the notes that are being written: of each, what its last checks computed.

It holds as long as the setting of the note is the very same: with any row around the note that changes, a setting is
gathered anew, and nothing that was computed in the light of the old one is used again.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from cleanclaim.facts.unchanged import Unchanged
from cleanclaim.practice.engine.judging.setting import Setting

_KEPT = 64
"""How many notes: as many as settings are kept."""

_held: OrderedDict[UUID, tuple[Setting, Unchanged]] = OrderedDict()
_lock = Lock()


def unchanged_for(visit: UUID, setting: Setting) -> Unchanged:
    """What was computed for a note in this setting; nothing yet where the setting is a new one."""
    with _lock:
        found = _held.get(visit)
        if found is None or found[0] is not setting:
            found = _held[visit] = (setting, Unchanged())
        _held.move_to_end(visit)
        while len(_held) > _KEPT:
            _held.popitem(last=False)
        return found[1]
