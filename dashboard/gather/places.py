"""The place a reporter is listed under: its prefecture, or the 兵团."""

from data_contracts.divisions import CORPS_CODE


def place_of(division_code: str, kind: str | None, parent_code: str | None) -> str:
    """Prefecture of a county, the 兵团 of a 师, the division itself otherwise."""
    if kind == "corps_division":
        return CORPS_CODE
    return parent_code if kind == "county" and parent_code else division_code
