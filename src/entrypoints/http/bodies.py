"""Request bodies that are read by the domain, so that everything wrong in them is named at once."""

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from application.usecases.plan import ChoreographyRequest
from domain import documents, rules
from domain.blueprint import Blueprint
from domain.errors import InvalidRequest


class Unread:
    """A JSON body that nobody has looked into yet; ``kind`` is what it should be."""

    kind: ClassVar[type[msgspec.Struct]]

    def __init__(self, document: object) -> None:
        """Take the parsed JSON."""
        self.document = document


class UnreadBlueprint(Unread):
    """A body that should be a Blueprint."""

    kind = Blueprint

    def blueprint(self, owner: str) -> Blueprint:
        """Return it, or raise `BlueprintRejected` with every violation."""
        return rules.read(self.document, owner)


class UnreadRequest(Unread):
    """A body that should ask for a choreography."""

    kind = ChoreographyRequest

    def request(self) -> ChoreographyRequest:
        """Return it, or raise `InvalidRequest` with every violation."""
        reading = documents.read(ChoreographyRequest, self.document)
        if reading.violations:
            raise InvalidRequest(reading.violations)
        return msgspec.convert(self.document, ChoreographyRequest)


def is_unread(kind: Any) -> bool:  # noqa: ANN401 - any type hint
    """Whether a parameter's type is one of these."""
    return isinstance(kind, type) and issubclass(kind, Unread)


def unread(kind: type[Unread], document: object) -> Unread:
    """Wrap a parsed body."""
    return document if isinstance(document, Unread) else kind(document)


DECODERS: Sequence[tuple[Any, Any]] = ((is_unread, unread),)


class UnreadSchema(OpenAPISchemaPlugin):
    """Documents such a body as what it should be."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:  # noqa: ANN401 - any type hint
        """Whether this documents ``value``."""
        return is_unread(value)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:  # noqa: ANN401 - Litestar keeps the class private
        """The schema of the struct behind it."""
        kind = FieldDefinition.from_annotation(field_definition.annotation.kind)
        return schema_creator.for_field_definition(kind)
