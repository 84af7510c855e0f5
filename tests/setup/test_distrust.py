"""Why Excel may not trust the add-in: by values of the registry as policies leave them, in words for IT."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from on_windows import windows
from test_install import FACTS

from qmsbook.doors.cli.app import main
from qmsbook.setup.distrust import SENTENCES, distrust
from qmsbook.setup.doctor import as_dict, judge
from qmsbook.setup.install import ADDIN, Python, install
from qmsbook.setup.places import places

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


@contextmanager
def in_the_registry(root: str, key: str, name: str, value: int | str) -> Iterator[None]:
    """A value stands in this PC's registry, as a policy would leave it, and is taken out again."""
    if sys.platform == "win32":
        import winreg

        kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
        with winreg.CreateKey(getattr(winreg, root), key) as opened:
            winreg.SetValueEx(opened, name, 0, kind, value)
            try:
                yield
            finally:
                winreg.DeleteValue(opened, name)


@windows
@pytest.mark.parametrize(
    ("key", "name", "value", "reason"),
    [
        (POLICY + TRUSTED, "AllLocationsDisabled", 1, "locations"),
        (OWN + TRUSTED, "AllLocationsDisabled", 1, "locations"),
        (POLICY + r"\Excel\Security", "RequireAddinSig", 1, "unsigned"),
        (POLICY + r"\Common\Security\Trusted Locations", "Allow User Locations", 0, "own locations"),
        ("Network", "RemotePath", r"\\files\jo", "network"),
        (POLICY + TRUSTED, "AllLocationsDisabled", 0, ""),
    ],
)
def test_doctor_reads_it_in_the_registry_of_windows(
    key: str,
    name: str,
    value: int | str,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for each, folder in (("USERPROFILE", ""), ("APPDATA", "Roaming"), ("LOCALAPPDATA", "Local")):
        monkeypatch.setenv(each, str(tmp_path / folder))
    here = places()
    install(here, Python())
    assert here.startup is not None
    if key == "Network":  # the letter of the drive on which this test's add-in lies
        key = f"{key}\\{here.startup.drive[0]}"
    excel = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
    with (
        in_the_registry("HKEY_LOCAL_MACHINE", excel, "", r"C:\Office\EXCEL.EXE"),
        in_the_registry("HKEY_CURRENT_USER", key, name, value),
        pytest.raises(SystemExit),
    ):
        main(["doctor"])
    said = capsys.readouterr().out
    told = [each for each, (why, _) in SENTENCES.items() if why in said]
    assert told == ([reason] if reason else []), said
    if reason:
        assert SENTENCES[reason][1].format(addin=here.startup / ADDIN) in said
        assert os.fspath(here.startup) in said
