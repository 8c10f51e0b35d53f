"""Read settings from the environment, validate them, and list them for output and documentation."""

import os
import re
from collections.abc import Container, Mapping
from typing import Any, Final, get_type_hints

import msgspec

from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation
from entrypoints.setting_rules import NEEDS_LOOPBACK, Setting, is_loopback
from entrypoints.settings import Settings

_CREDENTIALS: Final = re.compile(r"//[^/@\s]*@")


class Declared(msgspec.Struct, frozen=True):
    """A setting with its field, its type and its default."""

    field: str
    name: str
    type: Any
    default: Any
    setting: Setting

    def shown(self, value: object) -> str:
        """Return a value for display; for a secret only that it is set."""
        text = f"{value:g}" if isinstance(value, float) else str(value)
        if self.setting.secret and text:
            return "(set)"
        return _CREDENTIALS.sub("//***@", text)


def _declared() -> tuple[Declared, ...]:
    hints = get_type_hints(Settings, include_extras=True)
    declarations: list[Declared] = []
    for info in msgspec.structs.fields(Settings):
        annotated: Any = hints[info.name]
        [setting] = annotated.__metadata__
        name = setting.name or f"BACHATA_{info.name.upper()}"
        declarations.append(Declared(info.name, name, annotated.__origin__, info.default, setting))
    return tuple(declarations)


SETTINGS: Final = _declared()


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises `InvalidRequest` with every invalid variable."""
    values: dict[str, Any] = {}
    wrong: list[Violation] = []
    for each in SETTINGS:
        if (text := environment.get(each.name)) is None:
            continue
        try:
            values[each.field] = msgspec.convert(text, each.type, strict=False)
        except msgspec.ValidationError as error:
            message = f"{error}; got {each.shown(text)!r}."
            wrong.append(Violation(path=each.name, message=message))
    settings = Settings(**values)
    _refuse([*wrong, *_faults(settings)])
    return settings


def with_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    """Return the settings with another address; raises `InvalidRequest` as `from_environment`."""
    values = {"host": host, "port": port}
    changed = msgspec.structs.replace(
        settings, **{name: value for name, value in values.items() if value is not None}
    )
    _refuse(_faults(changed))
    return changed


def listed(settings: Settings) -> dict[str, str]:
    """Return the value of every setting by its environment variable, with secrets hidden."""
    return {each.name: each.shown(getattr(settings, each.field)) for each in SETTINGS}


def _refuse(wrong: list[Violation]) -> None:
    if wrong:
        raise InvalidRequest(tuple(wrong), "Some settings are not valid.")


def _faults(settings: Settings) -> list[Violation]:
    """Return violations of the rules for single settings, then for pairs of settings."""
    needs_bucket = settings.storage_backend == "s3" and not settings.s3_bucket
    one_key = bool(settings.s3_access_key) != bool(settings.s3_secret_key)
    needs_postgres = settings.has_workers and not settings.database.startswith("postgresql")
    demands = [
        (each.name, each.setting.rule.demand)
        for each in SETTINGS
        if not each.setting.rule.keeps(getattr(settings, each.field))
    ]
    if needs_bucket:
        demands.append(("BACHATA_S3_BUCKET", "STORAGE_BACKEND=s3 needs a bucket"))
    if one_key:
        demands.append(("BACHATA_S3_SECRET_KEY", "set both keys or neither"))
    if needs_postgres:
        demands.append(("BACHATA_DATABASE_URL", "BACHATA_JOBS=pgqueuer needs Postgres"))
    if settings.auth == "off" and not is_loopback(settings.host):
        demands.append(("BACHATA_HOST", NEEDS_LOOPBACK))
    return [Violation(path=name, message=demand) for name, demand in demands]


def settings_table() -> str:
    """Return the table of settings for the documents: name, default with its unit, meaning."""
    rows = [f"| `{each.name}` | {_default(each)} | {each.setting.meaning} |" for each in SETTINGS]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows, ""])


def _default(declared: Declared) -> str:
    if declared.default == "":
        return "empty"
    text = declared.shown(declared.default)
    return f"`{text}` {declared.setting.unit}".rstrip()


def env_example(omitted: Container[str]) -> str:
    """Return the lines of `.env.example`: the defaults of all settings but some, as comments."""
    return "".join(
        f"#{each.name}={each.shown(each.default)}\n"
        for each in SETTINGS
        if each.name not in omitted
    )
