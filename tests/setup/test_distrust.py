"""Why Excel may not trust the add-in: by values of the registry as policies leave them, in words for IT."""

from __future__ import annotations

import dataclasses

import pytest
from test_install import FACTS

from qmsbook.setup.distrust import SENTENCES, distrust
from qmsbook.setup.doctor import as_dict, judge

LOCAL = r"C:\Users\jo\AppData\Roaming\Microsoft\Excel\XLSTART\qmsbook.xlam"
SHARED, MAPPED = r"\\files\jo\Excel\XLSTART\qmsbook.xlam", r"H:\Excel\XLSTART\qmsbook.xlam"
POLICY, OWN = r"Software\Policies\Microsoft\Office\16.0", r"Software\Microsoft\Office\16.0"
TRUSTED = r"\Excel\Security\Trusted Locations"
ON_H = {("HKCU", r"Network\H", "RemotePath"): r"\\files\jo"}


@pytest.mark.parametrize(
    ("held", "addin", "wanted"),
    [
        ({}, LOCAL, ""),
        ({("HKCU", POLICY + TRUSTED, "AllLocationsDisabled"): "1"}, LOCAL, "locations"),
        ({("HKCU", OWN + TRUSTED, "AllLocationsDisabled"): "1"}, LOCAL, "locations"),
        ({("HKCU", POLICY + TRUSTED, "AllLocationsDisabled"): "0"}, LOCAL, ""),
        ({("HKCU", POLICY + r"\Excel\Security", "RequireAddinSig"): "1"}, LOCAL, "unsigned"),
        ({("HKCU", POLICY + r"\Common\Security\Trusted Locations", "Allow User Locations"): "0"}, LOCAL,
         "own locations"),
        ({}, SHARED, "network"),
        ({("HKCU", OWN + TRUSTED, "AllowNetworkLocations"): "1"}, SHARED, ""),
        ({}, MAPPED, ""),
        (ON_H, MAPPED, "network"),
        (ON_H, LOCAL, ""),
    ],
)  # fmt: skip
def test_the_registry_says_why(held: dict[tuple[str, str, str], str], addin: str, wanted: str) -> None:
    assert distrust(lambda root, key, name: held.get((root, key, name)), addin) == wanted


@pytest.mark.parametrize("reason", list(SENTENCES))
def test_doctor_has_a_sentence_for_it_and_another_door_first(reason: str) -> None:
    facts = dataclasses.replace(FACTS, distrust=reason, addin=LOCAL)  # type: ignore[arg-type]
    doors = judge(facts)
    assert doors[0].state == "open"
    buttons = next(door for door in doors if "tab QMS" in door.name)
    assert buttons.state == "not known"
    assert "Ask IT to" in buttons.remedy
    assert LOCAL in buttons.remedy
    assert "{" not in buttons.why + buttons.remedy
    assert as_dict(facts)["distrust"] == reason
