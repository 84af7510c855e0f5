"""A road agency's five-year program: totals over years, milestones, one road that is finished."""

from __future__ import annotations

COMPANY = {
    "Settings": """
        Setting | Value
        Company | Northern Roads Agency
        Review interval months | 12
    """,
    "People": """
        Person | Role | Function | Top management | Quality role
        Ines Calder | Director | | yes |
        Hugo Brandt | Head of construction | Construction | yes |
        Mara Quist | Head of traffic | Traffic | |
        Leo Fenn | Land and permits | Permits | |
        Ada Rowe | Quality and audit | | | yes
        Bo Sand | Finance | Finance | |
        Kit Moss | Safety | Construction | |
    """,
    "Processes": """
        Process | Name | Owner | Core
        P1 | Building | Hugo Brandt | yes
        P2 | Running traffic | Mara Quist | yes
        P3 | Getting permits | Leo Fenn | no
    """,
    "Goals": """
        Goal | Statement | Theme | Owner | Horizon | Rank | Result KPI | Comes from
        G1 | 300 km of the northern corridor open by 2027 | growth | Ines Calder | 2027-12-31 | 1 | K1 | business plan
        G2 | Traffic that is steered from one room | efficiency | Ines Calder | 2027-12-31 | 2 | K5 | business plan
    """,
    "Objectives": """
        Objective | Statement | Supports | Processes | Owner | Due | Vital few
        O1 | Open 300 km by the end of 2027 | G1 | P1 | Hugo Brandt | 2027-12-31 | yes
        O2 | Finish 100 local projects by 2027 | G1 | P1 | Hugo Brandt | 2027-12-31 | yes
        O3 | Open the eastern spur | G1 | P1 | Hugo Brandt | 2026-06-30 |
        O4 | One control room for all tunnels | G2 | P2 | Mara Quist | 2027-09-30 | yes
        O5 | No more than 6 accidents at road works a year | G1 | P1 | Kit Moss | 2027-12-31 |
    """,
    "KPIs": """
        KPI | Name | Supports | Process | Owner | Unit | Direction | Baseline | Baseline on | Target | Target on | Trajectory | Target is | Frequency | Aggregation
        K1 | Corridor open | O1 | P1 | Hugo Brandt | km | higher | 0 | 2022-12-31 | 300 | 2027-12-31 | | since the start | quarterly |
        K2 | Local projects finished | O2 | P1 | Hugo Brandt | projects | higher | | 2022-12-31 | 100 | 2027-12-31 | | since the start | yearly |
        K3 | Eastern spur open | O3 | P1 | Hugo Brandt | km | higher | 0 | 2022-12-31 | 149.7 | 2026-06-30 | | since the start | yearly |
        K4 | Land bought | O1 | P3 | Leo Fenn | lots | higher | 0 | 2022-12-31 | 420 | 2026-12-31 | | since the start | yearly |
        K5 | Tunnels steered from the control room | O4 | P2 | Mara Quist | tunnels | higher | 0 | 2024-12-31 | 12 | 2027-09-30 | | since the start | yearly | last
        K6 | Accidents at road works | O5 | P1 | Kit Moss | accidents | lower | 9 | 2024-12-31 | 6 | 2027-12-31 | flat | year to date | monthly |
    """,
    "Measurements": """
        KPI | Period | Value | Comment
        K1 | 2025-Q1 | 118 |
        K1 | 2025-Q2 | 131 |
        K1 | 2025-Q3 | 152.5 |
        K1 | 2025-Q4 | 171 |
        K1 | 2026-Q1 | 171 | Winter stop
        K1 | 2026-Q2 | 188 |
        K1 | 2026-Q3 | 204 |
        K2 | 2023 | 10 |
        K2 | 2024 | 23 |
        K2 | 2025 | 25 |
        K3 | 2023 | 61 |
        K3 | 2024 | 120.4 |
        K3 | 2025 | 149.7 |
        K4 | 2023 | 60 |
        K4 | 2024 | 75 |
        K4 | 2025 | 80 |
        K5 | 2025 | 3 |
        K6 | 2026-01 | 0 |
        K6 | 2026-02 | 1 |
        K6 | 2026-03 | 0 |
        K6 | 2026-04 | 1 |
        K6 | 2026-05 | 0 |
        K6 | 2026-06 | 2 |
        K6 | 2026-07 | 1 |
        K6 | 2026-08 | 0 |
        K6 | 2026-09 | 1 |
        K6 | 2026-10 | 0 |
    """,
    "Risks": """
        Risk | Kind | Goal | Description | Likelihood | Impact | Controls | Control owner | Residual likelihood | Residual impact | Last reviewed | Vulnerability
        R1 | threat | G1 | Owners will not sell | High | High | Offers a year ahead | Leo Fenn | 3 | 5 | 2026-03-10 | capacity
        R2 | threat | G2 | Systems of two makers do not talk | Medium | High | Tested in one tunnel first | Mara Quist | 2 | 4 | 2026-03-10 | process variation
    """,
    "Actions": """
        Action | What | Serves | Owner | Due | State | Kind | Opened | Closed | Effect
        A1 | Control room tendered | O4 | Mara Quist | 2025-06-30 | done | milestone | 2024-11-01 | 2025-06-12 |
        A2 | Control room built | O4 | Mara Quist | 2026-06-30 | done | milestone | 2024-11-01 | 2026-08-04 |
        A3 | First three tunnels switched over | O4 | Mara Quist | 2026-09-30 | open | milestone | 2024-11-01 | |
        A4 | All tunnels switched over | O4 | Mara Quist | 2027-09-30 | open | milestone | 2024-11-01 | |
        A5 | Permits for the last section | O1 | Leo Fenn | 2026-12-15 | open | milestone | 2025-02-01 | |
        A6 | Mediate with the last twelve owners | K4 | Leo Fenn | 2026-12-01 | open | action | 2026-03-20 | |
    """,
    "Reviews": """
        Review | Period | Held on | State | Chair | Attended by
        MR-2025 | 2025 | 2026-03-10 | closed | Ines Calder | Ines Calder, Hugo Brandt, Mara Quist
        MR-2026 | 2026 | 2027-03-09 | planned | |
    """,
    "Decisions": """
        Decision | Review | Clause | Decision text | Owner | Due | Result
        D1 | MR-2025 | resources | A second team for land | Ines Calder | 2026-06-30 | At work since May
    """,
}
