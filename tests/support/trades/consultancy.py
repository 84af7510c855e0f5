"""A security consultant alone: yearly and half-yearly figures, one review a year, everything in one hand."""

from __future__ import annotations

COMPANY = {
    "Settings": """
        Setting | Value
        Company | Dalton Fire and Security Advice
        Review interval months | 12
    """,
    "People": """
        Person | Role | Top management | Quality role
        Ruth Dalton | Owner and consultant | yes | yes
    """,
    "Processes": """
        Process | Name | Owner | Core
        P1 | Advising | Ruth Dalton | yes
        P2 | Selling | Ruth Dalton | yes
        P3 | Keeping up to date | Ruth Dalton | no
    """,
    "Goals": """
        Goal | Statement | Theme | Owner | Horizon | Rank | Result KPI | Comes from
        G1 | Clients who come back and send others | customer retention | Ruth Dalton | 2028-12-31 | 1 | K1 | owner
        G2 | A business that pays for itself and a good living | profit | Ruth Dalton | 2028-12-31 | 2 | K4 | budget
    """,
    "Objectives": """
        Objective | Statement | Supports | Processes | Owner | Due | Vital few | Basis | What will be done
        O1 | Clients rate our work 4.5 of 5 by 2027 | G1 | P1 | Ruth Dalton | 2027-12-31 | yes | customer requirement | A call to each client two weeks after delivery
        O2 | On the promised day and right the first time, 95 % of the time | G1 | P1 | Ruth Dalton | 2027-12-31 | yes | customer requirement | Drawings before a day is promised, a checklist before delivery
        O3 | Earn $95k a year from advice by 2027 | G2 | P2 | Ruth Dalton | 2027-12-31 | yes | process performance | Fixed prices for small hotels
        O4 | 40 hours of training a year | G1 | P3 | Ruth Dalton | 2027-12-31 | | continual improvement | Two courses and the yearly congress
    """,
    "KPIs": """
        KPI | Name | Supports | Process | Owner | Unit | Direction | Baseline | Baseline on | Target | Target on | Trajectory | Target is | Frequency | Data source
        K1 | Client rating | O1 | P1 | Ruth Dalton | points | higher | 4.3 | 2024-12-31 | 4.5 | 2027-12-31 | | | yearly | Calls to clients
        K2 | Reports on the promised day | O2 | P1 | Ruth Dalton | % | higher | 96 | 2024-12-31 | 95 | 2027-12-31 | flat | | quarterly | List of jobs
        K3 | Reports corrected after delivery | O2 | P1 | Ruth Dalton | reports | lower | 3 | 2024-12-31 | 1 | 2027-12-31 | flat | year to date | quarterly | List of jobs
        K4 | Fees earned | O3 | P2 | Ruth Dalton | $k | higher | 78 | 2024-12-31 | 95 | 2027-12-31 | | | yearly | Accounts
        K5 | Hours of training | O4 | P3 | Ruth Dalton | hours | higher | 32 | 2024-12-31 | 40 | 2026-12-31 | flat | | yearly | Certificates
        K6 | Contracts from clients who came back | O1 | P2 | Ruth Dalton | % | higher | 55 | 2024-12-31 | 60 | 2027-12-31 | | | yearly | Accounts
    """,
    "Measurements": """
        KPI | Period | Value | Comment
        K1 | 2025 | 4.4 |
        K2 | 2025-Q1 | 100 |
        K2 | 2025-Q2 | 95 |
        K2 | 2025-Q3 | 94 | One report waited for the client's drawings
        K2 | 2025-Q4 | 100 |
        K2 | 2026-Q1 | 96 |
        K2 | 2026-Q2 | 95 |
        K2 | 2026-Q3 | 97 |
        K3 | 2025-Q1 | 0 |
        K3 | 2025-Q2 | 1 |
        K3 | 2025-Q3 | 0 |
        K3 | 2025-Q4 | 1 |
        K3 | 2026-Q1 | 0 |
        K3 | 2026-Q2 | 0 |
        K3 | 2026-Q3 | 1 |
        K4 | 2025 | 81 | Two tenders lost on price
        K5 | 2025 | 44 |
        K6 | 2025 | 58 |
    """,
    "Risks": """
        Risk | Kind | Goal | Description | Likelihood | Impact | Controls | Control owner | Residual likelihood | Residual impact | Last reviewed | Vulnerability
        R1 | threat | G1 | Ill for more than four weeks | Medium | High | A colleague in the next town takes over | Ruth Dalton | 2 | 4 | 2026-01-15 | capacity
        R2 | threat | G2 | The largest client leaves | Medium | High | No client above a third of the fees | Ruth Dalton | 2 | 4 | 2026-01-15 | cash flow
        R3 | threat | G1 | Client files lost | Low | High | Copied each night to another place | Ruth Dalton | 1 | 5 | 2026-01-15 | compliance
        R4 | opportunity | G2 | Small hotels need a fire concept from 2027 | Medium | Medium | | | | | 2026-01-15 |
    """,
    "Actions": """
        Action | What | Serves | Owner | Due | State | Opened | Closed | Effect
        A1 | Ask for drawings before a day is promised | K2 | Ruth Dalton | 2025-12-15 | done | 2025-10-20 | 2025-12-01 | No report waited since
        A2 | Offer hotels a fixed price | O3, R4 | Ruth Dalton | 2027-02-28 | open | 2026-01-20 | |
    """,
    "Context": """
        Issue | Kind | Description | Relevant | Since | Last reviewed
        C1 | external | Fire code changes in 2027 | yes | 2026-01-15 | 2026-01-15
        C2 | climate change | Wildfires near two clients | yes | 2026-01-15 | 2026-01-15
    """,
    "Reviews": """
        Review | Period | Held on | State | Chair | Attended by
        MR-2025 | 2025 | 2026-01-20 | closed | Ruth Dalton | Ruth Dalton
        MR-2026 | 2026 | 2027-01-20 | planned | |
    """,
    "Decisions": """
        Decision | Review | Clause | Decision text | Owner | Due | Result
        D1 | MR-2025 | improvement | Offer hotels a fixed price | Ruth Dalton | 2027-02-28 |
    """,
}
