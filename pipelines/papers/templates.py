"""Word templates with named fields, filled in a sandbox. The one module that knows docxtpl.

The templates that come with the program lie in `templates/`; one of the same name in the home's folder `公文模板` goes
before it, and the bureau edits that in Word. A field that there is not, or a file that is none, is told before anything
is numbered.
"""

import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from pipelines.home import Home
from pipelines.papers.errors import PaperError
from pipelines.papers.kinds import PaperKind, load_paper_kinds

_SHIPPED = Path(__file__).parent / "templates"
_BROKEN = (BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError)


def template_path(home: Home, kind: PaperKind) -> Path:
    """The template in force: the bureau's own, else the one that came with the program."""
    own = home.paper_templates / f"{kind.title}.docx"
    return own if own.exists() else _SHIPPED / f"{kind.title}.docx"


def own_templates(home: Home) -> list[Path]:
    """The bureau's own paper templates; what Word lays beside an open file is none."""
    return sorted(path for path in home.paper_templates.glob("*.docx") if not path.name.startswith(("~$", ".")))


def copy_templates(home: Home) -> list[Path]:
    """Lay the shipped templates into the home's folder, to be edited; one that lies there is left as it is.

    Raises:
        PaperError: the folder cannot be written to.
    """
    folder = home.paper_templates
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{kind.title}.docx" for kind in load_paper_kinds().values()]
        for path in paths:
            if not path.exists():
                shutil.copy(_SHIPPED / path.name, path)
    except OSError as error:
        raise PaperError(f"写不进 {folder}（{error.strerror or error}）：请检查文件夹权限") from error
    return paths


def check_template(path: Path, kind: PaperKind) -> None:
    """Whether a template can be filled.

    Raises:
        PaperError: it is no Word file, its marks are broken, or it names a field that there is not.
    """
    try:
        named = _open(path).get_undeclared_template_variables(jinja_env=_sandbox())
    except TemplateSyntaxError as error:
        raise PaperError(f"模板 {path} 的字段写法不对（花括号没有成对，或多了符号）：{error.message}") from error
    if unknown := sorted(named - set(kind.fields)):
        raise PaperError(
            f"模板 {path} 里没有字段 {'、'.join(unknown)}；《{kind.title}》可用的字段有 {'、'.join(kind.fields)}"
        )


def fill_template(path: Path, fields: Mapping[str, Any]) -> bytes:
    """The filled document.

    Raises:
        PaperError: broken, or a field (one of a list's entries, too) that there is not.
    """
    template = _open(path)
    try:
        template.render(dict(fields), jinja_env=_sandbox(), autoescape=True)
    except UndefinedError as error:
        hint = "请用 oversight papers templates 看可用的字段"
        raise PaperError(f"模板 {path} 里有认不得的字段：{error.message}；{hint}") from error
    except TemplateError as error:
        raise PaperError(f"模板 {path} 的字段写法不对：{error.message}") from error
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def _open(path: Path) -> Any:
    try:
        template = DocxTemplate(str(path))
        template.init_docx()
    except FileNotFoundError as error:
        raise PaperError(f"没有模板 {path}：请用 oversight papers templates 重新取出") from error
    except _BROKEN as error:
        raise PaperError(f"模板 {path} 不是可用的 Word 文件（.docx），可能已损坏；删去它即用原有模板") from error
    return template


def _sandbox() -> SandboxedEnvironment:
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
