"""What every export says of itself: page, place, month, filters, release, marking, time, account."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.formats import format_period
from dashboard.stand import Stand
from dashboard.view import PAGES
from dashboard.wording import SCOPES

_FILTERS = {
    "level": "层次", "indicator": "指标", "tier": "等级", "kind": "种类", "prefecture": "地州", "rule": "规则",
    "contract": "报表", "state": "状态", "urgency": "缓急", "dimension": "维度", "lines": "列法", "scenario": "情景",
    "compare": "比较",
}  # fmt: skip


@dataclass(frozen=True)
class Stamp:
    """Lines of (label, text) for the head of a file."""

    lines: tuple[tuple[str, str], ...]
    file_stem: str

    def to_text(self) -> str:
        """In one line, for the foot of a chart."""
        return "　".join(f"{label}：{text}" for label, text in self.lines)


def stamp_of(stand: Stand, now: datetime | None = None) -> Stamp:
    """The stamp of a page as it stands for this reader."""
    moment, view, page = now or datetime.now(), stand.view, PAGES.get(stand.view.path, "")
    chosen = [f"{title} {getattr(view, name)}" for name, title in _FILTERS.items() if getattr(view, name)]
    reading = SCOPES[stand.reading] if stand.is_area else SCOPES["own"]
    seen = "全区" if stand.scope.divisions is None else f"{len(stand.scope.divisions)} 个填报单位"
    simulated = "（模拟数据）" if stand.is_simulated else ""
    lines = (
        ("密级标注", stand.snapshot.meta.get("marking", "内部资料")),
        ("内容", f"{page} · {stand.title()} · {reading} · {format_period(stand.period)}{simulated}"),
        ("筛选", "；".join(chosen) or "无"),
        ("版本", stand.snapshot.snapshot_id),
        ("查看范围", seen),
        ("导出时间", f"{moment:%Y-%m-%d %H:%M:%S}"),
        ("导出账号", stand.reader.account),
    )
    return Stamp(lines, f"{page}_{stand.title()}_{stand.period}_{stand.snapshot.snapshot_id}")
