"""What is said otherwise to somebody who works alone: nobody to ask, to agree with or to hand over to."""

from __future__ import annotations

from collections.abc import Mapping

_MARK = "Mark yourself as top management in People."

#: What to do about a finding, by its code, where one person is the whole company.
FIXES: Mapping[str, str] = {
    "CAS002": "Write one objective that supports this goal, or drop the goal.",
    "PLN002": "Enter the goals that the business lives on: growth, clients kept, profit, time.",
    "PLN011": f"{_MARK} Then name yourself under *Agreed by*, or let the row begin after the review.",
    "OWN004": _MARK,
    "OWN007": "Enter the figures, or stop measuring what you do not look at.",
    "VIT007": "Enter the missing figures today, or read less often what you cannot read in time.",
    "OUT004": "Take up what brings clients and money, and move the activities to *What will be done*.",
    "RSK011": _MARK,
    "ACT003": "Enter the day by which it will be done.",
    "ACT005": "Open one action that names the KPI under *Serves*; or change the target knowingly.",
    "ACT012": (
        "Ask what will change in the way you work: open one action that names the KPI under *Serves*; or "
        "change the target knowingly."
    ),
    "EVO003": (
        "Enter what a good figure would be today, with its day under *Target set on*; if the target is still "
        "right, enter today's date."
    ),
    "OUT005": "Keep it (and say why), read it less often, merge it with another, or drop it.",
    "REV016": _MARK,
    "REV018": "Write down in one text what else you looked at, under Minutes of the review or in Inputs.",
    "VOI002": "Write what you will do about it under *Answer*, also if it is nothing.",
    "REV027": (
        "Add a row with the clause g in Inputs: in two or three sentences what you did for it since the last "
        "review, and what clients saw or said."
    ),
}
