"""A demo studio that makes films of named frames."""

from pathlib import Path

from adapters.memory import encoder
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis, Section, Song


class MemoryDemoStudio:
    """Makes a few moves of two eight-counts at 120 BPM, and a song of eight of them."""

    def moves(self) -> tuple[Move, ...]:
        """See `application.ports.demo.DemoStudio`."""
        labels = ("intros", "basic", "basic", "spin", "ladyturn", "style", "outro")
        return tuple(
            Move(
                id=f"move-{number}",
                name=f"Move {number}",
                label=label,
                video_path=f"clips/move-{number}.mp4",
                difficulty=list(Difficulty)[number % 3],
                energy_level=list(Energy)[number % 3],
                style=list(Style)[number % 4],
                duration=8.0,
                tempo=120,
            )
            for number, label in enumerate(labels)
        )

    def songs(self) -> tuple[tuple[Song, Analysis], ...]:
        """See `application.ports.demo.DemoStudio`."""
        song = Song(
            id="song",
            title="Song",
            artist="Band",
            audio_path="songs/song",
            duration=32.0,
            tempo=120,
        )
        beats = tuple(count / 2 for count in range(64))
        analysis = Analysis(
            tempo=120,
            beats=beats,
            ones=beats[::8],
            sections=(
                Section(name="intro", start=0, end=8, energy=0.3),
                Section(name="chorus", start=8, end=32, energy=0.8),
            ),
            duration=32.0,
            analyzed_by="score",
        )
        return ((song, analysis),)

    async def film(self, move: Move, into: Path) -> None:
        """See `application.ports.demo.DemoStudio`."""
        _write(into, encoder.clip(move.id, round(move.duration * 30), 30))

    async def record(self, song: Song, into: Path) -> None:
        """See `application.ports.demo.DemoStudio`."""
        _write(into, encoder.song(song.duration))


def _write(into: Path, film: bytes) -> None:
    into.write_bytes(film)
