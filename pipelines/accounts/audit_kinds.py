"""What the audit chain tells of, and how it is called on screen."""

from typing import Literal

AuditKind = Literal[
    "signed_in", "sign_in_failed", "locked_out", "throttled", "signed_out", "password_changed", "account_created",
    "account_disabled", "account_enabled", "password_reset", "role_assigned", "account_released", "denied", "exported",
    "restored",
    "paper_drafted", "paper_signed", "briefing_issued", "ledger_issued", "book_issued",
]  # fmt: skip
AUDIT_TITLES: dict[AuditKind, str] = {
    "signed_in": "登录",
    "sign_in_failed": "登录失败",
    "locked_out": "锁定",
    "throttled": "来源限制",
    "signed_out": "退出",
    "password_changed": "修改口令",
    "account_created": "新建账号",
    "account_disabled": "停用账号",
    "account_enabled": "恢复账号",
    "password_reset": "重置口令",
    "role_assigned": "授予角色",
    "account_released": "启用或解锁",
    "denied": "越权被拒",
    "exported": "导出",
    "restored": "从备份恢复",
    "paper_drafted": "拟公文",
    "paper_signed": "签发公文",
    "briefing_issued": "出简报",
    "ledger_issued": "出台账",
    "book_issued": "出手册",
}
