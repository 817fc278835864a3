"""A briefing as PDF: the same parts as the Word document, with vector pictures, typeset by typst."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from dashboard.briefings.document import CHINESE_NUMERALS, Briefing
from dashboard.formats import format_full_day
from pipelines.typesetting import typeset

_FOLDER = Path(__file__).parent / "typst"


def write_pdf(path: Path, briefing: Briefing, drawings: Mapping[str, tuple[str, str]]) -> None:
    """Write the briefing; `drawings` are caption and SVG by name.

    Raises:
        FontMissingError: no Chinese font on this machine.
    """
    built = datetime.fromisoformat(briefing.data.meta["built_at"])
    path.write_bytes(typeset("briefing", _page_data(briefing, drawings), made_at=built, folder=_FOLDER))


def _page_data(briefing: Briefing, drawings: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "title": briefing.title, "marking": briefing.marking, "is_simulated": briefing.is_simulated,
        "snapshot_id": briefing.snapshot_id, "period_title": briefing.period_title,
        "day": format_full_day(briefing.data.meta.get("built_at")),
        "sections": [
            {
                "title": f"{CHINESE_NUMERALS[number]}、{section.title}",
                "is_listed": section.is_listed,
                "groups": [{"heading": heading, "statements": [statement.text for statement in statements]}
                           for heading, statements in section.grouped()],
                "pictures": [{"caption": drawings[name][0], "svg": drawings[name][1]}
                             for name in section.pictures if name in drawings],
                "tables": [asdict(table) | {"figures": sorted(table.figures),
                                            "widths": table.widths or (1,) * len(table.columns)}
                           for table in section.tables],
            }
            for number, section in enumerate(briefing.sections)
        ],
    }  # fmt: skip
