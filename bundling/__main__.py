"""Make the one archive from which a machine without a network is set up: `python -m bundling` (`make bundle`)."""

import argparse
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path

from bundling.licences import ROOT, RUN_LOCK, LicenceError, bill_of_materials, unlicensed
from bundling.wheels import MACHINES, PYTHONS, build_own_wheel, fetch_wheels, own_lock

HERE = Path(__file__).parent
MANUALS = ROOT / "docs" / "manual"
FONT_FILES = ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")


def main() -> None:
    """Gather, sign with checksums, and pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    parser.add_argument("--machine", action="append", choices=MACHINES, help="all unless told")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="all unless told")
    parser.add_argument("--fonts", type=Path, default=Path("/usr/share/fonts/opentype/noto"),
                        help="folder with Noto CJK (OFL 1.1); what is not there is left out")  # fmt: skip
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    folder = arguments.out / "oversight-bundle"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    _write_bill(folder)
    for fetched in _fetched(arguments.out, tuple(arguments.machine or MACHINES), tuple(arguments.python or PYTHONS)):
        os.link(fetched, wheels / fetched.name)
    wheel = build_own_wheel(wheels)
    (folder / "oversight.lock").write_text(own_lock(wheel), encoding="utf-8")
    shutil.copy(RUN_LOCK, folder / RUN_LOCK.name)
    _copy_papers(folder, arguments.fonts)
    _write_sums(folder)
    print(_pack(folder))


def _fetched(out: Path, machines: tuple[str, ...], pythons: tuple[str, ...]) -> list[Path]:
    """The wheels, kept beside the bundle while lock and machines are the same: they are over a gigabyte."""
    wanted = RUN_LOCK.read_bytes() + repr((machines, pythons)).encode()
    kept = out / f"wheels-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not kept.exists():
        unfinished = Path(tempfile.mkdtemp(dir=out))
        fetch_wheels(unfinished, machines, pythons)
        unfinished.rename(kept)
    return sorted(kept.iterdir())


def _write_bill(folder: Path) -> None:
    bill = bill_of_materials()
    if complaints := list(unlicensed(bill)):
        raise LicenceError("\n".join(complaints))
    (folder / "sbom.cdx.json").write_text(json.dumps(bill, ensure_ascii=False, indent=1), encoding="utf-8")


def _copy_papers(folder: Path, fonts: Path) -> None:
    """Install script, units, manuals as PDF, fonts."""
    from pipelines.typesetting import typeset_file

    shutil.copy(HERE / "install.sh", folder / "install.sh")
    shutil.copytree(HERE / "systemd", folder / "systemd")
    (folder / "manuals").mkdir()
    for source in sorted(MANUALS.glob("*手册.typ")):
        pdf = typeset_file(source, made_at=datetime.now().replace(hour=0, minute=0, second=0, microsecond=0))
        (folder / "manuals" / f"{source.stem}.pdf").write_bytes(pdf)
    shutil.copy(MANUALS / "收报月度工作.md", folder / "manuals")
    (folder / "fonts").mkdir()
    shutil.copy(HERE / "fonts.txt", folder / "fonts" / "说明.txt")
    for name in FONT_FILES:
        if (fonts / name).exists():
            shutil.copy(fonts / name, folder / "fonts" / name)


def _write_sums(folder: Path) -> None:
    """SHA256SUMS over every file, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _pack(folder: Path) -> Path:
    """One tar beside its own checksum; not compressed, for wheels are already."""
    version = (folder / "oversight.lock").read_text(encoding="utf-8").split("==")[1].split()[0]
    archive = folder.parent / f"oversight-{version}-linux.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(folder, arcname=f"oversight-{version}")
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    archive.with_suffix(".tar.sha256").write_text(f"{digest}  {archive.name}\n", encoding="utf-8")
    return archive


if __name__ == "__main__":
    main()
