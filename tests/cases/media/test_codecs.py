"""Codecs that are not taken are refused by name, and their decoders are never opened."""

import struct
from pathlib import Path

import pytest

from adapters.media.codecs import AUDIO, DECODERS, PCM, VIDEO
from domain.library.limits import CLIP, SONG
from domain.shared.errors import UnacceptedMedia, UnreadableMedia
from tests.cases.media.bombs import film
from tests.media import audio_analyzer, motion_analyzer, probe

pytestmark = pytest.mark.anyio

QUICKTIME = (
    *(b"rle ", b"cvid", b"SVQ1", b"SVQ3", b"rpza", b"smc ", b"8BPS", b"png ", b"tiff", b"AVdn"),
    *(b"dvc ", b"dvcp", b"mpg1", b"m2v1", b"H263", b"s263", b"vc-1", b"drac", b"WRLE", b"mjp2"),
    *(b"v210", b"raw ", b"2vuy", b"CFHD", b"Hap1", b"FFV1", b"ULRG", b"M8RG", b"qdrw", b"tga "),
    *(b"gif ", b"VP31", b"theo", b"IV50", b"vvc1", b"icod", b"pxlt", b"SHQ2", b"CJPG", b"xplo"),
)
"""Pictures as QuickTime names them."""
WINDOWS = (
    *(b"MP42", b"MP43", b"DIV3", b"WMV1", b"WMV2", b"WMV3", b"WVC1", b"CRAM", b"MSVC", b"IV31"),
    *(b"IV41", b"VP60", b"VP61", b"VP62", b"FLV1", b"FFVH", b"HFYU", b"LAGS", b"ASV1", b"ASV2"),
    *(b"VCR1", b"CYUV", b"ULTI", b"TM20", b"TSCC", b"TSC2", b"CSCD", b"ZMBV", b"MSZH", b"ZLIB"),
    *(b"SNOW", b"DUCK", b"WNV1", b"LOCO", b"AASC", b"VMnc", b"KMVC", b"G2M4", b"FPS1", b"DXTN"),
    *(b"MSS1", b"MTS2", b"MVC2", b"SP5X", b"AMVF", b"ZECO", b"SCPR", b"MWSC", b"FICV", b"RSCC"),
)
"""Pictures as Video for Windows names them, in Matroska."""
MATROSKA = (
    *("V_MPEG1", "V_MPEG2", "V_THEORA", "V_REAL/RV10", "V_REAL/RV20", "V_REAL/RV30"),
    *("V_REAL/RV40", "V_DIRAC", "V_FFV1", "V_SNOW", "V_AVS2", "V_AVS3", "V_UNCOMPRESSED"),
)
SOUNDS = (
    *("A_DTS", "A_TTA1", "A_WAVPACK4", "A_TRUEHD", "A_MLP", "A_MPEG/L1", "A_MPEG/L2"),
    *(
        "A_REAL/14_4",
        "A_REAL/28_8",
        "A_REAL/COOK",
        "A_REAL/SIPR",
        "A_REAL/ATRC",
        "A_QUICKTIME/QDM2",
    ),
)
WAVES = (
    2,
    6,
    7,
    17,
    32,
    34,
    49,
    64,
    66,
    69,
    80,
    97,
    98,
    112,
    256,
    352,
    353,
    354,
    355,
    624,
    1025,
    1281,
    5632,
    8193,
)
"""Format tags of WAV (mmreg.h): ADPCM, A-law, mu-law, IMA, TrueSpeech, GSM, G.726, WMA ..."""


def element(number: int, content: bytes) -> bytes:
    size = (len(content) | 1 << 56).to_bytes(8, "big")
    return number.to_bytes((number.bit_length() + 7) // 8, "big") + size + content


def whole(number: int, value: int) -> bytes:
    return element(number, value.to_bytes(4, "big"))


def matroska(codec: str, private: bytes, *, sound: bool) -> bytes:
    """A track of that codec with two packets of zeros."""
    about = (
        element(0xE1, element(0xB5, struct.pack(">d", 8000.0)) + whole(0x9F, 1))
        if sound
        else element(0xE0, whole(0xB0, 64) + whole(0xBA, 48))
    )
    track = whole(0xD7, 1) + whole(0x73C5, 1) + whole(0x83, 2 if sound else 1)
    track += element(0x86, codec.encode()) + (element(0x63A2, private) if private else b"") + about
    blocks = b"".join(
        element(0xA3, b"\x81" + struct.pack(">hB", 40 * n, 0x80) + bytes(400)) for n in range(9)
    )
    head = whole(0x4286, 1) + element(0x4282, b"matroska") + whole(0x4287, 4) + whole(0x4285, 2)
    info = element(0x1549A966, whole(0x2AD7B1, 1_000_000))
    tracks = element(0x1654AE6B, element(0xAE, track))
    cluster = element(0x1F43B675, whole(0xE7, 0) + blocks)
    return element(0x1A45DFA3, head) + element(0x18538067, info + tracks + cluster)


def windows(code: bytes) -> bytes:
    header = struct.pack("<IiiHH4sIiiII", 40, 64, 48, 1, 24, code, 64 * 48 * 3, 0, 0, 0, 0)
    return matroska("V_MS/VFW/FOURCC", header, sound=False)


def wave(tag: int) -> bytes:
    form = struct.pack("<HHIIHHH", tag, 1, 8000, 8000, 64, 8, 0)
    data = bytes(8000)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


FILES = {
    **{f"QuickTime {code.decode()}": film(codec=code) for code in QUICKTIME},
    **{f"Windows {code.decode()}": windows(code) for code in WINDOWS},
    **{f"Matroska {name}": matroska(name, b"", sound=False) for name in MATROSKA},
    **{f"Matroska {name}": matroska(name, b"", sound=True) for name in SOUNDS},
    **{f"WAV {tag}": wave(tag) for tag in WAVES},
}


@pytest.mark.parametrize("name", FILES)
async def test_it_is_refused_and_never_decoded(name: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(FILES[name])
    for allowance in (CLIP, SONG):
        with pytest.raises(UnreadableMedia) as refused:
            await probe().measure(file, allowance)
        if isinstance(refused.value, UnacceptedMedia):
            assert "which is not accepted" in str(refused.value)
    for use in (motion_analyzer().analyze, audio_analyzer().analyze):
        with pytest.raises(UnreadableMedia):
            await use(file)


async def test_most_are_refused_by_their_names(tmp_path: Path) -> None:
    """Of the others the reader does not know what they are, and says that they cannot be read."""
    count = 0
    for number, content in enumerate(FILES.values()):
        file = tmp_path / str(number)
        file.write_bytes(content)
        with pytest.raises(UnreadableMedia) as refused:
            await probe().measure(file, CLIP)
        count += isinstance(refused.value, UnacceptedMedia)
    assert count > 0.75 * len(FILES)


def test_one_list_is_for_both_decoders() -> None:
    names = DECODERS.split(",")
    assert len(names) == len({*names})
    for codec in (*VIDEO, *AUDIO, *PCM):
        assert codec in names
