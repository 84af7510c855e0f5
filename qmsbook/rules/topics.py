"""Topics: warnings and advice of several codes that are one piece of work, told in one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One piece of work: what it is, what to do, and by rule what is missing, in the words of a list."""

    title: str
    fix: str
    parts: Mapping[str, str]


_FOLDED = "the + above the headers opens the folded columns"

TOPICS = (
    Topic(
        "Objectives with an unfinished plan",
        f"Fill in what is named, for the vital few first; {_FOLDED}.",
        {
            "OBJ004": "due date", "CAS016": "process", "OBJ002": "what will be done", "OBJ003": "resources",
            "OBJ005": "how it is evaluated", "OBJ007": "basis", "CAS011": "how it supports its goal",
            "CAS012": "how it supports only repeats the statement", "CAS013": "a reason for each goal",
            "OBJ013": "a figure or day in its words",
        },
    ),
    Topic(
        "KPIs with an unfinished description",
        f"Fill in what is named; {_FOLDED}.",
        {
            "KPI002": "unit", "KPI004": "day of the target", "KPI007": "day of the baseline",
            "CAS017": "process", "KPI006": "data source", "CAS014": "how it drives its objective",
            "CAS015": "how it drives only repeats a name", "KPI020": "names of numerator and denominator",
            "KPI005": "frequency", "KPI008": "day the target was agreed",
        },
    ),
    Topic(
        "Goals with something left open",
        "Top management fills these in together, in one sitting.",
        {
            "VIT004": "rank", "VIT011": "the same rank twice", "PLN008": "horizon",
            "PLN001": "where it comes from", "CAS006": "Result KPI", "PLN007": "theme",
            "PLN006": "theme outside of the strategy",
        },
    ),
    Topic(
        "Dates that do not fit",
        "Set the day that counts for each, or say how it ended.",
        {
            "OBJ009": "objective past its day", "OBJ010": "target past its day",
            "OBJ014": "dates out of order", "CAS021": "target after its objective",
            "CAS022": "objective after its goal", "PLN003": "goal past its horizon",
        },
    ),
    Topic(
        "The quality role carries what leadership should",
        "Give goals to leaders, and the rest to whoever runs the process it belongs to.",
        {"OWN005": "goals", "OWN006": "share of the plan"},
    ),
    Topic(
        "What is counted is what was done, not what comes of it",
        "Ask what gets better for customers, cost, time or people if this is done, and make that the "
        "objective, or a KPI beside it.",
        {"OUT001": "objectives", "OUT004": "their share"},
    ),
    Topic(
        "KPIs off track in a way that calls for an answer",
        "Find out what happened, note it under *Comment* of the last reading, and open one action that names "
        "the KPI under *Serves*.",
        {"ACT005": "no open action", "MEA017": "no comment"},
    ),
    Topic(
        "KPIs that stay off track as their process runs",
        "Ask what will change in the process, and open one action that names the KPI under *Serves*; or "
        "change the target knowingly.",
        {"ACT012": "no open action", "EVO004": "nothing new tried for months"},
    ),
    Topic(
        "Risks with something left open",
        "Fill in what is named; whoever owns the goal knows.",
        {
            "RSK010": "kind", "RSK008": "goal", "RSK009": "likelihood or impact", "RSK003": "control",
            "RSK004": "control owner", "RSK005": "larger after its controls than before",
            "RSK006": "acceptance above the appetite", "RSK011": "accepted outside of top management",
            "RSK007": "not looked at for a year", "RSK012": "whether what was done helped",
            "RSK013": "not looked at while its KPI is off track",
        },
    ),
    Topic(
        "What could go wrong is not thought through",
        "Ask once per goal, and once per kind of weakness, what could stop it; *considered and none found* "
        "is an answer too.",
        {"RSK001": "goals without a threat", "RSK002": "kinds of weakness"},
    ),
    Topic(
        "Actions with something left open",
        "Settle each in a line; its owner knows.",
        {
            "ACT001": "owner", "ACT002": "what will be done", "ACT003": "due date", "ACT004": "overdue",
            "ACT007": "what it serves", "ACT009": "dates out of order",
            "ACT010": "carried from review to review", "ACT011": "open, with a closing date",
            "ACT006": "whether it worked", "ACT008": "closing date",
        },
    ),
    Topic(
        "Decisions with something left open",
        "Settle each in a line; its owner knows.",
        {
            "REV004": "owner", "REV005": "due date", "REV006": "clause", "REV007": "review",
            "REV010": "overdue without a result",
        },
    ),
    Topic(
        "Reviews with an incomplete record",
        "Complete the record while those who were there remember; what was not done, do in the next review.",
        {
            "REV008": "decisions", "REV009": "an output that is left out", "REV011": "conclusions",
            "REV013": "who was there", "REV012": "nobody from top management",
            "REV017": "owners of goals off track who were absent", "REV015": "approval",
            "REV016": "approved outside of top management", "REV021": "day of the meeting",
            "REV022": "day of the next one", "REV014": "chaired by the quality role",
        },
    ),
    Topic(
        "The next review is not prepared",
        "Set its day, and write three sentences on each input; whoever knows best does.",
        {
            "REV001": "the last was too long ago", "REV002": "none held or planned",
            "REV003": "the planned day has passed", "REV018": "inputs missing",
            "REV019": "inputs out of date", "REV020": "climate change",
        },
    ),
    Topic(
        "People who do the work are not heard",
        "Ask each team what keeps it from doing good work, answer what it says, and show what came of it.",
        {
            "VOI001": "processes without a word", "VOI003": "ideas that lead to nothing",
            "VOI004": "promises without a trace", "VOI005": "ideas without a process",
            "VOI006": "ideas without a day", "VOI007": "nothing proposed by the front line",
        },
    ),
)  # fmt: skip

#: Code of a rule -> the topic it belongs to.
TOPIC_OF: Mapping[str, Topic] = {code: topic for topic in TOPICS for code in topic.parts}
