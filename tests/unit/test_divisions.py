"""Divisions: how many, who files, who adds up to whom, borders that stay shared, and faults told with their line."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from data_contracts.divisions import (
    BOUNDARIES_PATH,
    COLUMN_TITLES,
    COLUMNS,
    CORPS_CODE,
    DIVISIONS_PATH,
    REGION_CODE,
    DivisionsError,
    load_boundaries,
    load_divisions,
    map_division,
    reporters,
    scopes,
    valid_divisions,
)
from data_contracts.make_boundaries import SIZE_LIMIT_BYTES, read_package, simplify_coverage, update_divisions

DIVISIONS = load_divisions()
CITIES = dict(
    line.split()
    for line in """659001 660800
    659002 660100
    659003 660300
    659004 660600
    659005 661000
    659006 660200
    659007 660500
    659008 660400
    659009 661400
    659010 660700
    659011 661300
    659012 660900""".splitlines()
)


def of_kind(kind: str) -> pd.DataFrame:
    return DIVISIONS[DIVISIONS["kind"] == kind]


class TestCounts:
    def test_each_kind(self) -> None:
        counts = DIVISIONS["kind"].value_counts().to_dict()
        assert counts == {
            "region": 1,
            "prefecture": 14,
            "county": 96 + 2,
            "city_with_corps": 12,
            "corps": 1,
            "corps_division": 14,
        }

    def test_108_county_level_divisions_have_a_boundary(self) -> None:
        drawn = DIVISIONS[DIVISIONS["has_boundary"]]
        assert drawn["kind"].value_counts().to_dict() == {"county": 96, "city_with_corps": 12}

    def test_125_divisions_file(self) -> None:
        filing = reporters(DIVISIONS)
        assert len(filing) == 125
        kinds = filing["kind"].value_counts().to_dict()
        assert kinds == {"region": 1, "prefecture": 14, "county": 96, "corps_division": 14}

    def test_codes_have_their_form_and_parents_exist(self) -> None:
        assert DIVISIONS["division_code"].str.fullmatch(r"6[56]\d{4}").all()
        assert DIVISIONS["division_code"].is_unique
        parents = DIVISIONS["parent_code"].dropna()
        assert parents.isin(DIVISIONS["division_code"]).all()
        assert DIVISIONS.loc[DIVISIONS["parent_code"].isna(), "division_code"].tolist() == [REGION_CODE]

    def test_short_names_tell_divisions_apart(self) -> None:
        assert DIVISIONS["short_name"].is_unique

    def test_34_border_counties(self) -> None:
        border = DIVISIONS[DIVISIONS["is_border"] & (DIVISIONS["kind"] == "county")]
        assert len(border) == 34
        assert {"652702", "654004", "653131", "654301"} <= set(border["division_code"])
        assert set(border["parent_code"]) == set(of_kind("prefecture").query("is_border")["division_code"])

    def test_divisions_that_came_late(self) -> None:
        dated = DIVISIONS.set_index("name")
        assert dated.loc["白杨市", "valid_from"] == pd.Timestamp("2023-01-20")
        for name in ("和安县", "和康县"):
            assert dated.loc[name, "valid_from"] == pd.Timestamp("2024-12-27")
            assert dated.loc[name, ["has_boundary", "files", "code_is_provisional"]].tolist() == [False, False, True]
            assert dated.loc[name, "parent_code"] == "653200"
        before = valid_divisions(DIVISIONS, date(2023, 1, 19))["name"]
        assert not before.isin(["白杨市", "和安县", "和康县"]).any()
        assert (valid_divisions(DIVISIONS, date(2023, 1, 20))["name"] == "白杨市").sum() == 1

    def test_every_column_has_a_meaning(self) -> None:
        assert tuple(COLUMN_TITLES) == COLUMNS


class TestCitiesThatAreOneWithADivision:
    @pytest.mark.parametrize("city", CITIES)
    def test_the_polygon_shows_the_division(self, city: str) -> None:
        assert map_division(city) == CITIES[city]

    def test_any_other_shows_itself(self) -> None:
        assert map_division("652901") == "652901"
        assert map_division("653200", DIVISIONS) == "653200"
        with pytest.raises(KeyError):
            map_division("999999")

    def test_they_do_not_file(self) -> None:
        assert not of_kind("city_with_corps")["files"].any()


class TestScopes:
    SCOPES = scopes(DIVISIONS)

    def members(self, scope_code: str, scope: str) -> set[str]:
        rows = self.SCOPES[(self.SCOPES["scope_code"] == scope_code) & (self.SCOPES["scope"] == scope)]
        assert not rows["member_code"].duplicated().any()
        return set(rows["member_code"])

    def test_own_is_the_reporter_alone(self) -> None:
        own = self.SCOPES[self.SCOPES["scope"] == "own"]
        assert (own["scope_code"] == own["member_code"]).all()
        assert len(own) == 125

    def test_area_of_the_region_is_every_reporter(self) -> None:
        assert self.members(REGION_CODE, "area") == set(reporters(DIVISIONS)["division_code"])

    def test_area_of_the_corps_is_its_divisions_and_it_has_no_own(self) -> None:
        assert self.members(CORPS_CODE, "area") == {f"66{number:02d}00" for number in range(1, 15)}
        assert self.members(CORPS_CODE, "own") == set()

    def test_area_of_a_prefecture_is_itself_and_its_counties(self) -> None:
        assert self.members("652700", "area") == {"652700", "652701", "652702", "652722", "652723"}

    def test_area_of_a_leaf_is_itself(self) -> None:
        assert self.members("652901", "area") == {"652901"}
        assert self.members("660800", "area") == {"660800"}

    def test_prefectures_and_the_corps_make_up_the_region(self) -> None:
        parts = [self.members(code, "area") for code in [*of_kind("prefecture")["division_code"], CORPS_CODE]]
        assert sum(map(len, parts)) + 1 == 125
        assert set().union(*parts) | {REGION_CODE} == self.members(REGION_CODE, "area")


def polygons_shipped() -> tuple[list[str], np.ndarray]:
    features = load_boundaries()["features"]
    codes = [feature["properties"]["division_code"] for feature in features]
    return codes, np.array([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features])


def neighbours(polygons: np.ndarray) -> set[tuple[int, int]]:
    """Pairs that share a border of some length."""
    tree = shapely.STRtree(polygons)
    pairs = tree.query(polygons, predicate="intersects").T
    return {
        (int(one), int(other))
        for one, other in pairs
        if one < other and shapely.length(shapely.intersection(polygons[one], polygons[other])) > 0
    }


class TestBoundaries:
    CODES, POLYGONS = polygons_shipped()

    def test_one_polygon_for_each_division_that_has_one(self) -> None:
        assert sorted(self.CODES) == sorted(DIVISIONS.loc[DIVISIONS["has_boundary"], "division_code"])
        names = DIVISIONS.set_index("division_code")["name"]
        for feature in load_boundaries()["features"]:
            assert feature["properties"] == {
                "division_code": feature["properties"]["division_code"],
                "name": names[feature["properties"]["division_code"]],
            }

    def test_the_file_is_small(self) -> None:
        assert BOUNDARIES_PATH.stat().st_size < SIZE_LIMIT_BYTES == 400_000

    def test_no_overlap_no_gap_no_sliver(self) -> None:
        assert shapely.is_valid(self.POLYGONS).all()
        assert shapely.coverage_is_valid(self.POLYGONS)
        union = shapely.union_all(self.POLYGONS)
        assert union.geom_type == "Polygon"
        assert len(union.interiors) == 0
        assert union.area == pytest.approx(shapely.area(self.POLYGONS).sum(), rel=1e-12)

    def test_neighbours_before_are_neighbours_after(self) -> None:
        rows, originals = read_package()
        assert [row["district_adcode"] for row in rows] == self.CODES
        assert neighbours(self.POLYGONS) == neighbours(originals)

    def test_no_division_has_moved_or_shrunk_away(self) -> None:
        _, originals = read_package()
        change = shapely.area(shapely.symmetric_difference(originals, self.POLYGONS)) / shapely.area(originals)
        assert change.max() < 0.05

    def test_the_committed_file_is_what_the_script_makes(self) -> None:
        _, originals = read_package()
        made = simplify_coverage(originals)
        assert shapely.equals(made, self.POLYGONS).all()

    def test_coordinates_are_degrees_of_the_region(self) -> None:
        west, south, east, north = shapely.total_bounds(self.POLYGONS)
        assert 73 < west < 74
        assert 34 < south < 35
        assert 96 < east < 97
        assert 49 < north < 50

    def test_overlapping_polygons_are_not_simplified(self) -> None:
        with pytest.raises(ValueError, match="重叠或缝隙"):
            simplify_coverage(np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)]))


class TestUpdate:
    def test_what_the_bureau_wrote_is_kept_and_a_new_division_is_added(self, tmp_path: Path) -> None:
        path = tmp_path / "divisions.csv"
        text = DIVISIONS_PATH.read_text(encoding="utf-8")
        kept = [line for line in text.splitlines(keepends=True) if not line.startswith("652901")]
        path.write_text(
            "".join(kept).replace(
                "天山区,天山区,county,650100,,,,,false,false", "天山区,天山区,county,650100,,,,,false,true"
            )
        )
        rows, _ = read_package()
        assert update_divisions(path, rows) == ["652901"]
        updated = load_divisions(path).set_index("division_code")
        assert updated.loc["650102", "is_key_area"]
        assert updated.loc["652901", ["name", "kind", "parent_code"]].tolist() == ["阿克苏市", "county", "652900"]
        assert update_divisions(path, rows) == []


HEADER = ",".join(COLUMNS)
REGION_LINE = "650000,自治区,自治区,region,,,,,,false,false,false,true,false"
CORPS_LINES = [
    "660000,兵团,兵团,corps,650000,,,,,false,false,false,false,false",
    "660100,第一师,第一师,corps_division,660000,,,,,false,false,false,true,false",
]
COUNTY_LINE = "652901,市,市,county,652900,,,,,false,false,true,true,false"
CITY_LINE = "659002,市,市,city_with_corps,650000,,,,660200,false,false,true,false,false"
OLD_LINE = "650100,旧市,旧市,prefecture,650000,,2024-01-01,650200,,false,false,false,false,false"
NEW_LINE = "650200,新市,新市,prefecture,650000,2024-01-01,,,,false,false,false,true,false"
FAULTY = {
    "header": ([HEADER.replace("kind", "type")], 1, "表头应为"),
    "code": ([HEADER, REGION_LINE.replace("650000", "65000")], 2, "应为 65 或 66 开头"),
    "too few cells": ([HEADER, "650000,自治区"], 2, "应有 14 栏"),
    "kind": ([HEADER, REGION_LINE.replace("region", "state")], 2, "kind 为“state”"),
    "flag": ([HEADER, REGION_LINE.replace("true,false", "是,false")], 2, "files 为“是”"),
    "date": ([HEADER, REGION_LINE.replace("region,,", "region,,2024/1/1")], 2, "valid_from 为“2024/1/1”"),
    "no name": ([HEADER, REGION_LINE.replace("自治区,自治区", ",自治区")], 2, "名称或者简称为空"),
    "ends before it begins": ([HEADER, REGION_LINE.replace("region,,,", "region,,2024-01-02,2024-01-01")], 2, "早于起"),
    "doubled code": ([HEADER, REGION_LINE, REGION_LINE.replace("自治区", "别名")], 3, "650000 重复"),
    "unknown parent": ([HEADER, REGION_LINE, COUNTY_LINE], 3, "上级代码“652900”不在表中"),
    "parent of the wrong kind": ([HEADER, REGION_LINE, COUNTY_LINE.replace("652900", "650000")], 3, "种类不对"),
    "corps files": (
        [HEADER, REGION_LINE, CORPS_LINES[0].replace("false,false,false,false", "false,false,false,true")],
        3,
        "不报送",
    ),
    "city without division": ([HEADER, REGION_LINE, *CORPS_LINES, CITY_LINE], 5, "不是表中的师"),
    "division link of a county": ([HEADER, REGION_LINE.replace("region,,,,,", "region,,,,,660100")], 2, "只有师市合一"),
    "unknown successor": (
        [HEADER, REGION_LINE.replace("region,,,,", "region,,,,650001")],
        2,
        "继任代码“650001”不在表中",
    ),
    "overlap with the successor": ([HEADER, REGION_LINE, OLD_LINE, NEW_LINE], 3, "有效期重叠"),
    "same name at the same time": (
        [HEADER, REGION_LINE, OLD_LINE.replace("650200", ""), NEW_LINE.replace("新市", "旧市")],
        4,
        "同名，有效期重叠",
    ),
}


class TestFaultyFiles:
    @pytest.mark.parametrize("what", FAULTY)
    def test_is_told_with_file_and_line(self, what: str, tmp_path: Path) -> None:
        lines, line, words = FAULTY[what]
        path = tmp_path / "divisions.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with pytest.raises(DivisionsError) as raised:
            load_divisions(path)
        assert f"divisions.csv: 第 {line} 行：" in str(raised.value)
        assert words in str(raised.value)

    def test_a_renamed_division_may_follow_the_day_after(self, tmp_path: Path) -> None:
        path = tmp_path / "divisions.csv"
        lines = [OLD_LINE, NEW_LINE.replace("2024-01-01", "2024-01-02")]
        path.write_text("\n".join([HEADER, REGION_LINE, *lines]) + "\n", encoding="utf-8")
        assert valid_divisions(load_divisions(path), date(2024, 1, 1))["division_code"].tolist() == ["650000", "650100"]

    def test_the_frame_is_the_callers_own(self) -> None:
        mine = load_divisions()
        mine["name"] = "改了"
        assert load_divisions()["name"].iloc[0] == "新疆维吾尔自治区"
