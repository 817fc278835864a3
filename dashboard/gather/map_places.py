"""Whose figures each polygon of the map shows."""

import pandas as pd


def shown_divisions(divisions: pd.DataFrame, *, by_prefecture: bool = False) -> dict[str, str]:
    """Division that each polygon shows: its own reporter, its 师, or (by prefecture) the whole prefecture."""
    polygons = divisions[divisions["has_boundary"]]
    columns = ("division_code", "kind", "parent_code", "corps_division_code")
    return {
        code: corps if kind == "city_with_corps" else parent if by_prefecture else code
        for code, kind, parent, corps in zip(*(polygons[column] for column in columns), strict=True)
    }


def focused_counties(divisions: pd.DataFrame, prefecture: str) -> list[str]:
    """Counties with a polygon below a prefecture, which its map is zoomed to."""
    below = (divisions["parent_code"] == prefecture) & divisions["has_boundary"]
    return list(divisions.loc[below, "division_code"])
