"""Which rules run: those asked for, without those a named person has set aside, previews only when asked for.

A rule that is ignored is not judged at all, so whoever ignores one says why and who: the report carries it, and a
claim is never called clean as if the rule had passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleanclaim.rules import book
from cleanclaim.rules.kit import Rule


class SelectionError(ValueError):
    """A word that names no rule, or a choice that cannot be made; `word` is the word at fault, where there is one."""

    def __init__(self, option: str, said: str, word: str = "") -> None:
        """Take the option of the command line, what is wrong, and the word."""
        super().__init__(f"{option}: {said}")
        self.word = word


@dataclass(frozen=True, slots=True)
class Ignored:
    """Rules that a person has set aside: the word given, the codes it stands for, why, and who."""

    word: str
    codes: tuple[str, ...]
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules to run, what was set aside, and the previews that were not asked for."""

    rules: tuple[Rule, ...]
    ignored: tuple[Ignored, ...] = ()
    previews_left_out: tuple[str, ...] = ()


def codes_of(option: str, words: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Each word (`UN`, `DX101`, an earlier code of a rule, several with commas) with the codes it stands for.

    Raises:
        SelectionError: no rule's code begins with a word.
    """
    every = [rule.code for rule in book.rules()]
    found = []
    for word in (part.strip().upper() for text in words for part in text.split(",") if part.strip()):
        entry = book.entry(word)
        codes = (entry.rule.code,) if entry is not None else tuple(code for code in every if code.startswith(word))
        if not codes:
            raise SelectionError(option, f"no rule's code begins with {word!r}", word)
        found.append((word, codes))
    return found


def chosen(select: Sequence[str] = (), ignore: Sequence[str] = (), *, preview: bool = False) -> Selection:
    """The rules whose code begins with a word of `select` (all, if there is none) and with none of `ignore`.

    A preview rule runs only with `preview`.

    Raises:
        SelectionError: a word begins no rule's code, or names just one preview while previews are off.
    """
    wanted = codes_of("--select", select)
    dropped = [code for _, codes in codes_of("--ignore", ignore) for code in codes]
    named = book.select([code for _, codes in wanted for code in codes], dropped)
    previews = tuple(rule.code for rule in named if rule.preview and not preview)
    for word, codes in wanted:
        if codes == (word,) and word in previews:
            raise SelectionError(
                "--select", f"{word} is a preview, whose words and reach may still change: add --preview"
            )
    return Selection(tuple(rule for rule in named if rule.code not in previews), (), previews)


def chosen_by(
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    *,
    reasons: Sequence[str] = (),
    by: str = "",
    preview: bool = False,
) -> Selection:
    """The same, for a check whose report is relied on: whoever ignores a rule gives a reason and a name.

    One reason holds for all that is ignored, or there is one for each `ignore`, in their order.

    Raises:
        SelectionError: also where a reason or the name is absent, or stands without anything ignored.
    """
    found = chosen(select, ignore, preview=preview)
    given = [reason.strip() for reason in reasons]
    if not ignore:
        if given or by.strip():
            raise SelectionError("--reason and --by", "stand without --ignore")
        return found
    if not by.strip():
        raise SelectionError("--ignore", "expected --by NAME, the person who sets the rules aside")
    if not given or not all(given) or len(given) not in {1, len(ignore)}:
        raise SelectionError("--ignore", f"expected --reason once, or {len(ignore)} times, one for each --ignore")
    ignored = tuple(
        Ignored(word, codes, given[place % len(given)], by.strip())
        for place, text in enumerate(ignore)
        for word, codes in codes_of("--ignore", [text])
    )
    return Selection(found.rules, ignored, found.previews_left_out)
