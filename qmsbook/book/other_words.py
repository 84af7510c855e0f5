"""State and choice words of other tools and languages: which of a column's choices they most likely mean."""

from __future__ import annotations

import re
from functools import lru_cache

#: Words of one meaning; the choices that carry it stand first, in the order in which they are tried.
_MEANINGS = (
    ("done closed achieved yes", "complete, completed, finished, resolved, implemented, solved, fixed, "
     "100 %, erledigt, abgeschlossen, fertig, umgesetzt, geschlossen, beendet, behoben, terminé, "
     "terminée, achevé, fait, clos, clôturé, fermé, réalisé, hecho, cerrado, completado, "
     "terminado, finalizado, realizado"),
    ("open active planned", "wip, in progress, in work, in process, ongoing, started, running, doing, to do, "
     "todo, new, not started, pending, waiting, on hold, delayed, overdue, late, in arbeit, in bearbeitung, "
     "offen, laufend, läuft, begonnen, neu, wartet, nicht begonnen, überfällig, en cours, ouvert, ouverte, "
     "à faire, en attente, nouveau, en retard, en curso, abierto, abierta, pendiente, en proceso, nuevo"),
    ("dropped retired", "cancelled, canceled, abandoned, rejected, withdrawn, stopped, won't do, obsolete, "
     "abgebrochen, verworfen, gestrichen, storniert, entfällt, annulé, annulée, abandonné, rejeté, "
     "cancelado, cancelada, abandonado, rechazado, descartado"),
    ("planned", "scheduled, upcoming, geplant, angesetzt, planifié, prévu, planificado, previsto"),
    ("draft", "in preparation, being written, entwurf, in vorbereitung, brouillon, borrador, en préparation"),
    ("active", "live, aktiv, actif, active, activo, activa, open, wip"),
    ("monitor", "watch, watched, monitored, beobachten, überwachen, surveiller, vigilar, seguimiento"),
    ("retired", "archived, ended, closed, done, stillgelegt, archiviert, archivé, archivado, retirado"),
    ("partly", "partial, partially, in part, teilweise, partiel, partiellement, parcial, parcialmente"),
    ("not", "missed, failed, not achieved, nicht erreicht, verfehlt, non atteint, no logrado, no alcanzado"),
    ("achieved", "met, reached, erreicht, atteint, logrado, alcanzado, done, closed"),
    ("threat", "risk, danger, bedrohung, risiko, gefahr, menace, risque, amenaza, riesgo"),
    ("opportunity", "chance, opportunité, oportunidad, upside"),
    ("monthly", "monatlich, mensuel, mensuelle, mensual"),
    ("weekly", "wöchentlich, hebdomadaire, semanal"),
    ("quarterly", "vierteljährlich, quartalsweise, trimestriel, trimestrielle, trimestral"),
    ("yearly", "jährlich, annuel, annuelle, anual"),
    ("yes", "ja, oui, sí, ✓, ✔, ☑, wahr, vrai, verdadero, done"),
    ("no", "nein, non, ✗, ✘, ☐, falsch, faux, falso"),
)  # fmt: skip


@lru_cache(maxsize=1024)
def meaning(text: str, choices: tuple[str, ...]) -> str | None:
    """The choice that a word of another tool means, or None.

    >>> meaning("Completed", ("open", "done", "dropped")), meaning("erledigt", ("planned", "draft", "closed"))
    ('done', 'closed')
    """
    word = _key(text).strip(".!")
    for carriers, others in _MEANINGS:
        known = {_key(other) for other in others.split(",")} | set(carriers.split())
        if word in known:
            found = next((choice for choice in carriers.split() if choice in choices), None)
            if found:
                return found
    return None


def _key(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()
