"""A software firm of twenty-five: many figures, few words, no sheet of risks or reviews begun."""

from __future__ import annotations

from trades.series import readings

COMPANY = {
    "Settings": """
        Setting | Value
        Company | Northbit Software
        Small company people | 0
    """,
    "People": """
        Person | Role | Top management
        Ada Lind | CEO | yes
        Ben Okafor | CTO | yes
        Cleo Marsh | Head of Customer Success |
        Dev Rao | Lead developer |
        Ella Stone | Sales |
    """,
    "Processes": """
        Process | Name | Owner | Core
        P1 | Selling | Ella Stone | yes
        P2 | Building | Ben Okafor | yes
        P3 | Running the service | Dev Rao | yes
        P4 | Helping customers | Cleo Marsh | yes
    """,
    "Goals": """
        Goal | Statement | Owner | Horizon | Rank | Result KPI
        G1 | Customers stay and grow with us | Ada Lind | 2027-12-31 | 1 | K1
        G2 | Ship weekly without breaking things | Ben Okafor | 2027-12-31 | 2 | K4
        G3 | Profitable by the end of 2027 | Ada Lind | 2027-12-31 | 3 | K8
    """,
    "Objectives": """
        Objective | Statement | Supports | Processes | Owner | Due | Vital few
        O1 | Churn below 1 % a month | G1 | P4 | Cleo Marsh | 2027-06-30 | yes
        O2 | First answer to a ticket within 4 hours | G1 | P4 | Cleo Marsh | 2027-03-31 |
        O3 | Deploy ten times a month | G2 | P2, P3 | Ben Okafor | 2027-03-31 | yes
        O4 | Half as many incidents that customers notice | G2 | P3 | Dev Rao | 2027-06-30 | yes
        O5 | Close twenty new accounts | G3 | P1 | Ella Stone | 2026-09-30 | yes
        O6 | Refactor the billing module | G2 | P2 | Team Orange | 2027-03-31 |
    """,
    "KPIs": """
        KPI | Name | Supports | Process | Owner | Unit | Direction | Baseline | Baseline on | Target | Target on | Trajectory | Target is
        K1 | Customers lost | O1 | P4 | Cleo Marsh | % | lower | 2.1 | 2025-09-30 | 1 | 2027-06-30 | |
        K2 | Hours to first answer | O2 | P4 | Cleo Marsh | hours | lower | 9 | 2025-12-31 | 4 | 2027-03-31 | |
        K3 | Deployments | O3 | P2 | Ben Okafor | deployments | higher | 4 | 2025-12-31 | 10 | 2027-03-31 | |
        K4 | Incidents that customers noticed | O4 | P3 | Dev Rao | incidents | lower | 6 | 2025-12-31 | 3 | 2027-06-30 | |
        K5 | Uptime | O4 | P3 | Dev Rao | % | higher | | | 99.9 | | flat |
        K6 | New accounts | O5 | P1 | Ella Stone | accounts | higher | 0 | 2025-12-31 | 20 | 2026-09-30 | | year to date
        K7 | Story points done | | P2 | Dev Rao | points | higher | | | | | |
        K8 | Operating margin | | | Ada Lind | % | higher | -8 | 2025-12-31 | 5 | 2027-12-31 | |
    """,
    "Measurements": readings(
        K1="2025-10: 2.0 2.2 2.1 1.9 2.0 2.1 1.8 1.9 2.0 1.9 2.1 2.4 3.6",
        K2="2026-01: 8.8 8.1 7.9 7.0 6.8 6.1 5.9 5.6 5.2 5.1",
        K3="2026-01: 4 5 5 6 6 7 6 8 7 8",
        K4="2026-01: 6 5 6 5 5 4 5 4 4 5",
        K5="2026-01: 99.95 99.91 99.97 99.93 99.9 99.96 99.94 0.9995 99.92 99.91",
        K6="2026-01: 1 1 2 1 0 2 1 1 2 1",
        K7="2026-05: 140 151 133 160 148 155",
    ),
    "Actions": """
        Action | What | Serves | Owner | Due | State
        A1 | Canary releases | O4 | Dev Rao | 2026-12-15 | open
        A2 | Onboarding calls in the first week | O9 | Cleo Marsh | 2026-11-30 | open
    """,
}
