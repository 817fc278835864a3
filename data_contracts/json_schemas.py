"""JSON schemas that our YAML files are held to.

Whether a file fits is asked of a compiled validator (hundreds of times faster, and every command asks it of some forty
files); only of one that does not fit is the other asked, which tells every fault with its place.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

if TYPE_CHECKING:
    from jsonschema import ValidationError


class JsonSchema:
    """One schema, of the draft that its `$schema` names.

    Raises:
        ValidationError: it is no schema.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._compiled = jsonschema_rs.validator_for(dict(schema))

    def faults(self, document: Any) -> "list[ValidationError]":
        """All that is wrong with a document; none if it fits."""
        return [] if self._fits(document) else list(self._telling.iter_errors(document))

    def _fits(self, document: Any) -> bool:
        try:
            return self._compiled.is_valid(document)
        except ValueError:  # a value that JSON does not know, such as a day: what that means is told by the other
            return False

    @cached_property
    def _telling(self) -> Any:
        import jsonschema  # slow to load, and hardly ever needed

        return jsonschema.validators.validator_for(self._schema)(self._schema)
