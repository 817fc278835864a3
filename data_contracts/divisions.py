"""Administrative divisions: who files, who adds up to whom, and which polygon shows which division.

`divisions.csv` is kept by the bureau (border and key area by Articles 28 and 29, validity, successors); it is checked
in full each time it is read. `boundaries.geojson` is made by `data_contracts.make_boundaries`.
"""

import csv
import json
import os
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from data_contracts.errors import MendableError

DIVISIONS_PATH = Path(__file__).parent / "divisions.csv"
BOUNDARIES_PATH = Path(__file__).parent / "boundaries.geojson"

REGION_CODE = "650000"
CORPS_CODE = "660000"
KIND_TITLES: dict[str, str] = {
    "region": "自治区",
    "prefecture": "州、市（地）",
    "county": "县（市、区）",
    "city_with_corps": "师市合一的市",
    "corps": "兵团",
    "corps_division": "师",
}
# Readings over divisions that share an attribute: they are added up like an area, and are no divisions themselves.
GROUP_TITLES: dict[str, str] = {"border": "边境县市（含师）", "key_area": "重点区域"}
COLUMN_TITLES: dict[str, str] = {
    "division_code": "区划代码，65（自治区）或 66（兵团）开头的六位数字",
    "name": "全称",
    "short_name": "简称，图表中使用",
    "kind": "种类：" + "、".join(f"{kind} {title}" for kind, title in KIND_TITLES.items()),
    "parent_code": "上级区划代码",
    "valid_from": "有效期起；空为自始有效",
    "valid_to": "有效期止（含当日）；空为至今有效",
    "successor_code": "撤并后由哪个区划继任",
    "corps_division_code": "师市合一的市对应的师；该市不报送，地图上显示其师",
    "is_border": "是否边境区划（第29条），由保密行政管理部门维护；随附的是初始值",
    "is_key_area": "是否保密重点区域（第28条），由保密行政管理部门维护；初始均为否",
    "has_boundary": "是否有边界图形；没有的列在地图旁",
    "files": "是否报送单位",
    "code_is_provisional": "代码是否暂定（未与民政部门公布的代码核对）",
}
_TEXTS = ("division_code", "name", "short_name", "kind", "parent_code")
_DATES = ("valid_from", "valid_to")
_LINKS = ("successor_code", "corps_division_code")
_FLAGS = ("is_border", "is_key_area", "has_boundary", "files", "code_is_provisional")
COLUMNS = (*_TEXTS, *_DATES, *_LINKS, *_FLAGS)
# Of the table that ships, and of one that a home has of its own, for other regions than Xinjiang.
_CODES = re.compile(r"^6[56]\d{4}$"), " 65 或 66 开头的六位数字"
_OWN_CODES = re.compile(r"^[1-9]\d{5}$"), "六位数字，首位不为 0"
_Codes = tuple[re.Pattern[str], str]
_IN_USE = "OVERSIGHT_DIVISIONS"
_PARENT_KINDS: dict[str, tuple[str, ...]] = {
    "region": (),
    "prefecture": ("region",),
    "county": ("prefecture",),
    "city_with_corps": ("region",),
    "corps": ("region",),
    "corps_division": ("corps",),
}


class DivisionsError(MendableError):
    """`divisions.csv` cannot be used; the text names file, line and what was found, in Chinese."""


def use_divisions(path: Path | None) -> None:
    """Work with this table from now on, in this process and all it starts; with None, with the one that ships.

    A home for other divisions than Xinjiang's has a table of its own (`Home.divisions`).
    """
    if path is None:
        os.environ.pop(_IN_USE, None)
    else:
        os.environ[_IN_USE] = str(path.resolve())


def load_divisions(path: Path | None = None) -> pd.DataFrame:
    """All divisions ever, one row each, in the order of the file.

    Args:
        path: by default that of :func:`use_divisions`, whose codes need not be Xinjiang's.

    Returns:
        Columns as in the file: codes and names as text (null where empty), `valid_from` and `valid_to` as datetime64
        (null: open), `is_…`, `has_boundary`, `files` as bool. The frame is the caller's own.

    Raises:
        DivisionsError: header or value not understood, doubled code, unknown parent or successor, overlapping validity.
    """
    own = os.environ.get(_IN_USE) if path is None else None
    chosen = Path(own) if own else path or DIVISIONS_PATH
    return _load(chosen, chosen.stat().st_mtime_ns, _OWN_CODES if own else _CODES).copy()


