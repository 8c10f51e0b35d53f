"""Find the names of songs and artists in a text, even with spelling mistakes."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from domain.library.songs import Song
from domain.text_query.spelling import Vocabulary
from domain.text_query.terms import known_words
from domain.text_query.tokens import Words, split, word_set

_TITLES: Final = word_set(
    "song track tune called titled named cancion tema llamada llamado titulada titulado to"
)
_ARTISTS: Final = word_set("by from artist singer band group de del cantante artista grupo por")
"""Words that announce the name of an artist."""

_LINKS: Final = word_set("a an the of and de la el los las y o e del en un una to in my mi")
_LINK: Final = 0.25
"""Weight of the letters of short link words, which users often omit."""

_MOST_PLACES: Final = 8
"""Maximum number of occurrences of a word that are compared."""

_PART: Final = 0.45
"""Share of a name that is enough after a word that announces a name."""
_MOST_OF_IT: Final = 0.6
"""Share of a name of two or more words that is enough anywhere."""
_UNMISTAKABLE: Final = 7
"""Minimum letters of a word that may be a whole name although it is misspelt."""


_NOWHERE: Final[frozenset[int]] = frozenset()


class Named(msgspec.Struct, frozen=True):
    """The song or the artist that a text names."""

    song_id: str | None = None
    artist: str | None = None
    places: frozenset[int] = frozenset()
    """Indices of the words that are part of the names."""


class _Found(msgspec.Struct, frozen=True):
    """A match of a name in a text."""

    letters: float
    """Number of matching letters, minus the letters of spelling mistakes."""
    places: frozenset[int]


def find_names(text: Words, songs: Sequence[Song]) -> Named:
    """Return the song that the text names best, or else the artist; a tie goes to the lowest id."""
    if not songs or not text.words:
        return Named()
    page = _Page(text, songs)
    titles = {title: page.find(title, _TITLES) for title in {song.title for song in songs}}
    artists = {artist: page.find(artist, _ARTISTS) for artist in {song.artist for song in songs}}
    best: tuple[float, Song, frozenset[int]] | None = None
    for song in sorted(songs, key=lambda each: each.id):
        title, artist = titles[song.title], artists[song.artist]
        if title is None:
            continue
        apart = artist is not None and not artist.places & title.places
        letters = title.letters + (artist.letters / 2 if apart and artist else 0)
        if best is None or letters > best[0]:
            best = letters, song, title.places | (artist.places if apart and artist else _NOWHERE)
    if best is not None:
        return Named(best[1].id, None, best[2])
    return _of_artist(artists, songs)


def _of_artist(artists: dict[str, _Found | None], songs: Sequence[Song]) -> Named:
    matches = [(each.letters, artist, each.places) for artist, each in artists.items() if each]
    if not matches:
        return Named()
    _, artist, places = min(matches, key=lambda each: (-each[0], each[1]))
    theirs = [song.id for song in songs if song.artist == artist]
    return Named(theirs[0], None, places) if len(theirs) == 1 else Named(None, artist, places)


class _Page:
    """A text, and the places of the words of all names in it, in any spelling."""

    def __init__(self, text: Words, songs: Iterable[Song]) -> None:
        self._text = text
        names = {name for song in songs for name in (song.title, song.artist)}
        vocabulary = _vocabulary(frozenset(names))
        self._places: dict[str, dict[int, int]] = {}
        near = {word: vocabulary.near(word) for word in set(text.words)}
        for place, token in enumerate(text.words):
            for word, slips in near[token].items():
                places = self._places.setdefault(word, {})
                if len(places) < _MOST_PLACES:
                    places[place] = slips

    def find(self, name: str, markers: frozenset[str]) -> _Found | None:
        """Return the best match of a name, or None."""
        words = split(name)
        matches = [
            match
            for index, word in enumerate(words)
            if word not in _LINKS or len(words) == 1
            for place in self._places.get(word, ())
            if (match := self._match(words, index, place, markers)) is not None
        ]
        return max(matches, key=lambda each: (each.letters, -min(each.places)), default=None)

    def _match(
        self, words: Sequence[str], index: int, place: int, markers: frozenset[str]
    ) -> _Found | None:
        """Match a name against the text, from one of its words and one place onwards."""
        matches: dict[int, str] = {}
        slips = 0
        # Link words before the first significant word belong to the name too.
        at = place - index if self._stands(words[:index], place - index) else place
        for word in words if at < place else words[index:]:
            here = self._places.get(word, {})
            step = next(
                (near for near in (at, at + 1) if near in here and near not in matches), None
            )
            if step is not None:
                matches[step] = word
                slips += here[step]
                at = step + 1
        share = sum(map(_weight, matches.values())) / sum(map(_weight, words))
        expected = self._expected(min(matches), markers)
        if not _convinces(matches.values(), share, slips, expected=expected):
            return None
        return _Found(sum(map(len, matches.values())) * share - slips, frozenset(matches))

    def _stands(self, words: Sequence[str], place: int) -> bool:
        return place >= 0 and all(
            place + offset in self._places.get(word, ()) for offset, word in enumerate(words)
        )

    def _expected(self, place: int, markers: frozenset[str]) -> bool:
        before = self._text.words[max(0, place - 2) : place]
        return self._text.quoted(place) or not markers.isdisjoint(before)


@lru_cache(maxsize=4)
def _vocabulary(names: frozenset[str]) -> Vocabulary:
    """Return the words of names, cached because a library changes less often than users ask."""
    return Vocabulary({word for name in names for word in split(name)})


def _weight(word: str) -> float:
    return len(word) * (_LINK if word in _LINKS else 1)


def _convinces(words: Iterable[str], share: float, slips: int, *, expected: bool) -> bool:
    """Return True if the matched words are the name rather than common words that it contains."""
    telling = [word for word in words if word not in _LINKS]
    if expected:
        return share >= _PART and any(len(word) >= 3 for word in telling or words)
    if known_words().issuperset(telling):
        return False
    if len(telling) > 1:
        return share >= _MOST_OF_IT
    return share == 1 and sum(map(len, telling)) >= (_UNMISTAKABLE if slips else 3)
