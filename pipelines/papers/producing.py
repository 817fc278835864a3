"""Produce a paper: fill it, give it the next number of its year, write it, enter it; and sign it by a second post."""

import hashlib
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from metrics.read_layer import read_meta
from metrics.snapshot import open_snapshot
from pipelines.accounts.issuing import Issue
from pipelines.events import checked_actor
from pipelines.home import Home
from pipelines.papers.errors import PaperError
from pipelines.papers.filling import REGION_BUREAU, bureau_of, day_text, fill_from
from pipelines.papers.kinds import PaperKind, paper_kind
from pipelines.papers.productions import Production, next_number, numbering, productions_of, record_production
from pipelines.papers.templates import check_template, fill_template, template_path
from pipelines.papers.writing import write_whole
from pipelines.snapshots import current_snapshot_id, snapshot_path

DRAFT, SIGNED = "草稿（未签发）", ""


@dataclass(frozen=True)
class Paper:
    """A paper that was written: its number and where it lies."""

    paper_no: str
    path: Path
    is_signed: bool


def produce_paper(
    home: Home, kind_code: str, key: str, out: Path, *, period: str | None = None, actor: str | None = None,
    now: datetime | None = None,
) -> Paper:  # fmt: skip
    """Draft one paper into a folder; its number is taken only if it could be written.

    Args:
        key: warning id, finding code, receipt number, or division, as the kind asks for.
        period: the month told of; that of the published snapshot if None.

    Raises:
        MendableError: nothing is published, there is no such thing, the template or the folder cannot be used.
    """
    kind, moment, who = paper_kind(kind_code), (now or datetime.now()).replace(microsecond=0), checked_actor(actor)
    template = template_path(home, kind)
    check_template(template, kind)
    snapshot_id = current_snapshot_id(home)
    if snapshot_id is None:
        raise PaperError("还没有发布过快照：先运行 oversight build，再运行 oversight publish")
    connection = open_snapshot(snapshot_path(home, snapshot_id))
    try:
        meta = read_meta(connection)
        filled = fill_from(home, connection, kind.source, key, period or meta["period"], moment)
    finally:
        connection.close()
    addressee = filled.addressee or bureau_of(filled.division_code)
    fields = {
        **filled.fields, "发文机关": REGION_BUREAU, "主送机关": addressee, "成文日期": day_text(moment),
        "草稿标记": DRAFT, "密级标记": meta.get("marking") or "内部资料", "快照编号": snapshot_id,
        "数据性质": "模拟数据" if meta.get("is_simulated") == "true" else "",
    }  # fmt: skip
    with numbering(home) as ledger:
        number = next_number(ledger, kind.kind, moment.year)
        paper_no = kind.number_text(moment.year, number)
        production = Production(
            at=moment, action="drafted", kind=kind.kind, year=moment.year, number=number, paper_no=paper_no,
            source=f"{kind.source}:{key}", division_code=filled.division_code, actor=who, snapshot_id=snapshot_id,
            sha256="", fields={**fields, "文号": paper_no},
        )  # fmt: skip
        return _write(home, ledger, production, kind, template, out)


def sign_paper(home: Home, paper_no: str, out: Path, *, actor: str | None = None, now: datetime | None = None) -> Paper:
    """Write the paper that was drafted under a number without its draft mark, and enter who signed it.

    Raises:
        MendableError: there is no such draft, it is signed already, or the one who drafted it would sign it.
    """
    who = checked_actor(actor)
    with numbering(home) as ledger:
        found = productions_of(ledger, paper_no)
        if not found:
            raise PaperError(f"台账里没有文号 {paper_no}；用 oversight papers list 看已拟的公文")
        if len(found) > 1:
            raise PaperError(f"{paper_no} 已于 {found[1].at:%Y-%m-%d} 由{found[1].actor}签发，不再重签")
        draft = found[0]
        if draft.actor == who:
            raise PaperError(f"{paper_no} 由{who}拟稿，须由另一岗位或账号签发（--actor）")
        kind = paper_kind(draft.kind)
        signed = replace(draft, action="signed", actor=who, at=(now or datetime.now()).replace(microsecond=0),
                         fields={**draft.fields, "草稿标记": SIGNED})  # fmt: skip
        return _write(home, ledger, signed, kind, template_path(home, kind), out)


def _write(
    home: Home, ledger: sqlite3.Connection, production: Production, kind: PaperKind, template: Path, out: Path
) -> Paper:
    content = fill_template(template, production.fields)
    record_production(ledger, replace(production, sha256=hashlib.sha256(content).hexdigest()))
    is_signed = production.action == "signed"
    path = out / f"{kind.title}_{production.paper_no}{'' if is_signed else '_草稿'}.docx"
    issue = Issue(
        home=home, kind="paper_signed" if is_signed else "paper_drafted", actor=production.actor, at=production.at,
        detail={"文号": production.paper_no, "取自": production.source, "快照": production.snapshot_id or ""},
    )  # fmt: skip
    write_whole(path, content, issue)
    return Paper(production.paper_no, path, is_signed)


def list_papers(home: Home) -> list[Production]:
    """Every paper that was drafted or signed, in order."""
    if not home.ledger.exists():
        return []
    with numbering(home) as ledger:
        return productions_of(ledger)
