"""A turned-parts shop: targets that are held, ranges that are narrowed for a time, a few counts of the year."""

from __future__ import annotations

from trades.series import readings

COMPANY = {
    "Settings": """
        Setting | Value
        Company | Harlan Turned Parts
        Review interval months | 3
    """,
    "People": """
        Person | Role | Function | Top management | Quality role
        Gail Harlan | President | | yes |
        Omar Diaz | Shop manager | Turning | yes |
        Nina Falk | Quality manager | Quality | | yes
        Pete Lowell | Lead turner | Turning | |
        Rosa Lind | Sales | Sales | |
        Sam Okoro | Buyer | Buying | |
        Tia Brandt | Office and people | Office | |
    """,
    "Processes": """
        Process | Name | Owner | Core
        P1 | Turning | Omar Diaz | yes
        P2 | Selling | Rosa Lind | yes
        P3 | Buying | Sam Okoro | no
        P4 | People | Tia Brandt | no
    """,
    "Goals": """
        Goal | Statement | Theme | Owner | Horizon | Rank | Result KPI | Comes from
        G1 | Keep the customers we have | customer retention | Gail Harlan | 2027-12-31 | 1 | K1 | business plan
        G2 | Win more of what we quote | growth | Gail Harlan | 2027-12-31 | 2 | K6 | business plan
        G3 | People who want to stay | workforce capability | Gail Harlan | 2027-12-31 | 3 | K5 | owner
    """,
    "Objectives": """
        Objective | Statement | Supports | Processes | Owner | Due | Vital few | With
        O1 | Hold delivery at 95 % on the promised day | G1 | P1 | Omar Diaz | 2027-12-31 | yes | Sam Okoro
        O2 | Spindles that run true: within 4.5 um from July | G1 | P1 | Pete Lowell | 2027-06-30 | yes |
        O3 | Win 30 % of quotes by the end of 2027 | G2 | P2 | Rosa Lind | 2027-12-31 | yes |
        O4 | At least 60 % would work here again | G3 | P4 | Tia Brandt | 2027-12-31 | |
    """,
    "KPIs": """
        KPI | Name | Supports | Process | Owner | Unit | Direction | Baseline | Baseline on | Target | Target on | Low | High | Trajectory | Target is | Frequency | Tolerance
        K1 | Lines shipped on the promised day | O1 | P1 | Omar Diaz | % | higher | 96.4 | 2025-12-31 | 95 | 2027-12-31 | | | flat | | |
        K2 | Scrap | O1 | P1 | Pete Lowell | % | lower | 1.2 | 2025-12-31 | 2 | 2027-12-31 | | | flat | | |
        K3 | Runout of the spindles | O2 | P1 | Pete Lowell | um | within | | | | | -5.2 | 5.2 | | | | 0.05
        K4 | Coolant concentration | O2 | P1 | Pete Lowell | % | within | | | | | 7 | 9 | | | weekly | 0.1
        K5 | Would work here again | O4 | P4 | Tia Brandt | % | higher | 61.4 | 2024-12-31 | 60 | 2027-12-31 | | | flat | | yearly |
        K6 | Quotes won | O3 | P2 | Rosa Lind | % | higher | 24 | 2025-12-31 | 30 | 2027-12-31 | | | | | |
        K7 | Complaints | O1 | P1 | Nina Falk | complaints | lower | 6 | 2025-12-31 | 4 | 2027-12-31 | | | flat | year to date | |
    """,
    "Targets": """
        KPI | From | Low | High | Until | Set on | Why | Agreed by
        K3 | 2026-07 | -4.5 | 4.5 | 2027-06 | 2026-06-15 | The new chucks hold it | Gail Harlan
    """,
    "Measurements": readings(
        K1="2026-01: 96.1 95.8 96.5 95.0 95.2 96.0 95.4 94.4 95.6 96.0",
        K2="2026-01: 1.3 1.4 1.2 1.6 1.5 1.4 1.7 1.6 1.5 1.4",
        K3="2026-01: 4.9 4.8 5.0 4.9 4.7 4.8 4.4 4.6 4.9 4.9",
        K6="2026-01: 24 25 23 26 27 25 26 28 26 27",
        K7="2026-01: 0 1 0 0 1 0 0 1 1 0",
    )
    + """
        K4 | 2026-W41 | 7.8 |
        K4 | 2026-W42 | 8.1 |
        K4 | 2026-W43 | 9.1 |
        K4 | 2026-W44 | 8.4 |
        K4 | 2026-W45 | 8.2 |
        K5 | 2025 | 56.5 | Night shift answered for the first time
    """,
    "Risks": """
        Risk | Kind | Goal | Description | Likelihood | Impact | Controls | Control owner | Residual likelihood | Residual impact | Last reviewed | Vulnerability
        R1 | threat | G1 | The bar supplier fails | Medium | High | Two suppliers for each alloy | Sam Okoro | 2 | 4 | 2026-07-10 | suppliers
        R2 | threat | G2 | A large shop undercuts us | High | Medium | Quotes within a day | Rosa Lind | 4 | 3 | 2026-07-10 | cash flow
        R3 | threat | G3 | The lead turner retires | High | High | Two turners learn set-up | Omar Diaz | 3 | 5 | 2026-07-10 | skills
    """,
    "Actions": """
        Action | What | Serves | Owner | Due | State | Opened | Closed | Effect
        A1 | Re-grind the jaws of lathes 3 and 4 | K3 | Pete Lowell | 2026-11-30 | open | 2026-09-20 | |
        A2 | Talk with the night shift about rosters | K5 | Tia Brandt | 2026-09-30 | open | 2026-02-10 | |
    """,
    "Ideas": """
        Idea | Raised by | What happens | Suggestion | Answer | Raised on | Process | Answered on | Led to
        I1 | Cell 2 | Chips block the conveyor on Mondays | Empty it on Friday | Yes, from July | 2026-06-12 | P1 | 2026-06-20 |
    """,
    "Reviews": """
        Review | Period | Held on | State | Chair | Attended by
        MR-2026-Q2 | 2026-Q2 | 2026-07-15 | closed | Gail Harlan | Gail Harlan, Omar Diaz, Nina Falk
        MR-2026-Q3 | 2026-Q3 | 2026-11-17 | planned | |
    """,
    "Decisions": """
        Decision | Review | Clause | Decision text | Owner | Due | Result
        D1 | MR-2026-Q2 | improvement | Buy jaws for lathes 3 and 4 | Omar Diaz | 2026-09-15 | Bought in August
    """,
}
