"""A simulated payer: claims in, answers out, decided by rules of its own.

It stands on the other side of the counter. It reads claims as any payer does, from the file alone, and answers by TA1,
999, 277CA and 835. It knows nothing of the rules, units and prices by which claims are made and checked here: what both
sides agree on, they agree on from two hands. Its fees, benefits and edits are fictional (`data/`).
"""

from cleanclaim.payer_sim.answering import Answered, answer
from cleanclaim.payer_sim.memory import Memory, MemoryFileError, load_memory, save_memory
from cleanclaim.payer_sim.pack import Scenario, scenario_names

__all__ = [
    "Answered",
    "Memory",
    "MemoryFileError",
    "Scenario",
    "answer",
    "load_memory",
    "save_memory",
    "scenario_names",
]
