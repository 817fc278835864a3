"""Typeset documents as PDF by typst, offline, with a Chinese font of the machine. The one module that knows typst.

No font is shipped: Debian has them as `fonts-noto-cjk`, and an office machine has its own. Which one is used is decided
once per run by what is there; a folder of fonts may be named by OVERSIGHT_FONTS. Without any, the caller is told.
"""

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import typst

from pipelines.faults import IntakeError

FONTS_VARIABLE = "OVERSIGHT_FONTS"
_BEIJING = timezone(timedelta(hours=8))  # the time that receipts are in
_TEMPLATES = Path(__file__).parent / "documents"
# The first that is there; the text face of a document of an office is a Song or a Fang Song, its heads are black.
_SERIF = (
    "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", "FandolSong", "SimSun",
    "NSimSun", "FangSong", "STSong", "Songti SC",
)  # fmt: skip
_SANS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "SimHei",
    "STHeiti", "PingFang SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
)  # fmt: skip


class FontMissingError(IntakeError):
    """No Chinese font on this machine; the text says how to get one, in Chinese."""


@cache
def _fonts() -> tuple[Any, str, str]:
    """The fonts, and the families to set text and heads in."""
    folders = [folder for folder in [os.environ.get(FONTS_VARIABLE)] if folder]
    fonts = typst.Fonts(include_system_fonts=True, font_paths=folders)
    there = set(fonts.families())
    serif = next((family for family in _SERIF if family in there), None)
    sans = next((family for family in _SANS if family in there), None)
    if serif is None and sans is None:
        raise FontMissingError(
            "这台机器上没有中文字体，PDF 排不出来：请安装（Debian：apt-get install fonts-noto-cjk），"
            f"或用环境变量 {FONTS_VARIABLE} 指明一个放有字体文件的文件夹"
        )
    return fonts, str(serif or sans), str(sans or serif)


@cache
def _compiler(template: str, folder: Path = _TEMPLATES) -> Any:
    return typst.Compiler(str(folder / f"{template}.typ"), root=str(folder), font_paths=_fonts()[0])


def typeset(
    template: str, data: Mapping[str, Any], *, made_at: datetime, folder: Path = _TEMPLATES
) -> bytes:
    """Typeset one document: the same data and time give the same bytes.

    Args:
        template: name of a template in the folder; it finds `data` as JSON in `sys.inputs.data`.
        data: what it shows; `serif` and `sans` (the families to use) are added.
        made_at: the time that the PDF says it was made.
        folder: where the template lies; that of the pipelines if not told.

    Raises:
        FontMissingError: no Chinese font on this machine.
    """
    moment = made_at.replace(tzinfo=_BEIJING, microsecond=0)
    pdf: bytes = _compiler(template, folder).compile(format="pdf", sys_inputs=_inputs(data), timestamp=moment)
    return pdf


def typeset_picture(svg: str, *, width_mm: float, dots_per_inch: float = 300) -> bytes:
    """A drawing as PNG, for formats that take no SVG; the same drawing gives the same bytes.

    Raises:
        FontMissingError: no Chinese font on this machine.
    """
    inputs = _inputs({"svg": svg, "width": width_mm})
    png: bytes = _compiler("picture").compile(format="png", ppi=dots_per_inch, sys_inputs=inputs)
    return png


def _inputs(data: Mapping[str, Any]) -> dict[str, str]:
    _, serif, sans = _fonts()
    return {"data": json.dumps({**data, "serif": serif, "sans": sans}, ensure_ascii=False)}


def typeset_nothing() -> None:
    """Read the fonts and the receipt's template, so that the first receipt does not wait for them.

    Raises:
        FontMissingError: no Chinese font on this machine.
    """
    _compiler("receipt")


def typeset_file(source: Path, *, made_at: datetime) -> bytes:
    """Typeset a document that stands in a file of its own; it may import what lies beside it.

    Raises:
        FontMissingError: no Chinese font on this machine.
    """
    fonts, serif, sans = _fonts()
    compiler: Any = typst.Compiler(str(source), root=str(source.parent), font_paths=fonts)
    moment = made_at.replace(tzinfo=_BEIJING)
    pdf: bytes = compiler.compile(format="pdf", sys_inputs={"serif": serif, "sans": sans}, timestamp=moment)
    return pdf
