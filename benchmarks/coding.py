"""How often the right code is suggested first and among three, for phrases by somebody who has not read the aliases.

Run as `python -m benchmarks.coding`. Prints totals with and without the alias list and the cues, scores by code, and
the time a phrase and a note take.
"""

from __future__ import annotations

import time
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cleanclaim.coding import read_note, suggest

PHRASES = Path(__file__).parent.parent / "tests" / "coding" / "phrases.toml"
DAY = date(2026, 3, 4)
PAYER_CODE = {"medicare_b": "G0283", "commercial": "97014", "workers_comp": "97014"}
NOT_BILLED = "not billed"


@dataclass
class Score:
    """Counts of one run: phrases, right at first, right among three; the same by code."""

    phrases: int = 0
    first: int = 0
    three: int = 0
    by_code: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))

    def add(self, code: str, *, first: bool, three: bool) -> None:
        self.phrases += 1
        self.first += first
        self.three += three
        counts = self.by_code[code]
        counts[0] += 1
        counts[1] += first
        counts[2] += three

    def line(self, name: str) -> str:
        return (
            f"{name:<44} {self.first}/{self.phrases} first ({100 * self.first / self.phrases:.1f} %), "
            f"{self.three}/{self.phrases} in three ({100 * self.three / self.phrases:.1f} %)"
        )


def score(path: Path = PHRASES, *, use_aliases: bool = True, use_cues: bool = True) -> Score:
    """Score every phrase of the file; "not billed" counts as first when answered, and never as among three."""
    result = Score()
    for phrase in tomllib.loads(path.read_text(encoding="utf-8"))["phrase"]:
        answer = suggest(
            phrase["text"],
            payer_stimulation_code=PAYER_CODE.get(phrase.get("payer", "")),
            day=DAY,
            use_aliases=use_aliases,
            use_cues=use_cues,
        )
        if phrase.get("not_billable"):
            right = answer.not_billable is not None
            result.add(NOT_BILLED, first=right, three=right)
            continue
        accept = set(phrase["accept"])
        billed = answer.not_billable is None
        result.add(
            phrase["accept"][0],
            first=billed and bool(answer.codes) and answer.codes[0] in accept,
            three=billed and bool(accept & set(answer.codes[:3])),
        )
    return result


NOTE = """S: Pt reports R knee pain 3/10, easier stairs.
O: AROM R knee flexion 112 deg.
Interventions:
- Therapeutic exercise: quad sets, SLR, heel slides 3x10 to improve quad strength x 15 min
- Manual therapy: patellar mobs gr III, STM to R quad (10 min)
- Gait training with SPC 150 ft, cues for heel strike x 8 min
- Game Ready R knee x 10 min
A: Tolerated well, flexion 105 to 112.
P: Continue 2x/wk. Add step ups next visit.
Total timed minutes: 33
Total treatment time: 43 min
Pat Sample, PT, DPT"""


def main() -> None:
    """Print scores and times."""
    started = time.perf_counter()
    suggest("quad sets", payer_stimulation_code=None, day=DAY)
    print(f"first answer {1000 * (time.perf_counter() - started):.0f} ms")
    whole = score()
    print(whole.line("cues, labels, examples and aliases"))
    print(score(use_aliases=False).line("without aliases"))
    print(score(use_cues=False).line("without cues"))
    print(score(use_aliases=False, use_cues=False).line("labels and examples only"))
    for code, (phrases, first, three) in sorted(whole.by_code.items()):
        print(f"  {code:<12} {first:>3} first {three:>3} in three of {phrases}")
    texts = [phrase["text"] + " ." for phrase in tomllib.loads(PHRASES.read_text(encoding="utf-8"))["phrase"]]
    started = time.perf_counter()
    for text in texts:
        suggest(text, payer_stimulation_code=None, day=DAY)
    print(f"{1000 * (time.perf_counter() - started) / len(texts):.2f} ms a phrase, not seen before")
    rounds = 50
    notes = [NOTE.replace("150 ft", f"{150 + number} ft") for number in range(rounds)]
    started = time.perf_counter()
    for note in notes:
        read_note(note, day=DAY)
    print(f"{1000 * (time.perf_counter() - started) / rounds:.2f} ms a note")


if __name__ == "__main__":
    main()
