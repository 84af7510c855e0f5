"""Whether a statement counts compliance activity or a result of the business, told by its words.

Three lists of words, read in this order:

1. *Activities that speak of results* are taken out first: a satisfaction survey that is sent is no
   satisfaction.
2. If what is left names a *result* (money, customers won or kept, delivery, time, scrap, injuries, people who
   stay), the statement is about a result, whatever activity stands beside it: training that cuts rework, an
   audit firm's revenue, audit findings that come back.
3. Otherwise, if it names a *compliance activity* (audits, reviews, documents, certificates, trainings,
   calibrations, corrective actions, meetings, forms), it counts activity.

What names neither is taken for a result: a rule that is in doubt stays silent.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["output", "outcome"]


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")", re.IGNORECASE)


#: Activities whose names hold the name of a result.
_SPEAKS_OF_RESULTS = _any(
    r"(?:customer|employee|staff)?\s*satisfaction (?:surveys?|questionnaires?|forms?)\b",
    r"(?:cost|complaint|sales|delivery|defect|scrap|waste|error)s? (?:report|procedure|form|log)s?\b",
    r"(?:cost|complaint|sales|delivery|defect|scrap|waste|error)s? (?:review|training)s?\b",

    r"(?:complaints?|defects?|errors?|returns?)\b[^.]{0,20}\b(?:logged|filed|recorded|registered|documented)\b",
    r"(?:customer|sales) (?:contract )?reviews?\b", r"new products?\b(?=$|[.,])",
    r"cash flow forecasts?\b", r"(?:without|no) (?:major |minor )?(?:errors?|mistakes?)\b",
)  # fmt: skip

#: Results: what customers, owners or the people who work here would notice.
_RESULT = _any(
    # money
    r"revenues?\b", r"sales\b", r"turnover\b", r"margins?\b", r"profit\w*", r"costs?\b", r"cash\b",
    r"savings?\b", r"prices?\b", r"receivables?\b", r"sales outstanding", r"budgets?\b", r"inventory\b",
    r"stock turns?\b", r"billable\b", r"basket\b", r"market share", r"export\w*", r"earn\b", r"fees?\b",
    # customers
    r"complaints?\b", r"churn\b", r"retain (?:\d|our|the|key|all|more)",
    r"(?:customer|client|staff|employee|account) retention", r"retention rate", r"promoter",
    r"satisfaction\b", r"win\b", r"won\b", r"win rate", r"new customers?",
    r"repeat (?:orders?|customers?|business)", r"preferred supplier", r"survey score", r"returns?\b",
    r"returned\b", r"warranty", r"recalls?\b", r"claims?\b", r"referrals?\b",
    # time
    r"(?:on[- ]time|late|early) (?:deliver\w*|shipments?|receipts?|lines?|orders?)",
    r"deliver (?!y)[^.]*\bon time", r"ship\b", r"shipped\b", r"promised\b",
    r"deliver\w* (?:projects?|performance|reliab\w*)", r"lead[- ]times?", r"cycle times?",
    r"set-?ups?\b(?: times?)?(?! a )", r"changeovers?\b", r"downtime", r"uptime", r"availability",
    r"turnaround", r"waiting", r"wait times?", r"backlog", r"time (?:to|from)\b",
    r"within \w+ (?:seconds|minutes)", r"answer quotes", r"schedule attainment", r"to market",
    r"open positions", r"overtime",
    # the work itself
    r"scrap\b", r"rework", r"yield", r"first[- ](?:pass|contact|time)", r"oee\b", r"through-?put",
    r"productivity", r"output\b", r"capacity\b", r"defects?\b", r"errors?\b", r"mistakes?\b", r"ppm\b",
    r"escape[sd]?\b", r"found wrong\b", r"nonconforming (?:parts?|products?|units?|lots?)", r"rejected\b",
    r"rejects?\b",
    r"waste\b", r"energy\b", r"emissions?\b", r"failures?\b", r"line stops?", r"poor quality",
    r"repairs?\b", r"occupancy", r"readmissions?", r"pass rate", r"resolution\b", r"solve[sd]?\b",
    r"repeat (?:audit )?(?:findings?|nonconformit\w*|problems?)", r"recurr\w*",
    r"per (?:unit|1,?000|100)\b",
    # people
    r"injur\w*", r"incident rate", r"accidents?\b", r"lost time", r"absence", r"absentee\w*",
    r"engagement", r"leavers?\b", r"qualified on", r"competence of", r"time to competence",
)  # fmt: skip

#: Activities of a quality system: they can all be done while nothing gets better.
_ACTIVITY = _any(
    r"audit\w*", r"management reviews?", r"reviews?\b", r"reviewed\b", r"procedures?\b", r"documents?\b",
    r"documented\b", r"documentation", r"document control", r"records?\b", r"manuals?\b", r"sops?\b",
    r"work instructions?", r"job descriptions?", r"certif\w*", r"iso\b", r"accredit\w*", r"standard\b",
    r"clauses?\b", r"complian\w*", r"comply\b", r"conform to", r"statutory", r"regulatory", r"legal\b",
    r"train\w*", r"awareness", r"inductions?\b", r"appraisals?\b", r"performance reviews?", r"calibrat\w*",
    r"gauges?\b", r"capas?\b", r"corrective actions?", r"preventive (?:actions?|maintenance)",
    r"pm schedule", r"ncrs?\b", r"non-?conformi\w*", r"nonconformances?", r"evaluations?\b",
    r"supplier (?:audits?|days?|visits?|surveys?)", r"surveys?\b", r"questionnaires?", r"meetings?\b",
    r"minutes issued", r"reports?\b", r"forms?\b", r"checklists?\b", r"newsletters?", r"polic(?:y|ies)\b",
    r"dashboards?", r"risk (?:assessments?|register)", r"risks reviewed", r"swot", r"context analysis",
    r"process owner", r"establish kpis", r"matrix\b", r"fmeas?\b", r"ppap\b", r"control plans?",
    r"inspections?\b", r"toolbox", r"talks? held", r"walks?\b", r"drills?\b", r"5s\b", r"kaizen",
    r"suggestions? (?:submitted|per)", r"improvement suggestions?", r"ideas submitted", r"layered process",
    r"quality management system", r"qms\b", r"electronic capa", r"quality plans?", r"process descriptions?",
    r"scorecards?", r"feedback", r"change requests?", r"analys[ei]s\b",
    r"quality test", r"gemba",
)  # fmt: skip


def kind_of(statement: str) -> Kind:
    """``output`` if a statement counts compliance activity, else ``outcome``.

    >>> kind_of("Complete 12 internal audits"), kind_of("Grow revenue of our audit firm by 12 %")
    ('output', 'outcome')
    >>> kind_of("Training that cuts rework"), kind_of("Repeat audit findings"), kind_of("On-time delivery")
    ('outcome', 'outcome', 'outcome')
    """
    text = _SPEAKS_OF_RESULTS.sub("activity", statement)
    if _RESULT.search(text):
        return "outcome"
    return "output" if text != statement or _ACTIVITY.search(text) else "outcome"


def counts_activity(statement: str) -> bool:
    """Whether a statement counts compliance activity and names no result."""
    return kind_of(statement) == "output"
