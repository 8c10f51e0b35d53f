"""The OpenAPI document says what the API does."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest

from application.library.unique_ids import id_of
from domain.library.ids import RESERVED
from entrypoints.http import openapi_examples
from scripts import openapi_document
from tests.api.memory_backend import ASSEMBLE, FILM_KEYS, GENERATE, PROBLEM_KEYS

pytestmark = pytest.mark.anyio

Json = dict[str, Any]

OPERATIONS = {
    ("post", GENERATE): "generateChoreography",
    ("post", ASSEMBLE): "assembleBlueprint",
    ("get", "/api/choreography/{task_id}/blueprint"): "getBlueprint",
    ("get", "/api/choreography/{task_id}/explanation"): "explainFilm",
    ("get", "/api/choreography/{task_id}/counts.vtt"): "getCounts",
    ("head", "/api/choreography/{task_id}/counts.vtt"): "headCounts",
    ("get", "/api/choreography/{task_id}/preview.m3u8"): "getPreview",
    ("get", "/api/choreography/{task_id}/preview/{version}/{playlist}"): "getPreviewPlaylist",
    ("get", "/api/choreography/{task_id}/preview/{version}/{kind}/{segment}"): "getPreviewSegment",
    ("post", "/api/choreography/generate-with-ai"): "generateFromWords",
    ("post", "/api/choreography/parse-query"): "parseQuery",
    ("post", "/api/choreography/plan"): "planChoreography",
    ("get", "/api/songs"): "listSongs",
    ("post", "/api/songs"): "uploadSong",
    ("get", "/api/songs/{song_id}"): "getSong",
    ("delete", "/api/songs/{song_id}"): "removeSong",
    ("get", "/api/songs/{song_id}/analysis"): "getAnalysis",
    ("patch", "/api/songs/{song_id}/analysis"): "correctAnalysis",
    ("get", "/api/moves"): "listMoves",
    ("post", "/api/moves"): "uploadMove",
    ("post", "/api/moves/search"): "searchMoves",
    ("get", "/api/moves/{move_id}"): "getMove",
    ("patch", "/api/moves/{move_id}"): "correctMove",
    ("delete", "/api/moves/{move_id}"): "removeMove",
    ("get", "/api/moves/{move_id}/similar"): "listSimilarMoves",
    ("get", "/api/songs/{song_id}/sound"): "getSound",
    ("head", "/api/songs/{song_id}/sound"): "headSound",
    ("get", "/api/moves/{move_id}/clip"): "getClip",
    ("head", "/api/moves/{move_id}/clip"): "headClip",
    ("get", "/api/moves/{move_id}/poster"): "getMovePoster",
    ("head", "/api/moves/{move_id}/poster"): "headMovePoster",
    ("post", "/api/media/assets"): "uploadAsset",
    ("get", "/api/media/assets"): "listAssets",
    ("get", "/api/media/assets/{asset_id}"): "readAsset",
    ("delete", "/api/media/assets/{asset_id}"): "removeAsset",
    ("get", "/api/media/assets/{asset_id}/file"): "getAssetFile",
    ("head", "/api/media/assets/{asset_id}/file"): "headAssetFile",
    ("post", "/api/scripts/upload"): "uploadScript",
    ("get", "/api/scripts/{script_id}"): "readScript",
    ("post", "/api/videos/generate"): "generateVideo",
    ("get", "/api/videos/jobs/{video_id}/status"): "readVideoJob",
    ("post", "/api/videos/jobs/{video_id}/cancel"): "cancelVideo",
    ("get", "/api/videos"): "listVideos",
    ("get", "/api/videos/{video_id}"): "readVideo",
    ("delete", "/api/videos/{video_id}"): "removeVideo",
    ("get", "/api/videos/{video_id}/download"): "getVideoDownload",
    ("head", "/api/videos/{video_id}/download"): "headVideoDownload",
    ("get", "/api/videos/{video_id}/poster"): "getVideoPoster",
    ("head", "/api/videos/{video_id}/poster"): "headVideoPoster",
    ("get", "/api/videos/{video_id}/captions.vtt"): "getVideoCaptions",
    ("head", "/api/videos/{video_id}/captions.vtt"): "headVideoCaptions",
    ("get", "/api/videos/{video_id}/stream"): "getVideoStream",
    ("head", "/api/videos/{video_id}/stream"): "headVideoStream",
    ("get", "/api/storage"): "readStorage",
    ("post", "/api/storage/cleanup"): "cleanUpStorage",
    ("get", "/api/tasks/{task_id}/events"): "watchTask",
    ("post", "/api/library/prepare"): "prepareLibrary",
    ("get", "/api/library/prepare/{job_id}/events"): "watchPreparation",
    ("post", "/api/library/prepare/{job_id}/cancel"): "cancelPreparation",
    ("post", "/api/auth/register"): "register",
    ("post", "/api/auth/token"): "createToken",
    ("post", "/api/auth/token/refresh"): "refreshToken",
    ("post", "/api/auth/token/revoke"): "revokeToken",
    ("get", "/api/auth/me"): "getAccount",
    ("get", "/api/auth/keys"): "listApiKeys",
    ("post", "/api/auth/keys"): "createApiKey",
    ("delete", "/api/auth/keys/{key_id}"): "revokeApiKey",
    ("post", "/api/webhooks"): "addWebhook",
    ("get", "/api/webhooks"): "listWebhooks",
    ("delete", "/api/webhooks/{webhook_id}"): "removeWebhook",
    ("post", "/api/webhooks/{webhook_id}/rotate"): "rotateWebhookSecret",
    ("get", "/api/webhooks/{webhook_id}/deliveries"): "listDeliveries",
    ("post", "/api/webhooks/{webhook_id}/deliveries/{delivery_id}/retry"): "retryDelivery",
    ("get", "/health/live"): "live",
    ("get", "/health/ready"): "ready",
    ("get", "/metrics"): "readMetrics",
}
AUTOMATIC = {
    "Request fulfilled, document follows",
    "Document created, URL follows",
    "Request fulfilled, nothing follows",
}
ALWAYS = {400, 403, 421}
ERRORS = {
    "generateChoreography": {400, 404, 408, 409, 413, 415, 422, 429, 500, 503, 504, 507},
    "assembleBlueprint": {400, 404, 408, 409, 413, 415, 422, 429, 500, 503, 504, 507},
    "getBlueprint": {400, 404, 500, 503},
    "explainFilm": {400, 404, 500, 503},
    "getCounts": {400, 404, 412, 500, 503},
    "headCounts": {400, 404, 412, 500, 503},
    "getPreview": {400, 404, 412, 500, 503},
    "getPreviewPlaylist": {400, 404, 410, 412, 500, 503},
    "getPreviewSegment": {400, 404, 410, 412, 500, 503, 507},
    "generateFromWords": {400, 404, 408, 409, 413, 415, 422, 429, 500, 503, 504, 507},
    "parseQuery": {400, 404, 408, 413, 415, 500, 503},
    "planChoreography": {400, 404, 408, 413, 415, 500, 503, 507},
    "getSong": {400, 404, 500, 503},
    "getAnalysis": {400, 404, 500, 503},
    "correctAnalysis": {400, 404, 408, 413, 415, 500, 503},
    "uploadSong": {400, 408, 409, 413, 415, 429, 500, 503, 507},
    "removeSong": {400, 404, 500, 503},
    "getMove": {400, 404, 500, 503},
    "correctMove": {400, 404, 408, 413, 415, 500, 503},
    "uploadMove": {400, 408, 409, 413, 415, 429, 500, 503, 507},
    "removeMove": {400, 404, 500, 503},
    "searchMoves": {400, 404, 408, 413, 415, 500, 503},
    "listSimilarMoves": {400, 404, 500, 503},
    "getSound": {400, 404, 412, 416, 500, 503},
    "headSound": {400, 404, 412, 416, 500, 503},
    "getClip": {400, 404, 412, 416, 500, 503},
    "headClip": {400, 404, 412, 416, 500, 503},
    "getMovePoster": {400, 404, 412, 500, 503, 507},
    "headMovePoster": {400, 404, 412, 500, 503, 507},
    "listSongs": {400, 500, 503},
    "listMoves": {400, 500, 503},
    "uploadAsset": {400, 408, 409, 413, 415, 429, 500, 503, 507},
    "listAssets": {400, 500, 503},
    "readAsset": {400, 404, 500, 503},
    "removeAsset": {400, 404, 500, 503},
    "getAssetFile": {400, 404, 412, 416, 500, 503},
    "headAssetFile": {400, 404, 412, 416, 500, 503},
    "uploadScript": {400, 408, 413, 415, 500, 503, 507},
    "readScript": {400, 404, 500, 503},
    "generateVideo": {400, 404, 408, 409, 413, 415, 422, 429, 500, 503},
    "readVideoJob": {400, 404, 500, 503},
    "cancelVideo": {400, 404, 409, 500, 503},
    "listVideos": {400, 500, 503},
    "readVideo": {400, 404, 500, 503},
    "removeVideo": {400, 404, 409, 500, 503},
    "getVideoDownload": {400, 404, 412, 416, 500, 503},
    "headVideoDownload": {400, 404, 412, 416, 500, 503},
    "getVideoPoster": {400, 404, 412, 500, 503, 507},
    "headVideoPoster": {400, 404, 412, 500, 503, 507},
    "getVideoCaptions": {400, 404, 412, 500, 503},
    "headVideoCaptions": {400, 404, 412, 500, 503},
    "getVideoStream": {400, 404, 412, 416, 500, 503},
    "headVideoStream": {400, 404, 412, 416, 500, 503},
    "readStorage": {500, 503},
    "cleanUpStorage": {400, 408, 413, 415, 500, 503},
    "watchTask": {400, 404, 429, 500, 503},
    "prepareLibrary": {400, 408, 413, 415, 500, 503},
    "watchPreparation": {400, 404, 429, 500, 503},
    "cancelPreparation": {400, 404, 409, 500, 503},
    "register": {400, 408, 409, 413, 415, 429, 500, 503},
    "createToken": {400, 401, 408, 409, 413, 415, 429, 500, 503},
    "refreshToken": {400, 401, 408, 409, 413, 415, 500, 503},
    "revokeToken": {400, 408, 409, 413, 415, 500, 503},
    "getAccount": {500, 503},
    "listApiKeys": {500, 503},
    "createApiKey": {400, 408, 409, 413, 415, 500, 503},
    "revokeApiKey": {404, 409, 500, 503},
    "addWebhook": {400, 408, 409, 413, 415, 500, 503},
    "listWebhooks": {500, 503},
    "removeWebhook": {404, 500, 503},
    "rotateWebhookSecret": {404, 500, 503},
    "listDeliveries": {400, 404, 500, 503},
    "retryDelivery": {404, 500, 503},
    "live": {500},
    "ready": {500, 503},
    "readMetrics": {500, 503},
}


@pytest.fixture(scope="module")
async def described(client: httpx.AsyncClient) -> Json:
    answer = await client.get("/schema/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def operations(described: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


async def test_every_route_is_there_by_its_name(described: Json) -> None:
    names = {(method, path): op["operationId"] for method, path, op in operations(described)}

    assert names == OPERATIONS
    assert described["openapi"].startswith("3.1")
    assert re.fullmatch(r"\d+\.\d+\.\d+", described["info"]["version"])


async def test_the_committed_document_is_the_one_that_is_served(described: Json) -> None:
    committed = openapi_document.DOCUMENT.read_text(encoding="utf-8")
    renew = "The API has changed; renew docs/openapi.json: python scripts/openapi_document.py"

    assert committed == openapi_document.text(), renew
    assert json.loads(committed) == described


async def test_no_id_is_a_word_of_an_address(described: Json) -> None:
    addresses = [address.split("/") for address in described["paths"]]
    words = {
        address[place]
        for other in addresses
        for place, part in enumerate(other)
        if part in ("{move_id}", "{song_id}")
        for address in addresses
        if address[:place] == other[:place] and len(address) > place
    } - {"{move_id}", "{song_id}"}
    assert words == RESERVED
    for word in words:
        assert id_of(word) not in words


async def test_every_route_says_in_words_what_it_does(described: Json) -> None:
    for _, _, operation in operations(described):
        assert operation["description"].endswith(".")
        good, *_ = sorted({"200", "201", "202", "204"} & set(operation["responses"]))
        assert operation["responses"][good]["description"] not in AUTOMATIC


async def test_fields_are_described_by_their_docstrings(described: Json) -> None:
    schemas = described["components"]["schemas"]
    lent = schemas["UploadedMove"]["properties"]["beats_from"]
    form = schemas["MoveForm"]["properties"]

    assert lent["description"].startswith("Id of the move with the same recording")
    assert lent == schemas["Move"]["properties"]["beats_from"]
    assert schemas["Health"]["properties"]["parts"]["description"]
    assert schemas["Move"]["properties"]["tempo"]["description"] == "Beats per minute."
    assert form["file"]["description"].startswith("The clip;")


async def test_no_description_speaks_of_python(described: Json) -> None:
    """Clients see null and the names of fields, neither `None` nor names of modules."""
    texts = list(_descriptions(described))

    assert len(texts) > 100
    inner = re.compile(r"\bNone\b|``|\b(?:domain|application|adapters|entrypoints)\.|`[A-Z_]+\b`")
    settings = {"`VECTOR_SEARCH_TOP_K`"}
    assert [text for text in texts if set(inner.findall(text)) - settings] == []


async def test_every_error_is_a_problem(described: Json) -> None:
    for _, _, operation in operations(described):
        name = operation["operationId"]
        errors = {int(s): r for s, r in operation["responses"].items() if int(s) >= 400}
        of_callers = set[int]() if operation.get("security") == [] else {401}
        assert set(errors) == ERRORS[name] | ALWAYS | of_callers
        for status, error in errors.items():
            if (name, status) == ("ready", 503):
                continue
            assert error["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }


async def test_who_is_told_to_try_again_is_told_when(described: Json) -> None:
    all_headers = [
        response.get("headers", {})
        for _, _, operation in operations(described)
        for status, response in operation["responses"].items()
        if status in ("429", "503") and "application/problem+json" in response["content"]
    ]
    assert all_headers
    assert all(headers["Retry-After"]["required"] for headers in all_headers)


def bodies(described: Json, media_type: str) -> Json:
    """Return the names of the routes that take such a body."""
    by_name = {
        operation["operationId"]: operation["requestBody"]
        for _, _, operation in operations(described)
        if media_type in operation.get("requestBody", {}).get("content", {})
    }
    assert all(body["required"] is True for body in by_name.values())
    assert all(list(body["content"]) == [media_type] for body in by_name.values())
    return {name: body["content"][media_type]["schema"] for name, body in by_name.items()}


def schema(kind: str) -> Json:
    return {"$ref": f"#/components/schemas/{kind}"}


async def test_the_bodies_are_a_blueprint_and_a_request(described: Json) -> None:
    assert bodies(described, "application/json") == {
        "generateChoreography": schema("ChoreographyFilmRequest"),
        "generateFromWords": schema("DescribedFilmRequest"),
        "parseQuery": schema("DescribedRequest"),
        "planChoreography": {
            "oneOf": [
                schema("ChoreographyRequest"),
                schema("DescribedRequest"),
                schema("ReplanRequest"),
            ]
        },
        "correctAnalysis": schema("Correction"),
        "correctMove": schema("Correction"),
        "assembleBlueprint": schema("BlueprintFilmRequest"),
        "searchMoves": schema("MoveSearch"),
        "register": schema("Registration"),
        "createToken": schema("Credentials"),
        "refreshToken": schema("RefreshToken"),
        "revokeToken": schema("RefreshToken"),
        "createApiKey": schema("ApiKeyRequest"),
        "addWebhook": schema("WebhookRequest"),
        "prepareLibrary": schema("Preparation"),
        "cleanUpStorage": schema("CleanupRequest"),
        "uploadScript": schema("ScriptUpload"),
        "generateVideo": schema("ScriptVideoRequest"),
    }


async def test_the_forms_bring_a_file_and_what_is_said_of_it(described: Json) -> None:
    forms = bodies(described, "multipart/form-data")

    kinds = {"uploadSong": "SongForm", "uploadMove": "MoveForm", "uploadAsset": "AssetForm"}
    assert set(forms) == set(kinds)
    for name, kind in kinds.items():
        assert forms[name] == schema(kind)
        whole = described["components"]["schemas"][kind]
        assert whole["properties"]["file"]["contentMediaType"] == "application/octet-stream"
        assert whole["additionalProperties"] is False
    schemas = described["components"]["schemas"]
    assert schemas["SongForm"]["required"] == ["title", "artist", "file"]
    assert schemas["MoveForm"]["required"] == ["name", "file"]


@pytest.mark.parametrize(
    ("kind", "required"),
    [
        ("BlueprintFilmRequest", {"task_id", "audio_path", "moves", "output_config"}),
        ("BlueprintMove", {"video_path", "start_time", "duration"}),
        ("OutputConfig", {"output_path"}),
        ("ChoreographyRequest", {"song_id"}),
        ("ChoreographyFilmRequest", {"song_id"}),
        ("LockedMove", {"position", "move_id"}),
    ],
)
async def test_a_closed_object_takes_no_other_fields(
    described: Json, kind: str, required: set[str]
) -> None:
    schema = described["components"]["schemas"][kind]

    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == required
    assert required < set(schema["properties"]) or kind == "LockedMove"


async def test_the_answers_have_the_fields_they_say(described: Json) -> None:
    schemas = described["components"]["schemas"]

    assert set(schemas["FinishedFilm"]["properties"]) == FILM_KEYS
    assert set(schemas["Problem"]["properties"]) == PROBLEM_KEYS
    assert set(schemas["Problem"]["required"]) == PROBLEM_KEYS


async def test_an_answer_has_every_field_and_a_request_need_not(described: Json) -> None:
    schemas = described["components"]["schemas"]

    for name in ("FinishedFilm", "Song", "Move", "UploadedMove", "CorrectedAnalysis", "Health"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name
    assert schemas["ChoreographyRequest"]["required"] == ["song_id"]
    assert "difficulty" not in schemas["MoveForm"]["required"]


async def test_the_examples_are_bodies_that_the_service_takes(
    client: httpx.AsyncClient, described: Json
) -> None:
    assert {type(body).__name__ for body in openapi_examples.BODIES} == {
        name
        for schema in bodies(described, "application/json").values()
        for name in re.findall(r"schemas/(\w+)", json.dumps(schema))
    }
    for method, path, operation in operations(described):
        for kind in re.findall(r"schemas/(\w+)", json.dumps(operation.get("requestBody", {}))):
            for example in described["components"]["schemas"][kind].get("examples", []):
                address = re.sub(r"\{\w+\}", "a", path)
                answer = await client.request(method.upper(), address, json=example)
                off = answer.status_code == 409 and answer.json()["code"] == "authentication-off"
                assert off or answer.status_code in (200, 201, 202, 404), answer.text


async def test_the_ranges_of_numbers_are_told(described: Json) -> None:
    schemas = described["components"]["schemas"]
    move, output = schemas["BlueprintMove"]["properties"], schemas["OutputConfig"]["properties"]

    assert (move["playback_rate"]["minimum"], move["playback_rate"]["maximum"]) == (0.5, 2)
    assert move["duration"]["exclusiveMinimum"] == 0
    assert (output["width"]["minimum"], output["width"]["multipleOf"]) == (16, 2)
    assert output["frame_rate"]["enum"] == [24, 25, 30, 50, 60]
    moves = schemas["Blueprint"]["properties"]["moves"]
    assert moves["items"] == {"$ref": "#/components/schemas/BlueprintMove"}
    assert (moves["minItems"], moves["maxItems"]) == (1, 2000)


async def test_the_limit_of_a_page_is_told(described: Json) -> None:
    for path in ("/api/songs", "/api/moves"):
        parameters = described["paths"][path]["get"]["parameters"]
        [limit] = [each for each in parameters if each["name"] == "limit"]
        assert limit["required"] is False
        assert limit["schema"]["default"] == 50
        assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, 200)


async def test_every_parameter_has_its_bounds(described: Json) -> None:
    """Text has a length, a number has a least and a most, and nothing else is asked for."""
    for _, path, operation in operations(described):
        for parameter in operation.get("parameters", []):
            own_schema = parameter["schema"]
            kinds = {each.get("type") for each in own_schema.get("oneOf", [own_schema])} - {"null"}
            bounds = {"maxLength"} if kinds == {"string"} else {"minimum", "maximum"}
            if kinds != {None} and own_schema.get("format") != "uuid":
                assert bounds <= set(own_schema), (path, parameter["name"])


async def test_every_tag_is_described_and_the_service_has_a_contact(described: Json) -> None:
    used = {tag for _, _, operation in operations(described) for tag in operation["tags"]}

    assert {tag["name"] for tag in described["tags"] if tag["description"]} == used
    assert described["info"]["contact"]


async def test_a_wrong_method_is_told_every_right_one(
    client: httpx.AsyncClient, described: Json
) -> None:
    for path, item in described["paths"].items():
        address = re.sub(
            r"\{\w*(task|video|key|webhook|delivery|job|script|asset)_id\}",
            "11111111-1111-4111-8111-111111111111",
            path,
        )
        address = re.sub(r"\{\w+\}", "a", address)
        answer = await client.request("PUT", address)
        assert answer.status_code == 405, path
        allowed = {method.strip() for method in answer.headers["allow"].split(",")}
        assert allowed == {method.upper() for method in item} | {"OPTIONS"}, path
        assert set((await client.options(address)).headers["allow"].split(", ")) == allowed


async def test_every_route_says_whom_it_answers(described: Json) -> None:
    schemes = described["components"]["securitySchemes"]
    assert schemes["token"]["scheme"] == "bearer"
    assert (schemes["apiKey"]["in"], schemes["apiKey"]["name"]) == ("header", "X-API-Key")
    assert described["security"] == [{"token": []}, {"apiKey": []}]
    for _, path, operation in operations(described):
        assert operation.get("security", []) == [], path


async def test_every_reference_leads_somewhere(described: Json) -> None:
    references = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}

    assert set(_references(described)) <= references


async def test_the_document_is_at_schema_itself_and_needs_no_other_host(
    client: httpx.AsyncClient, described: Json
) -> None:
    answer = await client.get("/schema")

    assert answer.status_code == 200
    assert answer.json() == described


def _descriptions(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        fields = cast(Json, value)
        if isinstance(text := fields.get("description"), str):
            yield text
        yield from _descriptions(list(fields.values()))
    elif isinstance(value, list):
        for inner in cast(list[object], value):
            yield from _descriptions(inner)


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        fields = cast(Json, value)
        if "$ref" in fields:
            yield fields["$ref"]
        yield from _references(list(fields.values()))
    elif isinstance(value, list):
        for inner in cast(list[object], value):
            yield from _references(inner)
