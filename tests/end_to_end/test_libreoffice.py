"""A template filled in and saved by LibreOffice Calc, in every form it can be filed in, is taken alike."""

import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from data_contracts.contract import LINEAGE_COLUMNS
from data_contracts.loading import load_contracts
from pipelines.home import Home
from pipelines.staging import staged_path
from pipelines.templates import write_template
from tests.handmade import NOW, take_one

# The last is what the dialogue asks a clerk when saving as CSV: comma, quotation mark, UTF-8, from line 1.
FORMS = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "xls": "xls:MS Excel 97",
    "ods": "ods:calc8",
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1",
}
INCIDENTS = [
    {
        "incident_code": "SJ-652901-0001",
        "category": "category_3",
        "organisation_code": "JG6529010001",
        "found_at": datetime(2026, 9, 3, 8, 30),
        "reported_at": datetime(2026, 9, 3, 20),
        "first_body": "secrecy_bureau",
        "investigation_opened_on": date(2026, 9, 4),
        "others_told_on": date(2026, 9, 5),
        "closed_on": None,
        "leak": "pending",
    },
    {
        "incident_code": "SJ-652901-0002",
        "category": "category_5",
        "organisation_code": "JG6529010002",
        "found_at": datetime(2026, 9, 5),
        "reported_at": datetime(2026, 9, 5, 9, 15),
        "first_body": "secrecy_bureau",
        "investigation_opened_on": date(2026, 9, 6),
        "others_told_on": date(2026, 9, 6),
        "closed_on": date(2026, 9, 20),
        "leak": "excluded",
        "explanation": "情况已经核实，逐项说明如上。",
    },
]
TRAINING = [
    {
        "organisation_code": "JG6529010001",
        "session_count": 2,
        "posts_to_train_count": 1200,
        "posts_trained_count": 1100,
        "posts_assessed_count": 1000,
        "april_activity_count": 0,
        "explanation": "机构合并，岗位数较多。",
    },
]
ORGANISATIONS = [
    {
        "organisation_code": f"JG652901000{number}",
        "organisation_name": f"阿克苏市档案馆（{number}）",
        "level": "county",
        "sector": "government",
        "has_secrecy_body": True,
        "has_secrecy_post": False,
        "has_responsibility_system": True,
        "is_temporary_body": False,
        "key_unit_since": date(2024, 5, 6),
    }
    for number in (1, 2)
]
FILINGS = {
    "incidents": ("2026-09", INCIDENTS),
    "training": ("2026Q3", TRAINING),
    "organisations": ("2026Q3", ORGANISATIONS),
}


@pytest.fixture(scope="module")
def saved_by_calc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per form with the filings of three contracts, each saved by Calc."""
    folder = tmp_path_factory.mktemp("calc")
    calc = shutil.which("soffice") or shutil.which("libreoffice")
    assert calc, "没有 LibreOffice Calc：apt-get install libreoffice-calc"
    for contract, (period, rows) in FILINGS.items():
        write_template(folder / f"{contract}.xlsx", load_contracts()[contract], "652901", "阿克苏市", period, rows=rows)
    sources = [str(folder / f"{contract}.xlsx") for contract in FILINGS]
    for form, output in FORMS.items():
        subprocess.run(
            [
                calc,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                output,
                "--outdir",
                str(folder / form),
                *sources,
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
    return folder


def staged_values(home: Home, contract: str, period: str) -> list[dict[str, object]]:
    table = pq.read_table(staged_path(home, contract, period))
    return table.drop_columns([name for name in LINEAGE_COLUMNS if name != "row"]).to_pylist()


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_are_accepted_with_the_values_that_were_filled_in(
    saved_by_calc: Path, tmp_path: Path, form: str
) -> None:
    home = Home(tmp_path / "home")
    for contract in ("organisations", "incidents", "training"):
        period, rows = FILINGS[contract]
        receipt = take_one(home, saved_by_calc / form / f"{contract}.{form}", NOW)
        assert receipt.is_accepted, receipt.to_text()
        names = list(load_contracts()[contract].staged_schema())[len(LINEAGE_COLUMNS) :]
        filled_in = [
            {"row": number, **{name: row.get(name) for name in names}} for number, row in enumerate(rows, start=7)
        ]
        assert staged_values(home, contract, period) == filled_in


def test_calc_recalculates_a_formula_error_and_it_is_told_in_every_form(saved_by_calc: Path, tmp_path: Path) -> None:
    workbook = load_workbook(saved_by_calc / "training.xlsx")
    workbook["宣传教育"]["C7"] = "=1/0"
    workbook.save(tmp_path / "f.xlsx")
    calc = shutil.which("soffice") or "libreoffice"
    for form, output in FORMS.items():
        subprocess.run(
            [
                calc,
                f"-env:UserInstallation=file://{saved_by_calc}/profile",
                "--headless",
                "--convert-to",
                output,
                "--outdir",
                str(tmp_path / form),
                str(tmp_path / "f.xlsx"),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
        receipt = take_one(Home(tmp_path / f"home_{form}"), tmp_path / form / f"f.{form}", NOW)
        assert [(fault.check_id, fault.cell) for fault in receipt.faults if fault.strength == "mandatory"] == [
            ("training.posts_to_train_count.formula_error", "C7")], form  # fmt: skip
