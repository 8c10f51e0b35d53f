"""Routes for scripts."""

from uuid import UUID, uuid4

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from application.scripts.upload_script import ReadScript, UploadScript
from domain.scripts.script import Script
from entrypoints.http.dependencies import Wired
from entrypoints.http.problems import documented
from entrypoints.http.script_bodies import ScriptBody, UnreadScript, UploadedScript


class ScriptController(Controller):
    """Routes below `/api/scripts`."""

    path = "/api/scripts"
    tags = ("scripts",)

    @post(
        "/upload",
        operation_id="uploadScript",
        response_description="The stored script",
        request_class=ScriptBody,
        responses=documented(400, 408, 413, 415, 500, 503, 507),
    )
    async def upload(
        self,
        data: JSONBody[UnreadScript],
        upload_script: Wired[UploadScript],
        caller: NamedDependency[str],
    ) -> Response[UploadedScript]:
        """Store a script, as JSON or as plain text, for any number of videos."""
        upload = await data.script()
        script = await upload_script(uuid4(), caller, upload.content, upload.title, upload.language)
        stored = UploadedScript(
            script_id=script.script_id,
            title=script.title,
            language=script.language,
            scenes=script.scenes,
            characters=len(script.content),
        )
        return Response(stored, headers={"Location": f"/api/scripts/{script.script_id}"})

    @get(
        "/{script_id:uuid}",
        operation_id="readScript",
        response_description="The script",
        responses=documented(400, 404, 500, 503),
    )
    async def script(
        self,
        script_id: FromPath[UUID],
        read_script: Wired[ReadScript],
        caller: NamedDependency[str],
    ) -> Script:
        """Return a script with its text."""
        return await read_script(script_id, caller)
