"""House rules that no other tool checks."""

import re
import subprocess
from pathlib import Path

import cli

ROOT = Path(cli.__file__).parent


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_every_dependency_is_pinned_with_a_hash_and_no_index_is_named() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==\S+( ; .+)? \\\n    --hash=sha256:", lock, flags=re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[A-Za-z0-9_.-]+==", lock, flags=re.MULTILINE)) > 50
    assert not re.search(r"https?://|--index|--find-links", lock)


def test_no_committed_file_carries_a_path_of_a_machine() -> None:
    machine = re.compile("/(?:root|home/[a-z]+|Users)/|/work/(?:main|shared)|/tmp/" + "x/")
    texts = [
        path
        for path in committed()
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".sql", ".sh", ".css", ".js", ".csv", ".ipynb"}
    ]
    assert len(texts) > 30
    assert [
        str(path)
        for path in texts
        if path.name != Path(__file__).name and machine.search(path.read_text(encoding="utf-8"))
    ] == []


def test_modules_stay_small_enough_to_hold_in_the_head() -> None:
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in committed()
        if path.suffix == ".py" and "tests" not in path.parts
    }
    assert {name: lines for name, lines in sizes.items() if lines > 400} == {}
