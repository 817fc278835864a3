"""Read one policy file: YAML in, plain values and the line of each of them out, faults told in Chinese.

A policy is edited by people in an office, so a fault must say where it stands. PyYAML forgets lines once it has
built its values and keeps the last of two equal keys in silence; here the values are built from the composed nodes.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from data_contracts.errors import MendableError
from data_contracts.json_schemas import JsonSchema
from data_contracts.yaml_files import LOADER

SCHEMA_FOLDER = Path(__file__).parent / "policies" / "schema"

Place = tuple[str | int, ...]

_TYPE_TITLES = {"object": "键值表", "array": "列表", "string": "文字", "number": "数", "integer": "整数",
                "boolean": "是/否"}


class PolicyError(MendableError):
    """A policy that cannot be used; the text names file, line and what was found, in Chinese."""


@dataclass(frozen=True)
class PolicyDocument:
    """One file as read: its values and the line (from 1) of every value, by place in the tree."""

    path: Path
    content: Any
    lines: dict[Place, int]

    def line(self, *place: str | int) -> int:
        """Line of the value at `place`, or of its nearest ancestor that is written in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, place: Place, message: str) -> PolicyError:
        """The error to raise for what stands at `place`."""
        return PolicyError(f"{self.path} 第 {self.line(*place)} 行：{message}")

    def date_at(self, place: Place) -> date:
        """The ISO date written at `place`; PolicyError when there is no such day."""
        text: Any = self.content
        for part in place:
            text = text[part]
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.fault(place, f"“{text}”不是有效日期，应写成 2026-03-01") from None


def read_policy_document(path: Path, schema: str) -> PolicyDocument:
    """The file's values, checked against the JSON schema `policies/schema/<schema>.json`.

    Raises:
        PolicyError: unreadable, not YAML, a key stands twice, or the values do not fit the schema.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_TextDates)
    except OSError as error:
        raise PolicyError(f"{path} 无法读取：{error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError(f"{path} 第 {line} 行：不是有效的 YAML：{error.problem}") from error
    lines: dict[Place, int] = {}
    content = None if node is None else _value(node, (), lines, path)
    document = PolicyDocument(path, content, lines)
    for fault in sorted(_schema(schema).faults(content), key=lambda fault: document.line(*fault.absolute_path)):
        raise document.fault(*_place_and_words(fault))
    return document


# Dates stay text: the JSON schema sees one type, and a day that does not exist is our fault to tell.
_TextDates: Any = type("_TextDates", (LOADER,), {
    "yaml_implicit_resolvers": {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    },
})


def _value(node: yaml.Node, place: Place, lines: dict[Place, int], path: Path) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                line = key_node.start_mark.line + 1
                raise PolicyError(f"{path} 第 {line} 行：“{key}”重复，已在第 {lines[(*place, key)]} 行写过")
            found[key] = _value(value_node, (*place, key), lines, path)
            lines[(*place, key)] = key_node.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_value(entry, (*place, number), lines, path) for number, entry in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    return _TextDates("").construct_object(node)


@cache
def _schema(name: str) -> JsonSchema:
    return JsonSchema(json.loads((SCHEMA_FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def _place_and_words(fault: Any) -> tuple[Place, str]:
    """Where a schema fault stands, and in what words a person is told of it."""
    place = tuple(fault.absolute_path)
    name = next((str(part) for part in reversed(place) if isinstance(part, str)), "文件")
    if fault.validator == "additionalProperties":
        unknown = sorted(set(fault.instance) - set(fault.schema.get("properties", {})))
        known = "、".join(fault.schema["properties"])
        return (*place, unknown[0]), f"不认识的键 {'、'.join(unknown)}，可用的键有 {known}"
    if fault.validator == "required":
        missing = [key for key in fault.validator_value if key not in fault.instance]
        return place, f"“{name}”缺少 {'、'.join(missing)}"
    return place, f"“{name}”为 {fault.instance!r}，{_wanted(fault)}"


def _wanted(fault: Any) -> str:
    if described := fault.schema.get("description"):
        return str(described)
    limit = fault.validator_value
    words: dict[str, Callable[[], str]] = {
        "enum": lambda: f"应为 {'、'.join(map(str, limit))} 之一",
        "type": lambda: f"应为{'或'.join(_TYPE_TITLES.get(kind, kind) for kind in _listed(limit))}",
        "minimum": lambda: f"不应小于 {limit}",
        "exclusiveMinimum": lambda: f"应大于 {limit}",
        "exclusiveMaximum": lambda: f"应小于 {limit}",
        "maximum": lambda: f"不应大于 {limit}",
        "pattern": lambda: f"应符合格式 {limit}",
        "minItems": lambda: f"至少要有 {limit} 项",
        "minProperties": lambda: f"至少要有 {limit} 项",
        "minLength": lambda: "不能为空",
        "propertyNames": lambda: "键名写法不对",
    }
    return words.get(fault.validator, lambda: f"不合要求（{fault.validator}）")()


def _listed(limit: str | list[str]) -> Iterator[str]:
    yield from [limit] if isinstance(limit, str) else limit
