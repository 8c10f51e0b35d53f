"""Descriptions of the fields of API types, from the docstrings below the fields."""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import inspect as types


def described(kinds: Iterable[type], schemas: dict[str, Any]) -> dict[str, Any]:
    """Return JSON ``schemas``, by name, with the docstrings of fields as their descriptions.

    ``kinds`` are the types that the schemas were made of. A description that a schema already has
    stays. msgspec itself ignores docstrings of fields.
    """
    result = dict(schemas)
    for kind in _structs_in(kinds):
        schema = result[kind.__name__]
        texts = _texts_of(kind)
        properties = {
            name: {"description": texts[name], **each} if name in texts else each
            for name, each in schema["properties"].items()
        }
        result[kind.__name__] = {**schema, "properties": properties}
    return result


def _structs_in(kinds: Iterable[type]) -> set[type[msgspec.Struct]]:
    """Return the struct types among ``kinds``, and those of their fields at any depth."""
    structs: set[type[msgspec.Struct]] = set()
    waiting: list[types.Type] = list(types.multi_type_info(kinds))
    while waiting:
        match waiting.pop():
            case types.StructType(cls=kind, fields=fields) if kind not in structs:
                structs.add(kind)
                waiting += [field.type for field in fields]
            case types.Metadata(type=inner):
                waiting.append(inner)
            case types.UnionType(types=several):
                waiting += several
            case types.VarTupleType(item_type=item):
                waiting.append(item)
            case types.DictType(value_type=value):
                waiting.append(value)
            case _:
                pass
    return structs


def _texts_of(kind: type) -> dict[str, str]:
    """Return the docstrings of a struct's fields, by name; a subclass overrides its bases."""
    texts: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if issubclass(each, msgspec.Struct) and each is not msgspec.Struct:
            texts |= _docstrings_in(each.__module__).get(each.__name__, {})
    return texts


@cache
def _docstrings_in(module: str) -> dict[str, dict[str, str]]:
    """Return the docstrings of fields in the source of a module, by class and field."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {each.name: dict(_docstrings_of(each)) for each in classes}


def _docstrings_of(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, following in pairwise(node.body):
        match field, following:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str() as text)),
            ):
                yield name, " ".join(text.replace("``", "`").split())
            case _:
                pass
