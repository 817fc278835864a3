"""A line of values month by month, small enough to stand in a table row."""

from dashboard.drawings.svg import drawing, tag
from dashboard.wording import HAIRLINE, INK_SECONDARY, MARK

_MARGIN = 4


def sparkline_svg(
    values: list[float | None], *, width: int = 120, height: int = 28, target: float | None = None
) -> str:
    """Line through the values with a dot at the last; months without a value leave a gap, a lone value is a dot.

    Args:
        values: month by month, oldest first.
        width, height: in pixels at the size it is shown.
        target: drawn as a thin dashed line where it lies within the range of the values or near it.
    """
    known = [value for value in values if value is not None]
    if not known:
        return drawing(
            width,
            height,
            tag("line", x1=0, y1=height / 2, x2=width, y2=height / 2, stroke=HAIRLINE, stroke_dasharray="2 3"),
            class_="sparkline",
        )
    low, high = min(known), max(known)
    room = (high - low) or abs(high) * 0.1 or 1.0

    def at(index: int, value: float) -> tuple[float, float]:
        x = _MARGIN + index * (width - 2 * _MARGIN) / max(1, len(values) - 1)
        share = 0.5 if high == low else (value - low) / room
        return round(x, 1), round(height - _MARGIN - share * (height - 2 * _MARGIN), 1)

    parts = [_line(run, at) for run in _runs(values)]
    if target is not None and low - 0.15 * room <= target <= high + 0.15 * room:
        y = min(height - 1.0, max(1.0, at(0, target)[1]))
        parts.insert(
            0,
            tag(
                "line",
                x1=0,
                y1=y,
                x2=width,
                y2=y,
                stroke=INK_SECONDARY,
                stroke_width=0.75,
                stroke_dasharray="3 3",
                opacity=0.6,
            ),
        )
    if values[-1] is not None:
        x, y = at(len(values) - 1, values[-1])
        parts.append(tag("circle", cx=x, cy=y, r=2.6, fill=MARK))
    return drawing(width, height, *parts, class_="sparkline")


def _runs(values: list[float | None]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _line(run: list[tuple[int, float]], at: object) -> str:
    assert callable(at)
    if len(run) == 1:
        x, y = at(*run[0])
        return tag("circle", cx=x, cy=y, r=1.2, fill=INK_SECONDARY)
    points = " ".join("{},{}".format(*at(index, value)) for index, value in run)
    return tag("polyline", points=points, fill="none", stroke=MARK, stroke_width=1.4, stroke_linejoin="round")
