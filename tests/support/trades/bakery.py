"""A bakery of twelve: two goals thought through, a third begun, figures since spring, words where they fell."""

from __future__ import annotations

from trades.series import readings

COMPANY = {
    "Settings": """
        Setting | Value
        Company | Corner Loaf Bakery
        Small company people | 0
    """,
    "People": """
        Person | Role | Function | Top management | Quality role | Left on
        Maria Rossi | Owner | | yes | |
        Jonas Becker | Head baker | Bakehouse | | |
        Lena Ortiz | Shop manager | Shop | | |
        Priya Shah | Office, food safety | Office | | yes |
        Carl Webb | Driver | Delivery | | | 2026-08-31
        Tess Malone | Driver | Delivery | | |
    """,
    "Processes": """
        Process | Name | Owner | Core
        P1 | Baking | Jonas Becker | yes
        P2 | Selling in the shop | Lena Ortiz | yes
        P3 | Delivering to cafes | Carl Webb | yes
        P4 | Buying | | no
    """,
    "Goals": """
        Goal | Statement | Theme | Owner | Horizon | Rank | Result KPI
        G1 | Win twelve more cafes as customers by the end of 2027 | growth | Maria Rossi | 2027-12-31 | 1 | K1
        G2 | Throw away half as much bread | profit | Maria Rossi | 2027-06-30 | 2 | K3
        G3 | Keep our people | | Maria Rossi | | |
    """,
    "Objectives": """
        Objective | Statement | Supports | Processes | Owner | Due | Vital few
        O1 | Deliver to cafes before 6:30 on 98 % of mornings | G1 | P3 | Carl Webb | 2027-06-30 | yes
        O2 | Bake to order on weekdays: unsold bread under 4 % | G2 | P1 | Jonas Becker | 2027-03-31 | yes
        O3 | Fewer complaints from the shop | G1 | P2 | Lena Ortiz | 2027-03-31 | yes
        O4 | Send every new colleague to hygiene training | G3 | | Priya Shah | |
    """,
    "KPIs": """
        KPI | Name | Supports | Process | Owner | Unit | Direction | Baseline | Baseline on | Target | Target on
        K1 | Cafes served | | P3 | Maria Rossi | cafes | higher | 14 | 2026-02-28 | 26 | 2027-12-31
        K2 | Deliveries before 6:30 | O1 | P3 | Delivery | % | higher | 91 | 2026-02-28 | 98 | 2027-06-30
        K3 | Bread unsold | O2 | P1 | Jonas Becker | % | lower | 8.2 | 2026-02-28 | 4 | 2027-03-31
        K4 | Complaints in the shop | O3 | P2 | Lena Ortiz | complaints | lower | | | 2 | 2027-03-31
        K5 | Flour price per kg | | P4 | Maria Rossi | $ | lower | | | |
        K6 | Colleagues trained in hygiene | O4 | | Priya Shah | % | higher | 70 | 2026-02-28 | 100 | 2026-12-31
    """,
    "Measurements": readings(
        K1="2026-03: 14 14 15 15 16 16 16 17",
        K2="2026-03: 91.2 92.0 91.5 93.1 92.4 88.0 86.5 87.1",
        K3="2026-03: 8.0 7.9 7.4 7.6 7.1 6.9 6.6 64",
        K4="2026-05: 6 5 7 4 5",
        K6="2026-03: 70 75 75 80 85 85 90 90",
    ),
    "Risks": """
        Risk | Kind | Goal | Description | Likelihood | Impact | Controls | Control owner
        R1 | threat | G1 | The oven breaks down before Christmas | Medium | High | Serviced each May | Jonas Becker
        R2 | threat | G2 | Flour gets dearer | High | Medium | |
        R3 | | | A big customer stops | Low | | |
    """,
    "Actions": """
        Action | What | Serves | Owner | Due | State
        A1 | Second van leased for the north round | K2 | Carl Webb | 2026-09-30 | open
        A2 | Order sheet by 14:00 for each shop | K3 | Jonas Becker | 2026-10-31 | done
        A3 | Ask three cafes what they would order more | G1 | | 2026-12-15 | open
    """,
    "Ideas": """
        Idea | Raised by | What happens | Suggestion | Answer | Raised on | Process
        I1 | Night shift | Trays are short on Fridays | Two more racks | | 2026-08-14 | P1
        I2 | Shop | Customers ask for half loaves | Sell half loaves | Yes, from October | 2026-09-20 | P2
    """,
}
