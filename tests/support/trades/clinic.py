"""A family clinic of forty: a quality nurse who owns most of it, a yearly review, departments as owners."""

from __future__ import annotations

from trades.series import readings

COMPANY = {
    "Settings": """
        Setting | Value
        Company | Riverside Family Clinic
        Review interval months | 12
    """,
    "People": """
        Person | Role | Process | Top management | Quality role | Front line | Email
        Dr. Alan Brooks | Medical director | | yes | | | a.brooks@riverside.example
        Grace Kim | Practice manager | P1 | yes | | | g.kim@riverside.example
        Nora Patel | Quality nurse | P5 | | yes | | n.patel@riverside.example
        Dr. Ines Weber | Family doctor | P2 | | | yes |
        Sam Ortega | Lab lead | P3 | | | | s.ortega@riverside.example
        Joy Adams | Front desk lead | P1 | | | yes |
    """,
    "Processes": """
        Process | Name | Owner | Core | Customer
        P1 | Booking and front desk | Joy Adams | yes | Patients
        P2 | Seeing patients | Dr. Ines Weber | yes | Patients
        P3 | Laboratory | Sam Ortega | yes | Doctors
        P4 | Vaccination | Dr. Ines Weber | yes | Patients
        P5 | Quality and records | Nora Patel | no |
    """,
    "Goals": """
        Goal | Statement | Theme | Owner | Horizon | Rank | Result KPI | Comes from
        G1 | Patients are seen when they need it | customer retention | Dr. Alan Brooks | 2027-12-31 | 1 | K1 | Business plan 2026, page 4
        G2 | Care without avoidable harm | differentiation | Nora Patel | 2027-12-31 | 2 | |
        G3 | A clinic that earns its keep | profit | Grace Kim | 2027-12-31 | 2 | K9 | Budget 2027
    """,
    "Objectives": """
        Objective | Statement | Supports | Processes | Owner | Due | Vital few | How it supports | Basis
        O1 | Third next appointment within 3 days | G1 | P1, P2 | Nora Patel | 2027-06-30 | yes | Patients who wait a week go elsewhere | customer requirement
        O2 | Answer the phone within 2 minutes | G1 | P1 | Reception | 2027-03-31 | yes | |
        O3 | Lab results to the doctor the same day | G1, G2 | P3 | Nora Patel | 2027-06-30 | yes | Doctors decide a day earlier | process performance
        O4 | No wrong vaccine given | G2 | P4 | Nora Patel | 2027-12-31 | | |
        O5 | Review all procedures once a year | G2 | P5 | Nora Patel | 2026-10-31 | | |
        O6 | Fewer appointments missed: below 5 % | G3 | P1 | Grace Kim | 2027-06-30 | | |
        O7 | Hand hygiene at 95 % | G2 | P2 | Nora Patel | 2027-12-31 | | |
    """,
    "KPIs": """
        KPI | Name | Supports | Process | Owner | Unit | Direction | Baseline | Baseline on | Target | Target on | Frequency | Highest possible | Data source
        K1 | Days to third next appointment | O1 | P2 | Dr. Ines Weber | days | lower | 7.5 | 2025-09-30 | 3 | 2027-06-30 | monthly | | Booking system
        K2 | Minutes until the phone is answered | O2 | P1 | Reception | min | lower | 6.1 | 2025-12-31 | 2 | 2027-03-31 | monthly | | Phone system
        K3 | Lab results the same day | O3 | P3 | Nora Patel | % | higher | 82 | 2025-12-31 | 95 | 2027-06-30 | monthly | 100 | Lab system
        K4 | Wrong vaccine given | O4 | P4 | Nora Patel | cases | lower | 1 | 2025-12-31 | 0 | 2027-12-31 | quarterly | |
        K5 | Procedures reviewed | O5 | P5 | Nora Patel | % | higher | 40 | 2025-12-31 | 100 | 2026-10-31 | quarterly | |
        K6 | Appointments missed | O6 | P1 | Grace Kim | % | lower | 8.8 | 2025-12-31 | 5 | 2027-06-30 | monthly | | Booking system
        K7 | Hand hygiene | O7 | P2 | Nora Patel | % | higher | 84 | 2025-12-31 | 95 | 2027-12-31 | quarterly | |
        K8 | Patients who would recommend us | O1 | P2 | Nora Patel | % | higher | | | 90 | 2027-12-31 | quarterly | |
        K9 | Surplus of the year | | | Grace Kim | $k | higher | 120 | 2025-12-31 | 200 | 2027-12-31 | quarterly | | Accounts
    """,
    "Measurements": readings(
        K1="2025-10: 7.4 7.8 7.1 7.6 7.2 6.9 7.3 6.8 7.0 6.6 6.9 6.7 6.4",
        K2="2026-01: 6.0 5.8 5.9 5.1 4.9 4.6 4.4 4.5 4.1 4.0",
        K3="2026-01: 83 84 82 85 86 - 87 88 104 89",
        K6="2026-01: 8.6 8.9 8.1 7.9 7.7 7.9 7.2 7.4 7.0 6.8",
    )
    + """
        K4 | 2026-Q1 | 0 |
        K4 | 2026-Q2 | 1 | Two vials stood side by side
        K4 | 2026-Q3 | 0 |
        K5 | 2026-Q1 | 55 |
        K5 | 2026-Q2 | 70 |
        K5 | 2026-Q3 | 85 |
        K7 | 2026-03 | 85 |
        K7 | 2026-06 | 86 |
        K7 | 2026-09 | 88 |
        K8 | 2026-Q3 | 87 |
        K9 | 2026-Q1 | 28 |
        K9 | 2026-Q2 | 41 |
        K9 | 2026-Q3 | 33 |
    """,
    "Risks": """
        Risk | Kind | Goal | Description | Likelihood | Impact | Controls | Control owner | Last reviewed
        R1 | threat | G1 | Two doctors retire in 2027 | 4 | 5 | Talks with the training practice | Dr. Alan Brooks | 2026-02-10
        R2 | threat | G2 | Vaccines get too warm | 2 | 5 | Logger in each fridge | | 2025-06-01
        R3 | opportunity | G1 | Video visits | 3 | 4 | Pilot with ten patients | Grace Kim | 2026-02-10
    """,
    "Actions": """
        Action | What | Serves | Owner | Due | State | From | Opened | Closed
        A1 | Keep two open slots each morning | K1 | Dr. Ines Weber | 2026-12-01 | open | review | 2026-02-12 |
        A2 | Separate shelves for look-alike vaccines | K4 | Nora Patel | 2026-06-30 | done | nonconformity | 2026-05-05 | 2026-06-20
        A3 | Text message the day before | K6 | Grace Kim | 2026-04-30 | done | idea | 2026-03-01 | 2026-04-28
        A4 | Second phone line at eight | K2 | | 2026-10-15 | open | meeting | 2026-09-01 |
    """,
    "Context": """
        Issue | Kind | Description | Relevant
        C1 | external | Fewer family doctors in the county | yes
        C2 | interested party | The insurer wants waiting times | yes
    """,
    "Reviews": """
        Review | Period | Held on | State | Chair | Attended by | Suitability | Adequacy | Effectiveness | Alignment with strategy
        MR-2025 | 2025 | 2026-02-12 | closed | Nora Patel | Nora Patel, Sam Ortega | Yes | Yes | Mostly |
        MR-2026 | 2026 | 2027-01-05 | planned | | | | | |
    """,
    "Decisions": """
        Decision | Review | Clause | Decision text | Owner | Due
        D1 | MR-2025 | improvement | Try open slots in the morning | Dr. Ines Weber | 2026-12-01
        D2 | MR-2025 | resources | Buy a fridge logger | | 2026-04-30
    """,
}
