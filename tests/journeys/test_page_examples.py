"""The reading and the comparison of a page's examples, and the client in the place of curl."""

import json
import shutil
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import curl
from tests.journeys.answer_shapes import differences, ids, ids_in_text, text_differences
from tests.journeys.api_page import examples

PAGE = """
## POST /api/songs

    curl -X POST http://127.0.0.1:8000/api/songs?a=1 \\
      -d '{"title": "Mi canción"}'

201, with `Location: /api/songs/mi` and an `ETag`. 404 with `Retry-After` otherwise:

```json
{"id": "mi"}
```

    curl -I http://127.0.0.1:8000/api/auth/keys -H "X-API-Key: $KEY"

More words.
"""
TASK, OTHER = "d59fc00f-ef2b-4acb-bac4-c1c69d4a0416", "11111111-1111-4111-8111-111111111111"


def test_an_example_is_read_with_its_answer() -> None:
    posted, asked = examples(PAGE)
    assert (posted.method, posted.path, posted.status) == ("POST", "/api/songs", 201)
    assert posted.headers == (("Location", "/api/songs/mi"), ("ETag", ""))
    assert posted.body == '{"id": "mi"}\n'
    assert not posted.needs_accounts
    assert (asked.method, asked.path, asked.status) == ("HEAD", "/api/auth/keys", None)
    assert asked.needs_accounts


@pytest.mark.parametrize(
    ("shown", "given", "said"),
    [
        ({"a": 1}, {"a": 2.5}, []),
        ({"a": 1}, {}, ["the answer has no `a`, which the page shows."]),
        ({}, {"a": 1}, ["the page does not show the field `a`."]),
        ({"a": {"b": "x"}}, {"a": {"b": None}}, ["`a.b` is null, and the page shows a text."]),
        ({"a": True}, {"a": 1}, ["`a` is a number, and the page shows true or false."]),
        ({"code": "one"}, {"code": "two"}, ["`code` is 'two', and the page shows 'one'."]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 2}]}, []),
        ({"a": [1]}, {"a": []}, ["`a` has 0 items, and the page shows 1."]),
        ({"a": [1, "x"]}, {"a": [None]}, ["`a[0]` is null, and the page shows a number."]),
    ],
)
def test_a_difference_in_shape_is_told(shown: Any, given: Any, said: list[str]) -> None:
    assert list(differences(shown, given)) == said


def test_lines_of_a_text_follow_one_another() -> None:
    given = f'id: 7\ndata: {{"a":1,"task_id":"{TASK}"}}\nmore\nend\n'
    shown = f'id: 12\ndata: {{"task_id": "{OTHER}", "a": 0}}\n\nend'
    assert list(text_differences(shown, given)) == []
    assert dict(ids_in_text(shown, given)) == {OTHER: TASK}
    assert list(text_differences("end\nmore", given))
    assert list(text_differences('data: {"a": "x"}', given))


def test_an_id_of_the_page_is_known_again() -> None:
    shown = {"url": f"/api/tasks/{OTHER}/events", "tokens": ["bbr_..."], "name": "half_beat"}
    given = {"url": f"/api/tasks/{TASK}/events", "tokens": ["bbr_1a-b_2"], "name": "other_beat"}
    assert dict(ids(shown, given)) == {OTHER: TASK, "bbr_...": "bbr_1a-b_2"}


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        kind = self.headers.get("Content-Type", "")
        boundary = kind.partition("boundary=")[2]
        parts = sorted(each.strip() for each in body.split(f"--{boundary}")) if boundary else body
        told = [self.command, self.path, kind.partition(";")[0], self.headers.get("Range"), parts]
        content = json.dumps([*told, self.headers.get("X-API-Key")]).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def echo() -> Generator[str]:
    server = HTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "words",
    [
        ["/a?b=1", "-H", "X-API-Key: bbk_1"],
        ["-I", "/a"],
        ["-X", "DELETE", "/a"],
        ["/a", "-r", "0-99", "-o", "part"],
        ["/a", "-d", "x=1"],
        ["-X", "PATCH", "/a", "-H", "Content-Type: application/json", "-d", "@body.json"],
    ],
)
def test_the_client_sends_what_curl_sends(echo: str, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "body.json").write_text('{"a": 1}')
    asked = [f"{echo}{word}" if word.startswith("/") else word for word in words]
    answer = curl.by_httpx(asked, tmp_path)
    assert answer.status == 201
    assert bool(answer.body) == ("-I" not in words)
    if program := shutil.which("curl"):
        assert curl.by_curl(program, asked, tmp_path).body == answer.body


def test_the_client_uploads_a_form(echo: str, tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(b"la la")
    answer = curl.by_httpx([echo, "-F", "title=Mi canción", "-F", "file=@song.mp3"], tmp_path)
    method, _, kind, _, parts, _ = json.loads(answer.body)
    assert (method, kind) == ("POST", "multipart/form-data")
    assert any('name="title"' in part and part.endswith("Mi canción") for part in parts)
    assert any('filename="song.mp3"' in part and part.endswith("la la") for part in parts)


def test_an_option_that_the_client_does_not_know_is_told(echo: str, tmp_path: Path) -> None:
    with pytest.raises(curl.NoAnswer, match=r"tests/journeys/curl.py"):
        curl.by_httpx([echo, "--compressed"], tmp_path)
