"""Check claims against the rule book: verdicts, findings with their words, fixes, and what could not be judged."""

from cleanclaim.check.findings import Change, Finding, Unjudged
from cleanclaim.check.judge import Judge, Verdicts

__all__ = ["Change", "Finding", "Judge", "Unjudged", "Verdicts"]