@cache
def _load(path: Path, _changed: int, codes: _Codes) -> pd.DataFrame:
    rows = _read_rows(path)
    for line, complaint in _complaints(rows, codes):
        raise DivisionsError(f"{path}: 第 {line} 行：{complaint}")
    frame = pd.DataFrame([row for _, row in rows], columns=list(COLUMNS))
    for name in (*_TEXTS, *_LINKS):
        frame[name] = frame[name].where(frame[name] != "", None)
    for name in _DATES:
        frame[name] = pd.to_datetime(frame[name].where(frame[name] != "", None), format="%Y-%m-%d")
    for name in _FLAGS:
        frame[name] = frame[name] == "true"
    return frame


def _read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise DivisionsError(
                f"{path}: 第 1 行：表头应为 {','.join(COLUMNS)}，现为 {','.join(reader.fieldnames or ())}"
            )
        return [(reader.line_num, row) for row in reader]


def _complaints(rows: list[tuple[int, dict[str, str]]], codes: _Codes) -> Iterator[tuple[int, str]]:
    by_code: dict[str, dict[str, str]] = {}
    names: dict[tuple[str, str], dict[str, str]] = {}
    for line, row in rows:
        yield from ((line, complaint) for complaint in _own_complaints(row, codes))
        if row["division_code"] in by_code:
            yield line, f"区划代码 {row['division_code']} 重复"
        by_code[row["division_code"]] = row
        namesake = names.setdefault((row["parent_code"], row["name"]), row)
        if namesake is not row and _overlap(namesake, row):
            yield line, f"{row['name']} 与代码 {namesake['division_code']} 同名，有效期重叠"
    for line, row in rows:
        yield from ((line, complaint) for complaint in _link_complaints(row, by_code))


def _own_complaints(row: dict[str, str], codes: _Codes) -> Iterator[str]:
    if None in row or None in row.values():
        yield f"应有 {len(COLUMNS)} 栏"
        return
    pattern, words = codes
    if not pattern.match(row["division_code"]):
        yield f"区划代码“{row['division_code']}”应为{words}"
    if row["kind"] not in KIND_TITLES:
        yield f"kind 为“{row['kind']}”，应为 {'、'.join(KIND_TITLES)} 之一"
    if not row["name"] or not row["short_name"]:
        yield "名称或者简称为空"
    for name in _FLAGS:
        if row[name] not in ("true", "false"):
            yield f"{name} 为“{row[name]}”，应为 true 或者 false"
    for name in _DATES:
        if row[name] and not _is_date(row[name]):
            yield f"{name} 为“{row[name]}”，应写成 2024-12-27 的样子"
    if row["valid_from"] and row["valid_to"] and row["valid_to"] < row["valid_from"]:
        yield f"有效期止 {row['valid_to']} 早于起 {row['valid_from']}"
    if row["files"] == "true" and row["kind"] in ("city_with_corps", "corps"):
        yield f"{row['name']} 不报送（由其师报送），files 应为 false"


def _link_complaints(row: dict[str, str], by_code: dict[str, dict[str, str]]) -> Iterator[str]:
    wanted = _PARENT_KINDS[row["kind"]]
    parent = by_code.get(row["parent_code"])
    if wanted and parent is None:
        yield f"上级代码“{row['parent_code']}”不在表中"
    elif (parent["kind"] if parent else "") not in (wanted or ("",)):
        yield f"{row['name']} 的上级“{row['parent_code']}”种类不对"
    division = by_code.get(row["corps_division_code"])
    if row["kind"] == "city_with_corps" and (division is None or division["kind"] != "corps_division"):
        yield f"corps_division_code“{row['corps_division_code']}”不是表中的师"
    if row["kind"] != "city_with_corps" and row["corps_division_code"]:
        yield "只有师市合一的市才填 corps_division_code"
    if not row["successor_code"]:
        return
    successor = by_code.get(row["successor_code"])
    if successor is None:
        yield f"继任代码“{row['successor_code']}”不在表中"
    elif _overlap(row, successor):
        yield f"{row['name']} 与继任的 {successor['name']} 有效期重叠"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _overlap(one: dict[str, str], other: dict[str, str]) -> bool:
    # Both ends belong to the validity; ISO dates compare as text, an empty end is open.
    return one["valid_from"] <= (other["valid_to"] or "9999") and other["valid_from"] <= (one["valid_to"] or "9999")


