"""Parts of the body with their diagnoses and services, and the sentences that notes are made of."""

from __future__ import annotations

from dataclasses import dataclass

from cleanclaim.records import (
    DecisionMaking,
    Presentation,
)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the body with diagnoses for each side, and what is done about it."""

    name: str
    sided: bool
    diagnoses: tuple[tuple[str, ...], ...]
    """For the right side, or for both: `{side}` is the digit of the side."""
    timed: tuple[str, ...]
    untimed: tuple[str, ...]
    limb: str


REGIONS = (
    Region("knee", True, (("M17.1{side}", "M25.66{side}"), ("M25.56{side}", "M62.81"), ("S83.24{side}D",)),
           ("97110", "97112", "97116", "97140", "97530", "97035"), ("stim", "97016"), "lower"),
    Region("hip", True, (("M16.1{side}", "M25.65{side}"), ("M25.55{side}",), ("M70.6{side}", "M62.81")),
           ("97110", "97112", "97116", "97140", "97530", "97124"), ("stim",), "lower"),
    Region("ankle", True, (("S93.40{side}D",), ("M25.67{side}", "M25.57{side}")),
           ("97110", "97112", "97116", "97140", "97530"), ("stim", "97016"), "lower"),
    Region("shoulder", True, (("M75.12{side}", "M25.61{side}"), ("M75.0{side}",), ("M75.4{side}", "M62.81")),
           ("97110", "97112", "97140", "97530", "97535", "97035"), ("stim",), "upper"),
    Region("wrist", True, (("S52.50{side}D", "M25.63{side}"), ("M25.53{side}",)),
           ("97110", "97140", "97530", "97535"), ("stim",), "upper"),
    Region("elbow", True, (("M77.1{side}",), ("M25.52{side}", "M62.81")),
           ("97110", "97140", "97530", "97035"), ("stim",), "upper"),
    Region("lumbar spine", False, (("M54.16",), ("M54.50", "M62.81"), ("M48.061",)),
           ("97110", "97112", "97140", "97530", "97124"), ("stim", "97012"), "trunk"),
    Region("cervical spine", False, (("M54.2",), ("M54.12", "M62.81")),
           ("97110", "97112", "97140", "97530", "97535", "97124"), ("stim", "97012"), "trunk"),
    Region("balance", False, (("R26.81", "R29.6"), ("R26.89", "M62.81")),
           ("97110", "97112", "97116", "97530", "97535"), (), "lower"),
)  # fmt: skip

INJURIES = {
    "knee": ("S83.24{side}D",),
    "ankle": ("S93.40{side}D",),
    "shoulder": ("S46.01{side}D",),
    "wrist": ("S52.50{side}D", "M25.63{side}"),
    "lumbar spine": ("S39.012D",),
}

WORDS = {
    "97110": (
        "{where} strengthening against band resistance, three sets",
        "progressive resistive exercise for {where} strength and range",
    ),
    "97112": (
        "proprioception and postural control drills for the {where}",
        "neuromuscular re-education, balance and proprioception, {where}",
    ),
    "97116": ("gait training with cues for step length and stance, level and stairs",),
    "97140": ("joint mobilization of the {where}, grade III", "soft tissue and joint mobilization, {where}"),
    "97124": ("therapeutic massage to the {where}, effleurage and petrissage",),
    "97535": ("training in dressing and bathing at home with adapted technique",),
    "97035": ("ultrasound to the {where}, continuous, moved by hand throughout",),
    "97032": ("electrical stimulation of the {where}, therapist in constant attendance",),
    "G0283": ("unattended interferential stimulation to the {where}",),
    "97014": ("unattended interferential stimulation to the {where}",),
    "97012": ("mechanical traction, {where}, intermittent pull",),
    "97016": ("vasopneumatic compression of the {where} for swelling",),
    "97150": ("group exercise class, therapist guiding all members",),
    "97750": ("physical performance test with written report of the results",),
    "97761": ("prosthetic training, first encounter: donning and weight bearing",),
    "97763": ("prosthetic training, later encounter: gait over ramps and fit checked",),
    "97161": ("physical therapy evaluation",),
    "97162": ("physical therapy evaluation",),
    "97163": ("physical therapy evaluation",),
    "97164": ("re-evaluation after an unexpected change, plan revised",),
    "95992": ("canalith repositioning maneuver for positional vertigo",),
}
ACTIVITY = {
    "lower": "sit to stand, stair and car transfer practice, dynamic functional activity",
    "upper": "reaching, lifting and carrying practice for kitchen tasks, dynamic functional activity",
    "trunk": "bending, lifting and carrying practice for house work, dynamic functional activity",
}
NEEDS = (
    "load and form corrected every few repetitions", "graded by end feel and by pain", "cued for alignment that is lost with fatigue",
    "dose changed with the reaction of the tissue", "guarded and corrected throughout", "sequence taught and checked against compensation",
    "resistance set by the quality of the last set", "technique adapted to guarding",
)  # fmt: skip
RESPONSES = (
    "pain {a}/10 before, {b}/10 after", "{c} repetitions in good form", "no increase of pain, {c} degrees more at the end", "fatigue at {c} repetitions",
    "guarding less after {c} minutes", "two cues needed instead of {a}", "tolerated with rests of {c} seconds", "motion {c} percent freer at the end",
)  # fmt: skip
PROGRESS = (
    "{c} percent more than the last visit", "one level up since the plan began", "from {a} cues to {b}", "range up by {c} degrees in two weeks",
    "resistance up by {b} pounds", "endurance up by {c} seconds", "hold {c} seconds longer than a week ago", "error rate down from {a} to {b} of ten",
)  # fmt: skip
SUBJECTIVE = (
    "Reports sleeping through {a} nights this week", "Walked {c} minutes to the store without stopping", "Stairs at home still one at a time, pain {a}/10",
    "Drove for the first time since the onset, {c} minutes", "Woke twice from turning over", "Garden work of {c} minutes left it sore for an hour",
    "Forgot the home program on {b} days", "Lifted a grandchild yesterday without trouble", "Missed church because of the pain, {a}/10",
    "Took the bus and stood for {c} minutes", "Says the new exercise pinched at first and then eased", "Cooked dinner for four, rested after {c} minutes",
)  # fmt: skip
OBJECTIVE = (
    "Flexion measured {d} degrees, end feel firm", "Strength 4-/5 by hand dynamometer, {c} pounds", "Five times sit to stand {c} seconds",
    "Tenderness along the joint line, no warmth", "Swelling {b} millimeters above the other side", "Single limb stance {c} seconds",
    "Timed up and go {c} seconds", "Extension lacks {a} degrees", "Grip {d} pounds by dynamometer", "Slump test negative, reflexes equal",
    "Functional reach {c} inches", "Girth unchanged at {d} centimeters",
)  # fmt: skip
ASSESSMENT = (
    "Gains in range carry over to stairs, yet control under load needs further skilled grading", "Weakness remains the limit of community walking",
    "Pain behavior points to load rather than to inflammation", "Compensation returns with fatigue and takes hands-on correction",
    "On course for the second goal, the first is met by half", "Irritability is lower, so loading may now rise", "Fear of falling still shortens each step",
    "Stiffness limits overhead work more than pain does", "Responds better to brief and frequent loading", "Coordination improved with fewer prompts than before",
    "Tissue tolerance has doubled in ten days", "Balance reactions late to the rear, adequate forward",
)  # fmt: skip
PLAN = (
    "Raise the step to {b} inches next time", "Add carrying with {c} pounds", "Recheck range in {b} visits", "Teach a home stretch for mornings",
    "Begin uneven ground outdoors", "Lower the support to one finger", "Try {c} repetitions before a rest", "Review the goals with the family",
    "Move the loading to the end of the session", "Continue the frequency of the plan", "Phase out the modality when pain is below {b}/10", "Progress to single limb work",
)  # fmt: skip
GOALS = (
    "Climb one flight of stairs step over step in 8 weeks", "Walk 1,000 feet without a device in 8 weeks", "Lift 20 pounds from floor to waist in 8 weeks",
    "Reach the second shelf with the affected arm in 8 weeks", "Stand for 45 minutes of cooking in 6 weeks", "Sleep 6 hours without waking from pain in 6 weeks",
)  # fmt: skip
FAMILY = ("Ashgrove", "Birchall", "Coppard", "Dunmore", "Elverton", "Farrow", "Garside", "Hollin", "Inskip", "Jessop", "Kershaw", "Lydgate",
          "Marchbank", "Netherby", "Oakden", "Pellow", "Quarrie", "Rushton", "Sedgwick", "Thackray")  # fmt: skip
GIVEN = (
    "Alma",
    "Bruno",
    "Celia",
    "Dario",
    "Edith",
    "Felix",
    "Greta",
    "Hugo",
    "Irma",
    "Jonas",
    "Klara",
    "Leon",
    "Mira",
    "Nils",
    "Olga",
    "Pavel",
)
LEVELS = {
    "97161": ((0, 0), (1, 2), Presentation.STABLE, DecisionMaking.LOW),
    "97162": ((1, 2), (3, 5), Presentation.EVOLVING, DecisionMaking.MODERATE),
    "97163": ((3, 4), (4, 7), Presentation.UNSTABLE, DecisionMaking.HIGH),
}
"""All four components of an evaluation's level: facts_checked.md C2."""

# --- what is drawn ---------------------------------------------------------------------------------------
