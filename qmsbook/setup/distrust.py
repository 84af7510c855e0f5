"""Why Excel may not trust the add-in where it lies, by what the registry of a Windows PC says.

Sources: the Office 2016 administrative templates (Excel, Security, Trust Center, Trusted Locations), whose
keys and values the published baselines for Office name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

#: A value of the registry as text by root (HKCU, HKLM), key and name; None where there is none.
Read = Callable[[str, str, str], str | None]
#: Locations that are trusted count no more; those of people's own do not; those on a network do not; an
#: add-in has to be signed. Blank: nothing of that kind was found.
Distrust = Literal["", "locations", "own locations", "network", "unsigned"]

_POLICIES, _OWN = r"Software\Policies\Microsoft\Office\16.0", r"Software\Microsoft\Office\16.0"
_EXCEL, _TRUSTED = r"\Excel\Security", r"\Trusted Locations"

#: What is the matter, and what to ask IT for; ``{addin}`` is the add-in's path.
SENTENCES: dict[str, tuple[str, str]] = {
    "locations": (
        "Excel trusts no folder on this PC (Trusted Locations are disabled), so it may not run add-ins.",
        "Ask IT to allow trusted locations in Excel, or to sign {addin} with your company's certificate.",
    ),
    "own locations": (
        "Your company alone says which folders Excel trusts, and the add-in's may not be one of them.",
        "Ask IT to add the folder of {addin} to Excel's trusted locations.",
    ),
    "network": (
        "The add-in's folder lies on a network, and Excel trusts no folder there.",
        "Ask IT to allow trusted locations on the network for Excel, or to keep {addin} on this PC.",
    ),
    "unsigned": (
        "A policy of your company wants add-ins to be signed, and this one is not.",
        "Ask IT to sign {addin} with your company's certificate; all its sources can be read.",
    ),
}


def distrust(read: Read, addin: str) -> Distrust:
    """Why Excel may refuse an add-in that lies at a path, the gravest reason first."""
    both = [base + _EXCEL + _TRUSTED for base in (_POLICIES, _OWN)]
    if any(_says(read, key, "AllLocationsDisabled", "1") for key in both):
        return "locations"
    if _says(read, _POLICIES + _EXCEL, "RequireAddinSig", "1"):
        return "unsigned"
    if _says(read, rf"{_POLICIES}\Common\Security{_TRUSTED}", "Allow User Locations", "0"):
        return "own locations"
    allowed = any(_says(read, key, "AllowNetworkLocations", "1") for key in both)
    return "network" if _on_network(read, addin) and not allowed else ""


def _says(read: Read, key: str, name: str, value: str) -> bool:
    return any(read(root, key, name) == value for root in ("HKCU", "HKLM"))


def _on_network(read: Read, path: str) -> bool:
    """Whether a path is a share's, or begins with the letter of a drive that a share is mapped to."""
    if path.startswith(("\\\\", "//")):
        return True
    return path[1:2] == ":" and read("HKCU", rf"Network\{path[0]}", "RemotePath") is not None
