"""How a workbook that we write looks: ink blue on white, hairlines, one gold accent (design/visual.md).

Properties in the words of XlsxWriter. Column formats (by column kind) are unlocked; all others stay locked.
"""

from typing import Any

INK, INK_LIGHT, HAIRLINE, PAPER, TEXT, SECONDARY = "#16283F", "#E4E9EC", "#C9D2D9", "#F4F6F8", "#1B2733", "#51606E"
GOLD, GOLD_LIGHT = "#B08D3C", "#F7F0DC"
TITLE_ROW_HEIGHT = 44

_BASE: dict[str, Any] = {"font_name": "微软雅黑", "font_size": 10, "font_color": TEXT, "valign": "vcenter"}
_CELL = {**_BASE, "locked": False}
_CENTRED = {**_CELL, "align": "center"}
_TEXT_CELL = {**_CELL, "num_format": "@", "indent": 1}
_BOXED = {**_BASE, "border": 1, "border_color": HAIRLINE}
_HEADER = {**_BOXED, "bold": True, "align": "center", "text_wrap": True}
_GUIDE = {**_BOXED, "text_wrap": True}

FORMATS: dict[str, dict[str, Any]] = {
    "title": {**_BASE, "font_size": 16, "bold": True, "font_color": INK, "bottom": 2, "bottom_color": GOLD},
    "label": {**_BOXED, "font_color": SECONDARY, "bg_color": PAPER, "align": "right", "indent": 1},
    "value": {**_BOXED, "bold": True, "num_format": "@", "indent": 1},
    "nil": {**_BOXED, "bold": True, "num_format": "@", "indent": 1, "bg_color": GOLD_LIGHT, "locked": False},
    "simulated": {**_BOXED, "bold": True, "font_color": "#FFFFFF", "bg_color": GOLD, "align": "center"},
    "hint": {**_BASE, "font_size": 9, "font_color": SECONDARY, "indent": 1},
    "header_required": {**_HEADER, "font_color": "#FFFFFF", "bg_color": INK},
    "header_optional": {**_HEADER, "font_color": INK, "bg_color": INK_LIGHT},
    "header_explanation": {**_HEADER, "font_color": INK, "bg_color": GOLD_LIGHT},
    "string": _TEXT_CELL,
    "code": _TEXT_CELL,
    "boolean": {**_CENTRED, "num_format": "@"},
    "integer": {**_CELL, "num_format": "0", "align": "right", "indent": 1},
    "decimal": {**_CELL, "num_format": "0.00", "align": "right", "indent": 1},
    "date": {**_CENTRED, "num_format": "yyyy-mm-dd"},
    "datetime": {**_CENTRED, "num_format": "yyyy-mm-dd hh:mm"},
    "explanation": {**_TEXT_CELL, "text_wrap": True},
    "beyond": _CELL,
    "grid": {"border": 1, "border_color": HAIRLINE},
    "guide_title": {**_BASE, "font_size": 16, "bold": True, "font_color": INK, "bottom": 2, "bottom_color": GOLD},
    "guide_section": {**_BASE, "font_size": 12, "bold": True, "font_color": INK, "valign": "bottom"},
    "guide_label": {**_GUIDE, "align": "center", "font_color": SECONDARY, "bg_color": PAPER},
    "guide_text": {**_GUIDE, "indent": 1},
    "guide_strong": {**_GUIDE, "bold": True, "indent": 1},
    "guide_centre": {**_GUIDE, "align": "center"},
    "guide_header": {**_HEADER, "font_color": "#FFFFFF", "bg_color": INK},
}
