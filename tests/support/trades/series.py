"""Readings as rows of Measurements."""

from __future__ import annotations


def readings(**series: str) -> str:
    """Readings in months, from the one named on: ``K1="2026-05: 12.1 11.8 - 12.4"``; a dash is one unread."""
    lines = ["KPI | Period | Value | Comment"]
    for kpi, text in series.items():
        first, _, values = text.partition(":")
        begun = int(first[:4]) * 12 + int(first[5:]) - 1
        for month, value in enumerate(values.split(), begun):
            if value != "-":
                lines.append(f"{kpi} | {month // 12}-{month % 12 + 1:02} | {value} |")
    return "\n".join(lines)