def valid_divisions(divisions: pd.DataFrame, on: date) -> pd.DataFrame:
    """The divisions that exist on a day, both ends of a validity included."""
    day = pd.Timestamp(on)
    begun = divisions["valid_from"].isna() | (divisions["valid_from"] <= day)
    not_ended = divisions["valid_to"].isna() | (divisions["valid_to"] >= day)
    return divisions[begun & not_ended]


def reporters(divisions: pd.DataFrame) -> pd.DataFrame:
    """The divisions that file, in the order of their codes: of those shipped, 125."""
    return divisions[divisions["files"]].sort_values("division_code").reset_index(drop=True)


def scopes(divisions: pd.DataFrame) -> pd.DataFrame:
    """Which reporters add up to which reading.

    Returns:
        `scope_code`, `scope` (`own` 本级, `area` 全域), `member_code`; one row per member. `own` of a reporter is
        itself. `area` is itself and all below it: for the region every reporter (the 兵团 included), for a prefecture
        itself and its counties, for the 兵团 (which does not file) its 14 divisions, for all others themselves.
        Beside the divisions stand the groups of `GROUP_TITLES`, with an `area` each if anybody belongs to it:
        `border` (Art. 29) are the counties and 师 with the attribute, since a prefecture that has it does not lie at
        the border as a whole; `key_area` (Art. 28) the divisions with the attribute and all below them.
    """
    filing = reporters(divisions)["division_code"]
    own = pd.DataFrame({"scope_code": filing, "scope": "own", "member_code": filing})
    parents = divisions.set_index("division_code")["parent_code"].to_dict()
    area = [
        {"scope_code": scope_code, "scope": "area", "member_code": code}
        for code in filing
        for scope_code in _self_and_above(code, parents)
    ]
    groups = [{"scope_code": group, "scope": "area", "member_code": code}
              for group, codes in _group_members(divisions, parents).items() for code in codes]
    frame = pd.concat([own, pd.DataFrame([*area, *groups], columns=own.columns)])
    return frame.sort_values(["scope_code", "scope", "member_code"]).reset_index(drop=True)


def _group_members(divisions: pd.DataFrame, parents: dict[Any, Any]) -> dict[str, list[str]]:
    """Reporters of each group; a city that is one with a 师 brings its 师, which files for it."""
    filing = reporters(divisions).set_index("division_code")["kind"]

    def flagged(flag: str) -> set[str]:
        rows = divisions[divisions[flag].astype(bool)]
        return {*rows["division_code"], *rows["corps_division_code"].dropna()}

    border, key_area = flagged("is_border"), flagged("is_key_area")
    return {
        "border": [code for code, kind in filing.items() if code in border and kind in ("county", "corps_division")],
        "key_area": [code for code in filing.index if not key_area.isdisjoint(_self_and_above(code, parents))],
    }


def _self_and_above(code: Any, parents: dict[Any, Any]) -> Iterator[str]:
    while isinstance(code, str):
        yield code
        code = parents.get(code)


def map_division(code: str, divisions: pd.DataFrame | None = None) -> str:
    """The division that a polygon shows: its 师 for a city that is one with a 师, otherwise itself.

    Raises:
        KeyError: no such division.
    """
    known = load_divisions() if divisions is None else divisions
    links = known.set_index("division_code")["corps_division_code"]
    shown = links[code]
    return shown if isinstance(shown, str) else code


@cache
def load_boundaries(path: Path = BOUNDARIES_PATH) -> dict[str, Any]:
    """GeoJSON FeatureCollection of county-level polygons in degrees; `properties`: `division_code`, `name`.

    Cached: treat it as read-only.
    """
    boundaries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return boundaries
