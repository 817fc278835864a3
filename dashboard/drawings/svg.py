"""The few SVG words that the drawings are written in; every attribute and text is escaped."""

from html import escape
from typing import Any


def tag(name: str, *children: str, **attributes: Any) -> str:
    """One element; `class_` gives `class`, `data_card` gives `data-card`, None leaves an attribute out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>"


def text(content: str, **attributes: Any) -> str:
    """A text element."""
    return tag("text", escape(content), **attributes)


def drawing(width: float, height: float, *children: str, **attributes: Any) -> str:
    """The outer `svg` with its view box."""
    box = f"0 0 {width:g} {height:g}"
    return tag("svg", *children, viewBox=box, xmlns="http://www.w3.org/2000/svg", focusable="false", **attributes)


def glyph(tier: str, x: float, y: float, size: float, **attributes: Any) -> str:
    """The shape of a tier around a point: triangle, diamond, circle, square."""
    half = size / 2
    if tier == "red":
        points = f"{x:g},{y - half:g} {x + half:g},{y + half * 0.8:g} {x - half:g},{y + half * 0.8:g}"
        return tag("polygon", points=points, **attributes)
    if tier == "orange":
        points = f"{x:g},{y - half:g} {x + half:g},{y:g} {x:g},{y + half:g} {x - half:g},{y:g}"
        return tag("polygon", points=points, **attributes)
    if tier == "yellow":
        return tag("circle", cx=f"{x:g}", cy=f"{y:g}", r=f"{half * 0.85:g}", **attributes)
    side = size * 0.8
    return tag(
        "rect", x=f"{x - side / 2:g}", y=f"{y - side / 2:g}", width=f"{side:g}", height=f"{side:g}", **attributes
    )
