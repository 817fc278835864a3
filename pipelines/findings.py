"""What a verification finds: where, what does not fit, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

Remedy = Literal["restore", "restage", "build", "publish", "backtest", "intake", "look", "mend", "none"]
REMEDIES: dict[Remedy, str] = {
    "restore": "从备份恢复（oversight restore）",
    "restage": "运行 oversight restage",
    "build": "运行 oversight build，再 oversight publish",
    "publish": "运行 oversight publish",
    "backtest": "重新运行 oversight backtest",
    "intake": "删除该文件后再次收件，即按存档重新生成",
    "mend": "按所说改好该文件",
    "look": "请系统管理员查明来历",
    "none": "无须处理",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        part: archive, ledger, staged, snapshots, backtests, returned, accounts, kept or rebuild.
        place: the file, below the home, or the row of the ledger.
        told: what does not fit, in Chinese.
        remedy: what to do, a key of :data:`REMEDIES`.
        is_damage: False for a note, which needs no hand.
    """

    part: str
    place: str
    told: str
    remedy: Remedy
    is_damage: bool = True

    @property
    def remedy_text(self) -> str:
        """What to do, in Chinese."""
        return REMEDIES[self.remedy]
