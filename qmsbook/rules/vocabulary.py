"""The words by which activity is told from result: what they are, in base form, and how a text becomes words.

Phrases are separated by commas; singular stands for plural. They are the usual words of quality systems, of
what cities and service firms publish about themselves, and of compliance dashboards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

#: What customers, owners or the people who work here would notice.
RESULTS = """
revenue, sale, turnover, margin, profit, profitability, ebitda, cost, cash, saving, price, receivable,
budget, inventory, stock turn, inventory turn, stock, billable, basket, market share, export, fee, income,
order intake, growth, debt, reserve, bond, fund balance, spending, expense, roi, return on, growth rate,
subscription, contract, order, deal, dollar, overrun, penalty, fine, refund, credit, rebate, lawsuit,
collection rate, complaint, churn, retention, promoter, nps, csat, satisfaction, win rate, hit rate, won,
new customer, new client, repeat order, repeat customer, repeat business, preferred supplier, survey score,
survey result, return, returned, warranty, recall, claim, referral, loyalty, reputation, brand, conversion,
click rate, subscriber, member, user, active user, ridership, visit per, library visit, website visit,
emergency room visit, visitor, admission, admission rate, enrollment, enrolment, circulation, attendance
per, trust, recommend, satisfied, dissatisfied, rating, star, on time delivery, late delivery, early
delivery, delivery, shipment, on time shipment, on time receipt, on time start, on time performance,
punctuality, promised, lead time, cycle time, set up, setup, changeover, downtime, uptime, availability,
turnaround, waiting, wait, backlog, queue, time, age, aging, delay, speed, schedule attainment, schedule
held, schedule kept, deadline, due date, time to market, overtime, outage, interruption, dispatch, response
rate to quote, hold time, scrap, rework, yield, first pass, first time, first contact, oee, throughput,
productivity, output, capacity, defect, error, mistake, ppm, dpmo, escape, found wrong, nonconforming part,
nonconforming product, nonconforming unit, nonconforming lot, nonconforming material, rejected, reject,
rejection, waste, energy, electricity, fuel, water use, gas use, consumption, emission, co2, kwh, footprint,
recycling, diversion, landfill, failure, line stop, poor quality, repair cost, repair rate, weld repair,
occupancy, readmission, pass rate, passing, resolution rate, resolution time, solved, solve, resolved, per
unit, per part, per capita, per ton, per tonne, per resident, per household, mtbf, mttr, reliability,
accuracy, efficiency, utilization, utilisation, effectiveness, bug, spill, leak, leakage, main break, break,
loss, damage, breakage, shrinkage, spoilage, contamination, infection, mortality, death, survival, fall per,
complication, length of stay, condition, condition index, water quality, air quality, potholes per,
variance, quality index, injury, injured, incident rate, accident, lost time, absence, absenteeism, sick
day, engagement, leaver, qualified on, competence of, time to competence, recordable, dart, trir, ltifr,
harm, breach, theft, crime, crash, fatality, fire loss, structure fire, collision, burglary, safety event,
adverse event, sentinel event, vacancy, vacancy rate, open position, job created, unemployment, poverty,
homelessness, graduation, recidivism, graduation rate, literacy, employment, in work, find work, permanent
housing, percentage point, standard deviation, meeting standard, meeting target, meeting goal, meeting
requirement, meeting specification, meeting budget, meeting deadline, meeting the, meeting all, meeting or,
waiting list, price list, program attendance, security event, loss event, never event, downtime event,
production plan, plan attainment, recommendation rate, customer recommendation, service level, positive
feedback, feedback score, job, sla, snag, punch list, snag list item
"""

#: What a quality system, an office or a public service does: all of it can be done while nothing gets better.
ACTIVITIES = """
audit, auditor, audit finding, finding, management review, review, peer review, code review, contract
review, design review, procedure, document, documentation, document control, record, manual, sop, work
instruction, instruction, job description, process description, description, certificate, certification,
recertification, iso, accreditation, accredited, clause, the standard, comply, conform, legal requirement,
training, retraining, train, trained, training time, training hour, training day, audit hour, course,
curriculum, e learning, induction, orientation, appraisal, performance review, calibration, calibrated,
gauge, capa, corrective action, preventive action, preventive maintenance, scheduled maintenance, pm
schedule, ncr, nonconformity, nonconformance, non conformity, non conformance, 8d, root cause analysis, five
why, evaluation, assessment, self assessment, survey, satisfaction survey, satisfaction questionnaire,
questionnaire, satisfaction form, poll, meeting, minute issued, report, form, file, log, logbook, register,
registry, checklist, newsletter, bulletin, brochure, flyer, press release, policy, directive, guideline,
guidance, code of conduct, data sheet, list, database, ce mark, amendment, mailing, refresher, dashboard,
risk register, swot, context analysis, analysis, study, process owner, kpi, matrix, fmea, ppap, control
plan, plan, action plan, roadmap, strategy, concept, charter, framework, template, inspection, check,
toolbox, toolbox talk, talk, walk, safety walk, walkthrough, tour, drill, exercise, 5s, 6s, kaizen,
suggestion, idea, lesson learned, story time, mock recall, mock audit, layered process, quality management
system, management system, qms, scorecard, feedback, change request, corrective action request, pm work
order, preventive maintenance work order, scheduled maintenance work order, change control, gemba, session,
workshop, event, seminar, webinar, job fair, health fair, career fair, trade fair, trade show, conference,
congress, forum, hearing, briefing, debriefing, campaign, presentation, demonstration, retrospective,
huddle, stand up, roundtable, ceremony, open day, open house, open door day, interview, town hall, quality
circle, committee, sales visit, site visit, supplier visit, customer visit, home visit, school visit, field
visit, supplier day, sales call, cold call, quote sent, reconciliation, submission, filing, observation,
near miss, hazard report, qualification, attestation, declaration, declaration, acknowledgment,
acknowledgement, background check, verification, validation, agreement, quality agreement, memo, memorandum,
notice, publication, posting, circular, release note, system description, flowchart, process map, inventory
list, investigation, recommendation, action item, review action, field safety corrective action,
benchmarking, study visit, technical file, sign off, risk assessment, grant application, signature
"""

#: Activity where nothing better stands before it: `training completion`, but `delivery compliance`.
WEAK_ACTIVITIES = """
compliance, compliant, complied, adherence, completion, closure, fulfilment, fulfillment, execution,
awareness, attendance, participation, coverage, program, programme, statutory, regulatory, certified,
implementation, maintenance schedule, implemented, deviation, communication, class, test
"""

#: What somebody outside has asked for; done in time it is a result, merely done it is work.
SERVICES = """
permit, application, request, call, ticket, quote, quotation, license, licence, inquiry, enquiry, query,
repair, appointment, plan review, inspection request, case, invoice, email, message, work order, service
request, information request, record request, permit review, visit, subject request, building inspection,
pothole
"""

TIMES = "second, minute, hour, day, week, month"

#: Heads that say how, not what: the word before them, or after `of`, is the matter.
MEASURES = """
number, percent, percentage, share, proportion, count, total, sum, amount, volume, level, rate, ratio,
score, index, trend, status, performance, result, figure, average, median, mean, quantity, quota, quality,
ytd, reduction, increase, improvement, decrease, rise, use, usage, part, most, majority, kind, type, set,
series, range, frequency, quarter, year, half, third, january, february, march, april, june, july, august,
september, october, november, december
"""

#: What is passed over on the way to the matter.
FILLERS = """
the, a, an, all, every, each, our, any, its, their, least, most, more, fewer, less, no, zero, new, two,
three, four, five, six, seven, eight, nine, ten, twelve, twenty, several, both, annual, on schedule, ahead
of schedule, behind schedule, as scheduled, q, yearly, quarterly, monthly, weekly, daily, internal,
external, planned, overdue, open, late, on time, timely, ontime, main, key, first, second, other,
additional, existing, regular, major, minor, past due, not, only, own, we, will, must, shall, should
"""

STOPS = """
of, in, on, at, for, to, with, within, by, from, per, under, below, above, over, between, after, before,
during, across, against, through, until, till, than, that, which, who, whose, so, and, or, as, via, into,
without, among, vs, versus, since, about, is, are, was, were, be, been, has, had, if, when, where, while,
because, out
"""

#: Doing that shows the world nothing, whatever it is about.
LOOKING = """
conduct, host, organize, organise, attend, write, draft, draw up, analyse, analyze, assess, evaluate,
discuss, track, monitor, measure, investigate, update, revise, rewrite, publish, distribute, train, educate,
instruct, brief, inform, certify, appoint, assign, nominate, calibrate, validate, verify, inspect, map,
benchmark, communicate, acknowledge, collect feedback, collect customer feedback, arrange, facilitate,
convene, archive, classify, compile, observe, participate in, take part in, digitise, digitize, interview,
visit, explain, catalogue, catalog, sponsor, chair, examine, debrief, teach, consult, coach, mentor,
promote, encourage, invite, remind, notify, contact, meet with, apply for, bid on, standardize, standardise,
formalize, formalise, translate, hand out, ask
"""

#: The same, but also nouns: `Review all orders`, and `Review time`.
LOOKING_OR_NOUN = (
    "audit, review, report, document, record, survey, log, file, check, test, plan, schedule, post"
)

#: Setting up something: activity, unless it is the result itself.
#: Doing that says nothing by itself: what is done decides.
DOING = """
complete, perform, carry out, provide, deliver, submit, send, issue, run, hold, keep, maintain, achieve,
have, obtain, renew, pass, close, answer, respond to, reply to, finish, do, make, give, offer, reach, meet,
be, get, start, continue, collect, add, use, apply, support, manage, qualify, resolve, fix, process,
approve, enter, open, secure, demonstrate, show, drive, move, transition to
"""

SETTING_UP = """
implement, introduce, roll out, set up, deploy, migrate, define, install, establish, create, develop,
design, launch, build, register, identify, prepare, hire, recruit, purchase, buy
"""
SETTING_UP_ANYTHING = (
    "implement, introduce, roll out, set up, deploy, migrate, define, install, register, identify"
)

WINNING = "win, retain, earn, sell, ship, gain, attract, free, save, avoid, prevent"
UP = """
increase, raise, grow, improve, lift, double, triple, boost, expand, enhance, extend, strengthen, maximize,
maximise, exceed, beat
"""
DOWN = """
reduce, cut, lower, shorten, halve, decrease, bring, drop, limit, minimize, minimise, eliminate, stop,
slash, trim
"""

#: Looked at, spoken of or written down: says nothing of how it went.
LOOKED_AT = """
held, hosted, conducted, organized, organised, staged, attended, recorded, registered, logged, filed,
documented, reviewed, revised, updated, assessed, evaluated, audited, inspected, trained, briefed,
calibrated, validated, verified, analysed, analyzed, investigated, acknowledged, published, taught, drafted,
written, surveyed, appointed, archived, posted, checked, certified, accredited, monitored, tracked,
discussed, presented, communicated, mapped, identified, visited, tested, facilitated, instructed,
interviewed, contacted, coached, mentored, standardized, standardised, digitized, digitised, exercised,
processed, prepared, approved, submitted, issued, performed, entered, sent, offered, carried out, executed,
installed, translated, inventoried, reconciled, tagged, labeled, labelled, signed off, notified, minuted,
listed, classified, arranged
"""
#: Those that count even where a result is looked at.
RESULT_LOOKED_AT = """
logged, filed, documented, reviewed, analysed, analyzed, investigated, assessed, evaluated, audited,
inspected, checked, discussed, monitored, tracked
"""
DONE = """
completed, complete, done, delivered, closed, opened, provided, planned, raised, released, renewed, signed,
distributed, assigned, made, offered, implemented, launched, finished, filled, returned to, collected,
created, developed, undertaken, taken, given, run, produced, answered
"""

_TOKEN = r"[^\W\d_]*\d[^\W\d_]\b|[^\W\d_]+|\d[\d.,:]*\d|\d|[%$€£]|[,;:()/]|\s[-–—]\s"
_IRREGULAR = {
    "analyses": "analysis",
    "queries": "query",
    "gases": "gas",
    "crises": "crisis",
    "series": "series",
}


@cache
def _token() -> re.Pattern[str]:
    return re.compile(_TOKEN)


def tokens(text: str) -> list[str]:
    """The words, figures and signs of a text, in small letters; hyphens and possessives fall away."""
    plain = text.casefold().replace("’", "'").replace("'s", "")
    return [token.strip() for token in _token().findall(plain)]


def base(word: str) -> str:
    """A word's singular, as far as its ending tells it.

    >>> [base(word) for word in ("policies", "boxes", "audits", "glass", "status", "analyses", "8ds")]
    ['policy', 'box', 'audit', 'glass', 'status', 'analysis', '8d']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 3 or not word.endswith("s") or word.endswith(("ss", "us", "sis", "his", "xis")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes", "zzes")) else word[:-1]


#: By the first word: phrases, longest first, each with its sort.
Phrases = Mapping[str, list[tuple[list[str], str]]]


@cache
def nouns() -> Phrases:
    """The sort of each noun: result, activity, weak, service, time, measure, filler or stop."""
    return _by_first_word(
        stop=STOPS, filler=FILLERS, measure=MEASURES, time=TIMES, service=SERVICES, weak=WEAK_ACTIVITIES,
        activity=ACTIVITIES, result=RESULTS,
    )  # fmt: skip


@cache
def verbs() -> Phrases:
    """The sort of each verb that may open a statement."""
    return _by_first_word(
        doing=DOING, setting=SETTING_UP, setting_anything=SETTING_UP_ANYTHING, up=UP, down=DOWN,
        winning=WINNING, looking=LOOKING, looking_or_noun=LOOKING_OR_NOUN,
    )  # fmt: skip


@cache
def participles() -> Phrases:
    """The sort of each participle that may follow a noun."""
    return _by_first_word(done=DONE, looked_at=LOOKED_AT, result_looked_at=RESULT_LOOKED_AT)


def _by_first_word(**lists: str) -> Phrases:
    """Where a phrase stands in two lists the later one counts."""
    sorts = {
        tuple(map(base, phrase.split())): sort
        for sort, listed in lists.items()
        for phrase in listed.replace("\n", " ").split(",")
    }
    made: dict[str, list[tuple[list[str], str]]] = {}
    for phrase in sorted(filter(None, sorts), key=len, reverse=True):
        made.setdefault(phrase[0], []).append((list(phrase), sorts[phrase]))
    return made


def phrase_at(words: list[str], at: int, phrases: Phrases) -> tuple[str, int]:
    """The sort of the longest phrase that begins at a place, and how many words it has; ("", 1) if none."""
    for phrase, sort in phrases.get(words[at], ()) if at < len(words) else ():
        if words[at : at + len(phrase)] == phrase:
            return sort, len(phrase)
    return "", 1
