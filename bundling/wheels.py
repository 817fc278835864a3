"""Wheels for every machine that the bundle is for, fetched against the hashes of the lock."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bundling.licences import ROOT, RUN_LOCK

MACHINES = ("x86_64", "aarch64")
PYTHONS = ("3.11", "3.12", "3.13")
NEWEST_GLIBC = 28  # 2.28: what Debian 10, Kylin V10 and openEuler 20.03 have, and all that came after


def fetch_wheels(target: Path, machines: tuple[str, ...] = MACHINES, pythons: tuple[str, ...] = PYTHONS) -> None:
    """Put the wheels of all machines and Pythons into one folder; pip picks among them by their tags.

    Raises:
        CalledProcessError: a wheel is not to be had, or is not the one that is locked; pip has said which.
    """
    for machine in machines:
        for python in pythons:
            _fetch(target, machine, python)


def _fetch(target: Path, machine: str, python: str) -> None:
    """The wheels of one machine. pip would read marks by its own Python, so the lock is cut to the machine first."""
    legacy = ["manylinux2014", "manylinux2010", "manylinux1", "linux"]
    platforms = [*(f"manylinux_2_{minor}" for minor in range(NEWEST_GLIBC, 4, -1)), *legacy]
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as lock:
        lock.writelines(_lock_for(machine, python))
        lock.flush()
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--only-binary", ":all:", "--require-hashes", "-r", lock.name, "--dest", str(target),
                   "--implementation", "cp", "--python-version", python,
                   *(f"--platform={platform}_{machine}" for platform in platforms)]  # fmt: skip
        subprocess.run(command, check=True)


def _lock_for(machine: str, python: str) -> Iterator[str]:
    """The entries of the lock that hold on a machine, without their marks."""
    from packaging.markers import default_environment
    from packaging.requirements import Requirement

    environment = {**default_environment(), "platform_machine": machine, "python_version": python,
                   "python_full_version": f"{python}.0"}  # fmt: skip
    wanted = False
    for line in RUN_LOCK.read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):
            requirement = Requirement(line.rstrip("\\ "))
            wanted = requirement.marker is None or requirement.marker.evaluate(environment)
            line = f"{requirement.name}{requirement.specifier} \\"
        if wanted:
            yield line + "\n"


def build_own_wheel(target: Path) -> Path:
    """The program itself as a wheel, made by the setuptools of this environment; nothing is fetched."""
    shutil.rmtree(ROOT / "build" / "lib", ignore_errors=True)  # setuptools would pack what is gone from the sources
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--no-index", "--no-build-isolation", "--wheel-dir", str(target), str(ROOT)]  # fmt: skip
    subprocess.run(command, check=True)
    (wheel,) = target.glob("oversight-*.whl")
    return wheel


def own_lock(wheel: Path) -> str:
    """One line with which pip takes this very wheel and no other."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"oversight=={wheel.name.split('-')[1]} --hash=sha256:{digest}\n"
