"""Whatever a script lacks has a stand-in and a warning; only a lost script or a full disk fails."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from adapters.embedding.hashed import HashedEmbedder
from adapters.memory.encoder import Reel, song
from adapters.memory.image_model import MemoryImageModel
from adapters.memory.narration_mixer import MemoryNarrationMixer
from adapters.memory.scene_encoder import MemorySceneEncoder, picture
from adapters.memory.speech import MemorySpeech
from adapters.speech.several import SeveralVoices
from application.concurrency.threads import FILES
from application.ports.jobs import Submission
from application.ports.narration_mixer import PlacedVoice
from domain.blueprint.model import OutputConfig
from domain.jobs.job import Job
from domain.scripts.errors import ImageModelFailed, SpeechFailed, SpeechUnavailable
from domain.scripts.languages import Language
from domain.scripts.shots import Shot
from domain.shared.errors import DiskFull, FFmpegFailed, UnreadableMedia
from domain.storage.assets import AssetKind
from tests.api.memory_backend import MemoryBackend
from tests.api.narrated import TEXT, film_of, made, own_file

pytestmark = pytest.mark.anyio


class Watched(MemorySceneEncoder):
    """Remembers the shots that were encoded, and the contents of their pictures."""

    def __init__(self) -> None:
        self.encoded: list[tuple[Shot, bytes | None]] = []

    async def encode(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        await super().encode(shot, picture, output, into)
        content = None if picture is None else await FILES.run(picture.read_bytes)
        self.encoded.append((shot, content))


@pytest.fixture
def encoder() -> Watched:
    return Watched()


@pytest.fixture
def backend(tmp_path: Path, encoder: Watched) -> MemoryBackend:
    memory_backend = MemoryBackend(tmp_path)
    memory_backend.ports = replace(memory_backend.ports, scene_encoder=encoder)
    return memory_backend


@pytest.fixture
async def client(backend: MemoryBackend) -> AsyncGenerator[httpx.AsyncClient]:
    async with backend.client() as opened:
        yield opened


def codes(job: dict[str, Any]) -> list[str]:
    assert job["status"] == "completed", job
    return [each["code"] for each in job["warnings"]]


def frames(backend: MemoryBackend, job: dict[str, Any]) -> int:
    return len(msgspec.json.decode(film_of(backend, job["id"]), type=Reel).frames)


async def test_a_script_with_nothing_but_words_has_no_warning(client: httpx.AsyncClient) -> None:
    assert codes(await made(client)) == []


async def test_the_author_s_picture_is_shown(
    client: httpx.AsyncClient, backend: MemoryBackend, encoder: Watched
) -> None:
    await own_file(backend, AssetKind.IMAGE, "beach.jpg")
    assert codes(await made(client, f"image: beach.jpg\n{TEXT}")) == []
    shown = {shot.style: content for shot, content in encoder.encoded}
    assert shown == {"caption": picture("beach.jpg"), "card": None}
    assert len(encoder.encoded) == 3


async def test_burned_captions_are_on_every_scene_and_others_only_on_drawn_ones(
    client: httpx.AsyncClient, backend: MemoryBackend, encoder: Watched
) -> None:
    await own_file(backend, AssetKind.IMAGE, "beach.jpg")
    content = f"image: beach.jpg\n{TEXT}"
    await made(client, content, captions="burned")
    assert all(shot.texts for shot, _ in encoder.encoded)
    encoder.encoded.clear()
    await made(client, content)
    # The others are stored.
    assert [shot.texts for shot, _ in encoder.encoded] == [()]


async def test_a_picture_of_the_stock_fits_the_words_and_none_is_seen_twice_running(
    backend: MemoryBackend, encoder: Watched
) -> None:
    backend.ports = replace(backend.ports, embedder=HashedEmbedder())
    await own_file(backend, AssetKind.IMAGE, "playa.jpg", description="La playa")
    await own_file(backend, AssetKind.IMAGE, "montaña.jpg", description="Una montaña alta")
    content = "La playa es bonita.\n\nEn la playa bailamos.\n\nLa montaña es alta."
    async with backend.client() as client:
        assert codes(await made(client, content)) == []
    seen = [each for _, each in encoder.encoded]
    assert len(seen) == 3
    assert set(seen) == {picture("playa.jpg"), None, picture("montaña.jpg")}


async def test_a_picture_that_the_author_names_twice_is_shown_twice(
    client: httpx.AsyncClient, backend: MemoryBackend, encoder: Watched
) -> None:
    await own_file(backend, AssetKind.IMAGE, "a.jpg")
    await made(client, "image: a.jpg\nUno.\n\nimage: a.jpg\nDos y tres.")
    assert [each for _, each in encoder.encoded] == [picture("a.jpg")] * 2


async def test_a_missing_picture_is_replaced(client: httpx.AsyncClient) -> None:
    job = await made(client, f"image: beach.jpg\n{TEXT}")
    assert codes(job) == ["picture-replaced"]
    assert "'beach.jpg'" in job["warnings"][0]["message"]


async def test_a_picture_whose_file_is_gone_is_replaced(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    asset = await own_file(backend, AssetKind.IMAGE, "beach.jpg")
    del backend.storage.objects[asset.path]
    assert codes(await made(client, f"image: beach.jpg\n{TEXT}")) == ["picture-replaced"]


async def test_a_broken_picture_is_replaced_by_a_drawn_one(
    client: httpx.AsyncClient, backend: MemoryBackend, encoder: Watched
) -> None:
    await own_file(backend, AssetKind.IMAGE, "beach.jpg", b"no picture")
    assert codes(await made(client, f"image: beach.jpg\n{TEXT}")) == ["picture-replaced"]
    assert [shot.style for shot, _ in encoder.encoded] == ["card"] * 3


async def test_the_image_model_draws_what_the_author_has_not(
    backend: MemoryBackend, encoder: Watched
) -> None:
    model = MemoryImageModel()
    backend.ports = replace(backend.ports, image_model=model)
    await own_file(backend, AssetKind.IMAGE, "beach.jpg")
    async with backend.client() as client:
        job = await made(client, f"image: beach.jpg\n{TEXT}")
        assert len(model.drawn) == 2
        # Its pictures are kept.
        await made(client, TEXT, seed=3)
        assert len(model.drawn) == 3
    assert job["status"] == "completed"


async def test_a_model_that_draws_nothing_is_replaced(backend: MemoryBackend) -> None:
    failure = ImageModelFailed("The model refused.")
    backend.ports = replace(backend.ports, image_model=MemoryImageModel(failure=failure))
    async with backend.client() as client:
        job = await made(client)
    assert set(codes(job)) == {"picture-replaced"}
    assert "The model refused." in str(job["warnings"])


async def test_without_a_voice_for_the_language_a_video_is_silent_and_long_enough_to_read(
    backend: MemoryBackend,
) -> None:
    backend.ports = replace(backend.ports, speech=MemorySpeech([Language.ENGLISH]))
    async with backend.client() as client:
        job = await made(client)
        assert codes(job) == ["voice-unavailable"]
        assert frames(backend, job) >= 3 * 75
        captions = await client.get(f"/api/videos/{job['id']}/captions.vtt")
        assert "Hola a todos." in captions.text


@pytest.mark.parametrize("failure", [SpeechUnavailable(), SpeechFailed("It broke.")])
async def test_a_voice_that_fails_leaves_its_scenes_silent(
    backend: MemoryBackend, failure: SpeechUnavailable | SpeechFailed
) -> None:
    backend.ports = replace(backend.ports, speech=MemorySpeech(failure=failure))
    async with backend.client() as client:
        assert set(codes(await made(client))) == {"voice-unavailable"}


async def test_a_scene_without_a_word_is_silent(client: httpx.AsyncClient) -> None:
    assert codes(await made(client, "Hola.\n\n***\n\nAdiós.")) == ["voice-unavailable"]


async def test_the_author_s_recording_is_played_in_place_of_the_voice(
    backend: MemoryBackend,
) -> None:
    speech, mixer = MemorySpeech(), MemoryNarrationMixer()
    backend.ports = replace(backend.ports, speech=speech)
    await own_file(backend, AssetKind.AUDIO, "me.wav")
    async with backend.client() as client:
        content = f"audio: me.wav\n{TEXT}"
        await made(client, content)
        assert [each.text for each in speech.spoken] == TEXT.split("\n\n")[1:]
        speech.spoken.clear()
        await made(client, content, narration="file")
        assert speech.spoken == []
    assert mixer.mixed == []


@pytest.mark.parametrize("content", [None, b"no sound"])
async def test_a_missing_or_broken_recording_is_read_aloud(
    client: httpx.AsyncClient, backend: MemoryBackend, content: bytes | None
) -> None:
    if content is not None:
        await own_file(backend, AssetKind.AUDIO, "me.wav", content)
    assert codes(await made(client, f"audio: me.wav\n{TEXT}")) == ["recording-replaced"]


@pytest.mark.parametrize("content", [None, b"no sound"])
async def test_missing_or_broken_music_is_left_out(
    client: httpx.AsyncClient, backend: MemoryBackend, content: bytes | None
) -> None:
    if content is not None:
        await own_file(backend, AssetKind.AUDIO, "song.mp3", content)
    head = "---\nmusic: song.mp3\n---\n"
    assert codes(await made(client, head + TEXT)) == ["music-left-out"]


async def test_a_silent_video_is_neither_spoken_nor_has_it_music(backend: MemoryBackend) -> None:
    speech, mixer = MemorySpeech(), backend.ports.narration_mixer
    assert isinstance(mixer, MemoryNarrationMixer)
    backend.ports = replace(backend.ports, speech=speech)
    await own_file(backend, AssetKind.AUDIO, "song.mp3")
    content = f"---\nmusic: song.mp3\n---\n{TEXT}"
    async with backend.client() as client:
        assert codes(await made(client, content, include_audio=False)) == []
    assert speech.spoken == []
    assert [(voices, music) for voices, music, _ in mixer.mixed] == [((), None)]


async def test_a_scene_lasts_as_stated_unless_its_voice_is_longer(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    job = await made(client, "duration: 9\nHola.\n\nduration: 1\nUna frase que es larga.")
    assert codes(job) == ["scene-longer"]
    assert frames(backend, job) > 10 * 30


async def test_characters_that_no_font_draws_are_named(client: httpx.AsyncClient) -> None:
    job = await made(client, "Hola.\n\nBachata \u30d0\u30c1\u30e3\u30fc\u30bf")
    assert codes(job) == ["characters-not-drawn"]
    assert "\u30d0" in str(job["warnings"])


@pytest.mark.parametrize("error", [DiskFull("No space is left."), FFmpegFailed("It died.")])
async def test_a_full_disk_or_a_broken_encoder_fails_the_job_and_names_the_stage(
    backend: MemoryBackend, error: Exception
) -> None:
    class Failing(MemorySceneEncoder):
        async def encode(
            self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
        ) -> None:
            raise error

    backend.ports = replace(backend.ports, scene_encoder=Failing())
    async with backend.client() as client:
        job = await made(client)
        assert (job["status"], job["error_message"]) == ("failed", str(error))
    failure = backend.final(UUID(job["id"])).failure
    assert failure is not None
    assert failure.stage == "planning"
    assert backend.left_behind() == []


async def test_of_ten_scenes_with_nine_known_ones_one_is_encoded(
    client: httpx.AsyncClient, encoder: Watched
) -> None:
    scenes = [f"Esta es la escena número {number}." for number in range(10)]
    first = await made(client, "\n\n".join(scenes))
    assert len(encoder.encoded) == 10
    scenes[4] = "Esta es nueva y diferente."
    second = await made(client, "\n\n".join(scenes))
    assert len(encoder.encoded) == 11
    assert codes(first) == codes(second) == []


async def test_equal_requests_have_equal_videos(
    client: httpx.AsyncClient, backend: MemoryBackend
) -> None:
    one, two = await made(client, seed=7), await made(client, seed=7)
    assert film_of(backend, one["id"]) == film_of(backend, two["id"])
    other = await made(client, seed=8)
    assert film_of(backend, one["id"]) != film_of(backend, other["id"])


async def test_a_voice_that_stands_in_is_named_and_is_not_kept_for_the_preferred_one(
    backend: MemoryBackend,
) -> None:
    preferred = MemorySpeech(name="good", failure=SpeechUnavailable())
    other = MemorySpeech(name="plain")
    backend.ports = replace(backend.ports, speech=SeveralVoices([preferred, other]))
    async with backend.client() as client:
        assert set(codes(await made(client))) == {"voice-replaced"}
        preferred.failure = None
        assert codes(await made(client)) == []
        assert [each.text for each in preferred.spoken] == TEXT.split("\n\n")


async def test_music_that_cannot_be_decoded_is_left_out(backend: MemoryBackend) -> None:
    class Picky(MemoryNarrationMixer):
        async def mix(
            self, voices: Sequence[PlacedVoice], music: Path | None, seconds: Fraction, into: Path
        ) -> None:
            if music is not None:
                raise UnreadableMedia("It breaks off.")
            await super().mix(voices, music, seconds, into)

    backend.ports = replace(backend.ports, narration_mixer=Picky(song=song))
    await own_file(backend, AssetKind.AUDIO, "song.mp3")
    async with backend.client() as client:
        job = await made(client, f"---\nmusic: song.mp3\n---\n{TEXT}")
    assert codes(job) == ["music-left-out"]


async def test_captions_survive_a_worker_that_is_faster_than_the_request(
    backend: MemoryBackend,
) -> None:
    """The record of a video is there before its job, so that nothing overwrites the captions."""
    videos: list[bool] = []
    submit = backend.ports.jobs.submit

    async def watched(submission: Submission) -> Job:
        known = await backend.ports.scripts.video(submission.job.job_id)
        videos.append(known is not None)
        return await submit(submission)

    backend.jobs.submit = watched
    async with backend.client() as client:
        job = await made(client)
        assert (await client.get(f"/api/videos/{job['id']}/captions.vtt")).status_code == 200
    assert videos == [True]
