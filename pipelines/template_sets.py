"""All templates of a period, for one reporter or for all: a folder per reporter, a zip per prefecture to hand on."""

import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data_contracts.contract import Contract
from data_contracts.divisions import load_divisions, reporters, valid_divisions
from data_contracts.periods import last_month, period_end
from pipelines.faults import IntakeError
from pipelines.period_status import contracts_in
from pipelines.reminders import recipients
from pipelines.templates import write_template

Progress = Callable[[str, int, int], None]


class TemplateSetError(IntakeError):
    """Templates that cannot be handed out; the text says why, in Chinese."""


@dataclass(frozen=True)
class TemplateSet:
    """What was written: files (zips, or workbooks for one reporter) and how many templates are in them."""

    files: list[Path]
    count: int


def write_template_set(
    out: Path, period: str, *, division: str | None = None, progress: Progress | None = None
) -> TemplateSet:
    """Write every template that is due with a period.

    Args:
        out: folder to write to.
        period: a month means everything that falls due with it, quarterly and yearly filings included.
        division: for this reporter only, as workbooks in `out`; for all if None, as `<prefecture>.zip` with a folder
            per reporter, which the prefecture hands on.
        progress: told each template.

    Raises:
        PeriodError: the period is malformed, or nothing is due in it.
        TemplateSetError: no such reporter at the period's end.
    """
    wanted = contracts_in(period)
    names = _reporters_of(period)
    if division is not None:
        if division not in names:
            raise TemplateSetError(f"“{division}”在 {period} 期末不是填报单位，填报单位代码应如 652901")
        files = _write_reporter(out, division, names[division], wanted)
        return TemplateSet(files, len(files))
    out.mkdir(parents=True, exist_ok=True)
    groups: dict[str, list[str]] = {}
    for code, recipient in recipients().items():
        if code in names:
            groups.setdefault(recipient, []).append(code)
    titles, files, done = load_divisions().set_index("division_code")["name"], [], 0
    for recipient in sorted(groups):
        path = out / f"{recipient}_{titles[recipient]}_{period}.zip"
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
            for code in sorted(groups[recipient]):
                for file in _write_reporter(Path(folder) / code, code, names[code], wanted):
                    bundle.write(file, f"{code}_{names[code]}/{file.name}")  # xlsx is packed already
                    done += 1
                    if progress:
                        progress("生成报表模板", done, len(names) * len(wanted))
        files.append(path)
    return TemplateSet(files, done)


def _reporters_of(period: str) -> dict[str, str]:
    standing = reporters(valid_divisions(load_divisions(), period_end(last_month(period))))
    return {str(row["division_code"]): str(row["name"]) for row in standing.to_dict("records")}


def _write_reporter(folder: Path, code: str, name: str, wanted: list[tuple[Contract, str]]) -> list[Path]:
    files = []
    for contract, period in wanted:
        path = folder / f"{contract.contract}_{code}_{period}.xlsx"
        write_template(path, contract, code, name, period)
        files.append(path)
    return files
