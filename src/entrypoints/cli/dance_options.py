"""Options of commands that request a dance."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeAlias

import click
import msgspec

from application.concurrency.threads import FILES
from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate_from_text import DescribedRequest
from application.ports.songs import SongFilter
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style
from domain.library.songs import Song
from domain.planning.planner import LockedMove
from domain.shared.errors import SongNotFound
from entrypoints.cli.session import Session

Command: TypeAlias = Callable[..., Any]
Option: TypeAlias = Callable[[Command], Command]

_MOST_NAMES: Final = 12
_PAGE: Final = 500
"""Maximum number of songs to suggest if the requested one does not exist."""


class DanceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The requested dance according to the command line."""

    song: str | None = None
    describe: str | None = None
    difficulty: Difficulty | None = None
    energy: Energy | None = None
    style: Style | None = None
    seed: int = 0
    lock: tuple[LockedMove, ...] = ()
    ban: tuple[str, ...] = ()

    def request(self, song_id: str) -> ChoreographyRequest:
        """Return the request for a song of the library."""
        return ChoreographyRequest(
            song_id=song_id,
            difficulty=self.difficulty,
            energy_level=self.energy,
            style=self.style,
            seed=self.seed,
            locked_moves=self.lock,
            banned_moves=self.ban,
        )

    def description(self, words: str, song_id: str | None) -> DescribedRequest:
        """Return the request with a description."""
        return DescribedRequest(
            query=words,
            song_id=song_id,
            difficulty=self.difficulty,
            energy_level=self.energy,
            style=self.style,
            seed=self.seed,
            locked_moves=self.lock,
            banned_moves=self.ban,
        )


def _locks(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[LockedMove, ...]:
    return locks_in(values)


def locks_in(values: Iterable[str]) -> tuple[LockedMove, ...]:
    """Parse POSITION=MOVE; raises click's own error."""
    locks: list[LockedMove] = []
    for each in values:
        position, _is, move_id = each.partition("=")
        if not (move_id and position.isascii() and position.isdigit() and len(position) <= 9):
            raise click.BadParameter(f"{each!r} must be EIGHT_COUNT=MOVE, such as 4=side-basic.")
        locks.append(LockedMove(position=int(position), move_id=move_id))
    return tuple(locks)


WISH: Final[tuple[Option, ...]] = (
    click.option(
        "--difficulty",
        type=click.Choice([each.value for each in Difficulty]),
        help="Highest difficulty of the moves.",
    ),
    click.option(
        "--energy",
        type=click.Choice([each.value for each in Energy]),
        help="Energy level of the dance.",
    ),
    click.option(
        "--style",
        type=click.Choice([each.value for each in Style]),
        help="Style of the dance.",
    ),
    click.option(
        "--seed",
        type=int,
        default=0,
        show_default=True,
        help="Seed of random choices; another seed gives another dance.",
    ),
)

DANCE: Final[tuple[Option, ...]] = (
    click.option(
        "--song",
        help="Id, part of the title, or file of the song; a new file is added to the library.",
    ),
    click.option("--describe", help="Description of the dance, in English or Spanish."),
    *WISH,
)
"""Options of every dance."""

_LOCK: Final[Option] = click.option(
    "--lock",
    multiple=True,
    metavar="POSITION=MOVE",
    callback=_locks,
    help="Lock a move to an eight-count, counted from 0; may be repeated.",
)
BAN: Final[Option] = click.option(
    "--ban", metavar="MOVE", multiple=True, help="Exclude a move; may be repeated."
)

NEW_DANCE: Final[tuple[Option, ...]] = (*DANCE, _LOCK, BAN)
"""Options of a dance that is planned from the beginning."""


def taking(*options: Option) -> Option:
    """Add these options to a command, and pass them as one `DanceOptions`."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def gather(**arguments: Any) -> None:  # noqa: ANN401 - whatever other options there are
            fields = {
                name: arguments.pop(name)
                for name in DanceOptions.__struct_fields__
                if name in arguments
            }
            begins = arguments.get("source") is None
            if begins and "describe" in fields and fields["song"] is fields["describe"] is None:
                raise click.UsageError("Give --song, --describe, or both.")
            command(options=msgspec.convert(fields, DanceOptions), **arguments)

        gathered: Command = gather
        for option in reversed(options):
            gathered = option(gathered)
        return gathered

    return decorate


def writing(what: str) -> Option:
    """Return an option for an output file, whose folder must exist."""
    return click.option(
        "--output", "-o", type=click.Path(path_type=Path), callback=in_a_folder, help=what
    )


def in_a_folder(_: click.Context, __: click.Parameter, file: Path | None) -> Path | None:
    """Refuse a file whose folder does not exist before the work begins."""
    if file is not None and file.is_dir():
        raise click.BadParameter(f"{str(file)!r} is a folder.")
    if file is not None and not file.absolute().parent.is_dir():
        raise click.BadParameter(f"There is no folder {str(file.parent)!r}.")
    return file


async def asked_for(
    opened: Session, options: DanceOptions
) -> ChoreographyRequest | DescribedRequest:
    """Return the request for a use case; raises `SongNotFound`, and as `TakeSong` for a file."""
    song_id = None if options.song is None else (await song_of(opened, options.song)).id
    if options.describe is None:
        return options.request(song_id or "")
    return options.description(options.describe, song_id)


async def song_of(opened: Session, name: str) -> Song:
    """Return the song of an id, a file, or a part of a title; raises `SongNotFound`."""
    file, use_cases = Path(name), opened.use_cases
    with suppress(SongNotFound):
        return await use_cases.read_song(name)
    if await FILES.run(file.is_file):
        return await use_cases.take_song(file)
    # The search also matches artists.
    async for song in _pages(opened, SongFilter(search=name)):
        if name.casefold() in song.title.casefold():
            return song
    songs = (await use_cases.list_songs(SongFilter(), None, _MOST_NAMES + 1)).items
    names = ", ".join(f"{song.id} ({song.title!r})" for song in songs[:_MOST_NAMES])
    more = ", ..." if len(songs) > _MOST_NAMES else ""
    there = f"the songs are {names}{more}" if songs else "the library has no songs"
    raise SongNotFound(f"There is no song and no file {name!r}; {there}.")


async def _pages(opened: Session, filters: SongFilter) -> AsyncIterator[Song]:
    after: str | None = None
    while True:
        page = await opened.use_cases.list_songs(filters, after, _PAGE)
        for song in page.items:
            yield song
        if (after := page.last) is None:
            return
