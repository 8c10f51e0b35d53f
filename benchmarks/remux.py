"""The same film by PyAV."""
# pyright: reportUnknownMemberType=false

from collections.abc import Generator, Iterator
from fractions import Fraction
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import av
from av.packet import Packet

from benchmarks.job import Job
from benchmarks.measure import Run


def remux(job: Job) -> Generator[Run]:
    """PyAV's demuxer and muxer over our normalised clips and sound, packet by packet, retimed."""
    while True:
        into = job.fresh()
        yield Run(partial(_remux, job, into), into)


def _remux(job: Job, into: Path) -> None:
    base = Fraction(1, 15360)
    frame = Fraction(1, job.blueprint.output_config.frame_rate)
    options = {"movflags": "+faststart", "video_track_timescale": "15360"}
    with (
        av.open(str(into), "w", options=options) as film,
        av.open(str(job.sound)) as song,
        av.open(str(job.shots[0].takes[0].path)) as like,
    ):
        picture = film.add_stream_from_template(like.streams.video[0])
        heard = film.add_stream_from_template(song.streams.audio[0])
        sounds = song.demux(song.streams.audio[0])
        sound = next(sounds)
        for begin, end, packet in _packets(job, frame):
            while sound.pts is not None and sound.pts * sound.time_base < begin:
                sound.stream = heard
                film.mux(sound)
                sound = next(sounds)
            packet.time_base = base
            packet.pts = packet.dts = round(begin / base)
            packet.duration = round(end / base) - round(begin / base)
            packet.stream = picture
            film.mux(packet)


def _packets(job: Job, frame: Fraction) -> "Iterator[tuple[Fraction, Fraction, Packet[Any]]]":
    """Every packet of the film's picture, with the moments it is shown from and until."""
    shown = Fraction(0)
    for shot in job.shots:
        end = shown + shot.lasting * frame
        frames = sum(take.count for take in shot.takes)
        edges = [min(end, shown + n * frame / shot.rate) for n in range(frames)] + [end]
        spans = pairwise(edges)
        for take in shot.takes:
            with av.open(str(take.path)) as clip:
                packets = islice(clip.demux(video=0), take.first, take.first + take.count)
                for packet, (begin, until) in zip(packets, spans, strict=False):
                    yield begin, until, packet
        shown = end
