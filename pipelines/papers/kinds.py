"""The kinds of papers, as `kinds.yaml` has them: title, number prefix, what they are filled from, which fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from metrics.policy_files import read_policy_document
from pipelines.papers.errors import PaperError

_PATH = Path(__file__).parent / "kinds.yaml"
_SCHEMA = Path(__file__).parent / "schema" / "kinds"


@dataclass(frozen=True)
class PaperKind:
    """One kind of paper. `fields`: all that its template may name."""

    kind: str
    title: str
    prefix: str
    source: str
    fields: tuple[str, ...]

    def number_text(self, year: int, number: int) -> str:
        """The number as printed: 保密督办〔2026〕3号."""
        return f"{self.prefix}〔{year}〕{number}号"


@cache
def load_paper_kinds() -> Mapping[str, PaperKind]:
    """All kinds by code.

    Raises:
        PolicyError: the file is broken, with line.
    """
    content = read_policy_document(_PATH, str(_SCHEMA)).content
    return {
        code: PaperKind(code, entry["title"], entry["prefix"], entry["source"],
                        (*content["common"], *entry["fields"]))
        for code, entry in content["kinds"].items()
    }  # fmt: skip


def paper_kind(code: str) -> PaperKind:
    """One kind, by code or Chinese title.

    Raises:
        PaperError: there is no such kind.
    """
    kinds = load_paper_kinds()
    found = kinds.get(code) or next((kind for kind in kinds.values() if kind.title == code), None)
    if found is None:
        known = "、".join(f"{kind.title}（{kind.kind}）" for kind in kinds.values())
        raise PaperError(f"没有公文种类“{code}”，可用的有 {known}")
    return found
