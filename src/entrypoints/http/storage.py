"""Routes that show what is stored, and clean it up."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from application.operations.clean_up_storage import Cleanup, CleanUpStorage
from application.storage.read_usage import ReadStorageUsage, StorageUsage
from domain.accounts.users import Caller, Scope
from entrypoints.http.callers import CHANGES_LIBRARY
from entrypoints.http.dependencies import Wired
from entrypoints.http.disconnect import while_connected
from entrypoints.http.problems import documented
from entrypoints.http.request_bodies import JsonRequest
from entrypoints.http.storage_bodies import UnreadCleanup


class StorageController(Controller):
    """Routes below `/api/storage`."""

    path = "/api/storage"
    tags = ("storage",)

    @get(
        operation_id="readStorage",
        response_description="The stored files by kind",
        responses=documented(500, 503),
    )
    async def usage(
        self,
        request: Request[Any, Any, Any],
        read_storage_usage: Wired[ReadStorageUsage],
        account: NamedDependency[Caller],
    ) -> StorageUsage:
        """Return the bytes and the files of each kind: those of all users for administrators,
        otherwise your own.
        """
        owner = None if Scope.ADMIN in account.scopes else account.user_id
        return await while_connected(request, read_storage_usage(owner))

    @post(
        "/cleanup",
        operation_id="cleanUpStorage",
        opt=CHANGES_LIBRARY,
        status_code=200,
        response_description="The files that were deleted, or would be",
        request_class=JsonRequest,
        responses=documented(400, 408, 413, 415, 500, 503),
    )
    async def clean_up(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadCleanup],
        clean_up_storage: Wired[CleanUpStorage],
    ) -> Cleanup:
        """Delete the files that nothing needs and that are beyond the limits of their kinds."""
        body = await data.cleanup()
        work = clean_up_storage(body.kinds, dry_run=body.dry_run)
        return await while_connected(request, work)
