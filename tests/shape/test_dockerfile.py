"""The contents of the container."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def instructions() -> list[tuple[str, str]]:
    """Keyword and rest of every instruction, continuation lines joined."""
    text = (ROOT / "Dockerfile").read_text()
    bare = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lines = [line for line in bare.replace("\\\n", " ").splitlines() if line.strip()]
    return [(keyword, rest.strip()) for keyword, _, rest in (line.partition(" ") for line in lines)]


def those(keyword: str) -> list[str]:
    return [rest for word, rest in instructions() if word == keyword]


def test_it_begins_with_a_version_of_python_that_is_named() -> None:
    bases = [base.partition(" AS ")[0] for base in those("FROM")]
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.(1[1-9])-slim-\w+", bases[0])


def test_nothing_is_latest() -> None:
    assert "latest" not in (ROOT / "Dockerfile").read_text()


def test_it_installs_ffmpeg_and_uv() -> None:
    ran = " ".join(those("RUN"))
    assert re.search(r"apt-get install [^&]*\bffmpeg\b", ran)
    assert re.search(r"pip install [^&]*\buv\b", ran)


def test_it_does_not_run_as_root() -> None:
    users = those("USER")
    assert users
    assert users[-1] not in ("root", "0")
    words = [word for word, _ in instructions()]
    assert words.index("USER") < words.index("CMD")


def test_it_names_no_address_but_its_own() -> None:
    hosts = re.findall(r"https?://([^'\"\s/]+)", (ROOT / "Dockerfile").read_text())
    assert {host.partition(":")[0] for host in hosts} == {"127.0.0.1"}


def test_data_lies_in_a_volume() -> None:
    assert those("VOLUME") == ["/data"]
    assert "BACHATA_DATA_DIR=/data" in " ".join(those("ENV"))


def test_it_says_whether_it_is_ready() -> None:
    (check,) = those("HEALTHCHECK")
    assert "/health/ready" in check


def test_it_serves_and_leaves_the_address_to_the_settings() -> None:
    assert those("CMD") == ['["bachata-buddy", "serve"]']
    assert "BACHATA_HOST" not in (ROOT / "Dockerfile").read_text()


def test_what_it_copies_is_let_in() -> None:
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = {word for each in those("COPY") if "--from" not in each for word in each.split()[:-1]}
    assert copied == let_in
    assert all((ROOT / each).exists() for each in copied)
