"""Settings are read by their own names, and a wrong one is named."""

from pathlib import Path

import pytest

from domain.jobs.admission import Admission
from domain.shared.errors import InvalidRequest
from entrypoints.environment import SETTINGS, from_environment, listed, with_address
from entrypoints.settings import Settings


def test_the_search_is_set_by_the_names_it_has_elsewhere() -> None:
    assert from_environment({}) == Settings()
    settings = from_environment(
        {
            "MOVE_EMBEDDINGS_CACHE_TTL": "60",
            "VECTOR_SEARCH_TOP_K": "5",
            "FAISS_USE_GPU": "true",
            "FAISS_NPROBE": "16",
        }
    )
    assert (settings.move_embeddings_cache_ttl, settings.vector_search_top_k) == (60, 5)
    assert (settings.wants_gpu, settings.faiss_nprobe) == (True, 16)


@pytest.mark.parametrize("yes", ["on", "true", "1", "True", "ON"])
@pytest.mark.parametrize("no", ["off", "false", "0", "False"])
def test_a_gpu_is_wanted_in_all_the_ways_there_are_to_say_so(yes: str, no: str) -> None:
    assert from_environment({"FAISS_USE_GPU": yes}).wants_gpu is True
    assert from_environment({"FAISS_USE_GPU": no}).wants_gpu is False


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("MOVE_EMBEDDINGS_CACHE_TTL", "0"),
        ("MOVE_EMBEDDINGS_CACHE_TTL", "soon"),
        ("VECTOR_SEARCH_TOP_K", "0"),
        ("VECTOR_SEARCH_TOP_K", "201"),
        ("FAISS_USE_GPU", "maybe"),
        ("FAISS_USE_GPU", ""),
        ("FAISS_NPROBE", "-1"),
    ],
)
def test_a_wrong_one_is_named(name: str, wrong: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        from_environment({name: wrong})
    assert [each.path for each in refused.value.violations] == [name]


def test_workers_need_postgres() -> None:
    with pytest.raises(InvalidRequest) as refused:
        from_environment({"BACHATA_JOBS": "pgqueuer"})
    assert [each.path for each in refused.value.violations] == ["BACHATA_DATABASE_URL"]
    postgres = {"BACHATA_DATABASE_URL": "postgresql+asyncpg://bachata@127.0.0.1/bachata"}
    assert from_environment({**postgres, "BACHATA_JOBS": "pgqueuer"}).has_workers
    assert not from_environment(postgres).has_workers


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "{folder}/media/output/a.mp4"),
        ({"storage_backend": "s3", "s3_bucket": "b"}, "s3://b/output/a.mp4"),
        (
            {"storage_backend": "s3", "s3_bucket": "b", "s3_prefix": "/c/d/"},
            "s3://b/c/d/output/a.mp4",
        ),
        (
            {"storage_backend": "s3", "s3_bucket": "b", "s3_profile": "gcs"},
            "gs://b/output/a.mp4",
        ),
    ],
)
def test_people_are_told_where_a_film_really_is(
    tmp_path: Path, fields: dict[str, str], place: str
) -> None:
    settings = Settings(data_dir=str(tmp_path), **fields)  # pyright: ignore[reportArgumentType]
    assert settings.media_at("output/a.mp4") == place.format(folder=tmp_path)


def test_a_setting_is_a_field_with_a_sentence_and_a_default_that_its_rule_takes() -> None:
    assert len({each.name for each in SETTINGS}) == len(SETTINGS)
    for each in SETTINGS:
        assert each.setting.meaning, each.name
        assert each.setting.rule.keeps(each.default), each.name


@pytest.mark.parametrize("name", [each.name for each in SETTINGS if each.type in (int, float)])
@pytest.mark.parametrize("wrong", ["soon", "-1", "nan", "inf", ""])
def test_no_number_is_taken_that_is_none(name: str, wrong: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        from_environment({name: wrong})
    assert [each.path for each in refused.value.violations] == [name]


def test_a_list_of_the_settings_shows_no_secret() -> None:
    secrets = [each for each in SETTINGS if each.setting.secret]
    assert {each.name for each in secrets} >= {"BACHATA_S3_SECRET_KEY", "GEMINI_API_KEY"}
    variables = {each.name: 4 * "opensesame" for each in secrets}
    addresses = {"BACHATA_S3_ENDPOINT_URL": "http://somebody:opensesame@127.0.0.1:8333"}
    listing = listed(from_environment({**variables, **addresses, "BACHATA_S3_ACCESS_KEY": "a"}))
    assert list(listing) == [each.name for each in SETTINGS]
    assert "opensesame" not in str(listing)
    assert listing["GEMINI_API_KEY"] == "(set)"
    assert listing["BACHATA_S3_ENDPOINT_URL"] == "http://***@127.0.0.1:8333"
    assert listed(Settings())["GEMINI_API_KEY"] == ""


def test_a_server_without_accounts_starts_on_a_loopback_address_alone() -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        assert from_environment({"BACHATA_HOST": host}).auth == "off"
    for host in ("0.0.0.0", "192.0.2.1", "::", "dance.example.org"):  # noqa: S104
        with pytest.raises(InvalidRequest) as refused:
            from_environment({"BACHATA_HOST": host})
        [violation] = refused.value.violations
        assert violation.path == "BACHATA_HOST"
        assert "BACHATA_AUTH=on" in violation.message
        with pytest.raises(InvalidRequest):
            with_address(Settings(), host, None)
        assert from_environment({"BACHATA_HOST": host, "BACHATA_AUTH": "on"}).host == host


def test_secrets_of_tokens_are_long_and_separated_by_commas() -> None:
    one, two = 32 * "a", 40 * "b"
    settings = from_environment({"BACHATA_TOKEN_SECRETS": f"{one}, {two},"})
    assert settings.secrets == (one, two)
    with pytest.raises(InvalidRequest) as refused:
        from_environment({"BACHATA_TOKEN_SECRETS": f"{one},{31 * 'c'}"})
    assert 31 * "c" not in str(refused.value.violations)


def test_every_user_has_a_limit_and_only_without_accounts_the_caller_has_none() -> None:
    with_accounts = from_environment({"BACHATA_AUTH": "on", "BACHATA_MAX_PER_CALLER": "3"})
    assert with_accounts.admission_on(2) == Admission(most=34, most_of_one=3)
    assert from_environment({}).admission_on(2) == Admission(most=34, most_of_one=None)


@pytest.mark.parametrize(("waiting", "most"), [("0", 1), ("7", 7)])
def test_a_server_with_workers_limits_the_films_that_wait(waiting: str, most: int) -> None:
    settings = from_environment(
        {
            "BACHATA_JOBS": "pgqueuer",
            "BACHATA_DATABASE_URL": "postgresql+asyncpg://localhost/a",
            "BACHATA_MAX_WAITING": waiting,
        }
    )
    assert settings.admission_on(8) == Admission(most=most, most_of_one=None, counts_running=False)
