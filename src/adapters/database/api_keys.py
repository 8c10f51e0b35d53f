"""Store API keys as rows."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, insert, or_, select, update

from adapters.database.engine import Database
from adapters.database.library_rows import storable
from adapters.database.moments import Ago, Now, utc
from adapters.database.tables import ApiKeyRow, UserRow
from adapters.database.users import user_of
from domain.accounts.errors import KeyNotFound
from domain.accounts.users import ApiKey, Scope, User

_NOTED: Final = timedelta(minutes=1)
"""Time between two notes that a key was used."""


class SqlApiKeys:
    """Each call is one or two short transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        key_id: UUID,
        user_id: str,
        name: str,
        prefix: str,
        digest: str,
        scopes: tuple[Scope, ...],
        life: timedelta | None,
    ) -> ApiKey:
        """See `application.ports.api_keys.ApiKeys`."""
        row = insert(ApiKeyRow).values(
            id=key_id,
            user_id=user_id,
            name=name,
            prefix=prefix,
            digest=digest,
            scopes=" ".join(scopes),
            created_at=Now(),
            expires_at=None if life is None else Ago(-life),
        )
        await self._database.write(row)
        query = select(ApiKeyRow.__table__).where(ApiKeyRow.id == key_id)
        return _key((await self._database.read(query))[0])

    async def of_user(self, user_id: str) -> tuple[ApiKey, ...]:
        """See `application.ports.api_keys.ApiKeys`."""
        if not storable(user_id):
            return ()
        query = (
            select(ApiKeyRow.__table__)
            .where(ApiKeyRow.user_id == user_id, ApiKeyRow.revoked_at.is_(None))
            .order_by(ApiKeyRow.created_at, ApiKeyRow.id)
        )
        return tuple(map(_key, await self._database.read(query)))

    async def revoke(self, key_id: UUID, user_id: str | None = None) -> None:
        """See `application.ports.api_keys.ApiKeys`."""
        revoked = (
            update(ApiKeyRow)
            .where(ApiKeyRow.id == key_id, ApiKeyRow.revoked_at.is_(None))
            .values(revoked_at=Now())
        )
        if user_id is not None:
            revoked = revoked.where(ApiKeyRow.user_id == user_id)
        if not await self._database.write(revoked):
            raise KeyNotFound

    async def use(self, digest: str) -> tuple[ApiKey, User] | None:
        """See `application.ports.api_keys.ApiKeys`."""
        unnoted = or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at < Ago(_NOTED))
        query = (
            select(
                *UserRow.__table__.columns,
                *(column.label(f"key_{column.name}") for column in ApiKeyRow.__table__.columns),
                unnoted.label("unnoted"),
            )
            .join_from(ApiKeyRow, UserRow, ApiKeyRow.user_id == UserRow.id)
            .where(
                ApiKeyRow.digest == digest,
                ApiKeyRow.revoked_at.is_(None),
                or_(ApiKeyRow.expires_at.is_(None), ApiKeyRow.expires_at > Now()),
                ~UserRow.disabled,
            )
        )
        rows = await self._database.read(query)
        if not rows:
            return None
        key = _key(rows[0], "key_")
        if rows[0].unnoted:
            noted = update(ApiKeyRow).where(ApiKeyRow.id == key.id).values(last_used_at=Now())
            await self._database.write(noted, durable=False)
        return key, user_of(rows[0])


def _key(row: Row[Any], before: str = "") -> ApiKey:
    """Return the key of a row whose columns have names that begin with ``before``."""

    def of(name: str) -> Any:  # noqa: ANN401 - a column's value
        return getattr(row, f"{before}{name}")

    return ApiKey(
        id=of("id"),
        user_id=of("user_id"),
        name=of("name"),
        prefix=of("prefix"),
        scopes=tuple(map(Scope, of("scopes").split())),
        created_at=utc(of("created_at")),
        expires_at=of("expires_at") and utc(of("expires_at")),
        last_used_at=of("last_used_at") and utc(of("last_used_at")),
    )
