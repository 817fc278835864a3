"""What is handed out on a disc: locked, licensed, described, and calling nobody."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bundling.__main__ import MANUALS
from bundling.licences import ALLOWED_PATH, ROOT, RUN_LOCK, bill_of_materials, needed_here, unlicensed
from bundling.trial import outside
from bundling.wheels import MACHINES, PYTHONS, _lock_for
from pipelines.typesetting import typeset_file

BUNDLING = ROOT / "bundling"


def entries(lock: Path) -> dict[str, set[str]]:
    """Requirement (name and version) → its hashes."""
    found: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8")):
        found.setdefault(block.split(" ", 1)[0], set()).update(re.findall(r"sha256:[0-9a-f]{64}", block))
    return found


def test_what_runs_is_locked_as_what_is_tested() -> None:
    everything = entries(ROOT / "requirements.lock")
    for requirement, hashes in entries(RUN_LOCK).items():
        assert hashes
        assert hashes == everything[requirement], requirement


def test_every_licence_is_one_that_may_be_handed_out() -> None:
    bill = bill_of_materials()
    assert bill["bomFormat"] == "CycloneDX"
    assert {one["name"].lower().replace("_", "-").replace(".", "-") for one in bill["components"]} == set(needed_here())
    assert list(unlicensed(bill)) == []


def component(*licences: str) -> dict[str, Any]:
    return {"components": [{"name": "any", "licenses": [{"expression": licence} for licence in licences]}]}


@pytest.mark.parametrize(
    ("licences", "passes"),
    [
        (["MIT"], True),
        (["GPL-3.0-only"], False),
        (["GPL-3.0-only OR MIT"], True),
        (["GPL-3.0-only AND MIT"], False),
        (["Apache-2.0 OR GPL-3.0-only AND MIT"], True),
        (["MIT", "GPL-3.0-only"], False),
        (["LGPL-2.1-only"], False),  # excepted for one package, not for any
        ([], False),
    ],
)
def test_a_licence_passes_by_the_list(licences: list[str], passes: bool) -> None:
    assert (list(unlicensed(component(*licences), ALLOWED_PATH)) == []) is passes


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("python", PYTHONS)
def test_a_machine_gets_one_version_of_each(machine: str, python: str) -> None:
    names = [line.split("==")[0] for line in _lock_for(machine, python) if not line.startswith(" ")]
    assert len(names) == len(set(names)) > 50
    assert "colorama" not in names


@pytest.mark.parametrize(
    ("trace", "reached"),
    [
        ('1 connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0', set()),
        ('1 connect(3, {sa_family=AF_UNIX, sun_path="/run/nscd"}, 110) = -1 ENOENT', set()),
        ('1 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16) = -1',
         {"192.0.2.1"}),
        ('1 connect(3, {sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}) = -1',
         {"2001:db8::1"}),
        ('1 sendto(5, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.9")}, 16) = 1',
         {"192.0.2.9"}),
    ],
)  # fmt: skip
def test_a_call_out_is_seen(trace: str, reached: set[str]) -> None:
    assert outside(trace) == reached


@pytest.mark.parametrize("source", sorted(MANUALS.glob("*手册.typ")), ids=lambda path: path.stem)
def test_a_manual_is_set(source: Path) -> None:
    from datetime import datetime

    pdf = typeset_file(source, made_at=datetime(2026, 1, 1))
    assert pdf.startswith(b"%PDF")


def test_a_changed_file_stops_the_installation(tmp_path: Path) -> None:
    script = tmp_path / "install.sh"
    script.write_bytes((BUNDLING / "install.sh").read_bytes())
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  install.sh\n", encoding="utf-8")
    command = ["bash", str(script), "--prefix", str(tmp_path / "opt"), "--no-services"]
    spoken = {**os.environ, "LC_ALL": "C.UTF-8"}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=spoken)
    assert result.returncode == 2
    assert "请重新拷贝安装包" in result.stderr
    assert not (tmp_path / "opt").exists()


def test_units_name_only_what_the_installation_puts_there() -> None:
    settings = (BUNDLING / "systemd" / "oversight.env").read_text(encoding="utf-8")
    for unit in BUNDLING.glob("systemd/*.service"):
        text = unit.read_text(encoding="utf-8")
        for variable in re.findall(r"\$\{(\w+)\}", text):
            assert f"\n{variable}=" in settings, (unit.name, variable)
        assert "ExecStart=@PREFIX@/venv/bin/oversight " in text
        assert ("PrivateNetwork=yes" in text) is (unit.stem != "oversight-web")
