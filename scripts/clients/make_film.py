"""Make a film and download it, with a client that openapi-python-client makes.

python make_film.py URL
"""
# The client is made where this runs.
# pyright: basic, reportMissingImports=false

import sys

import httpx
from bachata_buddy_client import Client
from bachata_buddy_client.api.choreography import generate_choreography
from bachata_buddy_client.api.library import list_songs
from bachata_buddy_client.api.videos import get_video_stream
from bachata_buddy_client.models import (
    ChoreographyFilmRequest,
    Difficulty,
    FinishedFilm,
    Problem,
    SongPage,
)


def main(url: str) -> None:
    """Make the film; raises `SystemExit` with the reason if a step fails."""
    client = Client(base_url=url, timeout=httpx.Timeout(600))
    songs = list_songs.sync(client=client, limit=1)
    if not isinstance(songs, SongPage) or not songs.items:
        sys.exit(f"The library has no song: {songs}")
    # The request waits until the film is finished.
    body = ChoreographyFilmRequest(
        song_id=songs.items[0].id, difficulty=Difficulty.INTERMEDIATE, seed=8
    )
    made = generate_choreography.sync(client=client, body=body)
    if not isinstance(made, FinishedFilm):
        sys.exit(f"There is no film: {made}")
    download = get_video_stream.sync_detailed(made.video_id, client=client)
    film = download.content
    if download.status_code != 200 or film[4:8] != b"ftyp":
        sys.exit(f"What was downloaded is no film: {download.status_code}")
    refused = generate_choreography.sync(
        client=client, body=ChoreographyFilmRequest(song_id="no-song")
    )
    if not isinstance(refused, Problem) or refused.code != "song-not-found":
        sys.exit(f"An error is not read as a problem: {refused}")
    print(f"Python: {made.video_duration_seconds} s of film, {len(film)} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
