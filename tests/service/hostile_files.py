"""Files made to harm whoever reads them: bombs, lies, oddities, and damaged good ones."""

import functools
import io
import struct
import zipfile
import zlib

import numpy as np


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@functools.lru_cache(None)
def zeros_deflated(mebibytes, window=15):
    """So many zeros in a thousandth of the bytes; ``window`` is as zlib takes it."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, window)
    block = bytes(2**20)
    return b"".join(compressor.compress(block) for _ in range(mebibytes)) + compressor.flush()


# PNG -------------------------------------------------------------------------


def chunk(kind, content=b""):
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


_ROWS = (b"\0" + b"\x90\x20\x30" * 40) * 32


def png(width=40, height=32, bits=8, colours=2, before=b"", rows=_ROWS, deflated=None):
    """A PNG; its header may promise other rows than those it has."""
    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + before
        + chunk(b"IDAT", zlib.compress(rows) if deflated is None else deflated)
        + chunk(b"IEND")
    )


# JPEG ------------------------------------------------------------------------


def with_segments(jpeg, segments):
    """A JPEG with more segments after its first two bytes."""
    return jpeg[:2] + segments + jpeg[2:]


def with_size(jpeg, width, height):
    """A JPEG whose frame header says another size."""
    frame = max(jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2"))
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def with_its_last_scan_again(jpeg, times):
    """A progressive JPEG that refines the same coefficients over and over."""
    last = jpeg[jpeg.rfind(b"\xff\xda") : -2]
    return jpeg[:-2] + last * times + jpeg[-2:]


# TIFF ------------------------------------------------------------------------

_STRUCTS = {"II": ("<", b"II"), "MM": (">", b"MM")}


def tags(width=40, height=32, **others):
    """The tags of an uncompressed RGB image whose pixels begin at byte 8.

    By their codes, each as (type, count, value or bytes that are stored elsewhere).
    """
    values = {
        256: (4, 1, width),
        257: (4, 1, height),
        258: (3, 1, 8),
        259: (3, 1, 1),
        262: (3, 1, 2),
        273: (4, 1, 8),
        277: (3, 1, 3),
        278: (4, 1, height),
        279: (4, 1, 3 * width * height % 2**32),
    }
    values.update({int(code[1:]): value for code, value in others.items()})
    return [(code, *values[code]) for code in sorted(values) if values[code]]


def tiff(*images, order="II", following=None, pixels=b"\x90\x20\x30" * (40 * 32)):
    """A TIFF of images by their tags; ``following``: where the one after the last begins."""
    sign, mark = _STRUCTS[order]
    start = 8 + len(pixels)
    data = struct.pack(sign + "2sHI", mark, 42, start) + pixels
    for number, image in enumerate(images, 1):
        behind = len(data) + 2 + 12 * len(image) + 4
        directory, elsewhere = struct.pack(sign + "H", len(image)), b""
        for code, kind, count, value in image:
            if isinstance(value, bytes):
                place, elsewhere = behind + len(elsewhere), elsewhere + value
            else:
                place = value
            directory += struct.pack(sign + "HHII", code, kind, count, place)
        after = behind + len(elsewhere) if number < len(images) else 0
        if number == len(images) and following is not None:
            after = following
        data += directory + struct.pack(sign + "I", after) + elsewhere
    return data


def imagej(metadata, *images):
    """A TIFF with ImageJ's description of it."""
    text = f"ImageJ=1.54p\n{metadata}".encode() + b"\0"
    first = [*images[0], (270, 2, len(text), text)]
    return tiff(sorted(first), *images[1:])


def grey_tags(**others):
    return tags(**{"_262": (3, 1, 1), "_277": (3, 1, 1), "_279": (4, 1, 1280), **others})


# BMP -------------------------------------------------------------------------


def bmp(width=40, height=32, bits=24, compression=0, pixels=None, offset=54, colours=0):
    pixels = b"\x30\x20\x90" * 1280 if pixels is None else pixels
    sizes = struct.pack("<IiiHHII", 40, width, height, 1, bits, compression, len(pixels))
    head = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, offset) + sizes
    return head + struct.pack("<iiII", 0, 0, colours, 0) + pixels


# ROIs ------------------------------------------------------------------------


def roi(kind=0, bounds=(0, 0, 10, 10), points=0, options=0, path=0, start=bytes(16), content=b""):
    """An ImageJ ROI by the fields of its header."""
    left, top, right, bottom = bounds
    head = struct.pack(">4shBxhhhhH", b"Iout", 227, kind, top, left, bottom, right, points % 65536)
    rest = struct.pack(">hi4s4shhBBhii", 0, path, bytes(4), bytes(4), 0, options, 0, 0, 0, 0, 0)
    return head + start + rest + content


def polygon(points, count=None):
    """A polygon of sub-pixel points; ``count``: how many it says it has."""
    points = np.asarray(points, ">f4")
    count = len(points) if count is None else count
    corners = bytes(4 * len(points))
    start = struct.pack(">i", count) + bytes(12) if count > 65535 or count < 0 else bytes(16)
    points_in_head = 0 if count > 65535 or count < 0 else count
    content = corners + points.T.tobytes()
    return roi(points=points_in_head, options=128, start=start, content=content)


def composite(outlines):
    """A composite of outlines, each a list of points."""
    path = []
    for outline in outlines:
        for number, point in enumerate(outline):
            path += [min(number, 1), *point]
        path.append(4)
    return roi(1, path=len(path), content=np.array(path, ">f4").tobytes())


def with_strings(data, name="", properties="", lengths=None):
    """A ROI with a name and properties; ``lengths``: how long it says they are."""
    name, properties = (text.encode("utf-16-be", "surrogatepass") for text in (name, properties))
    header2 = len(data)
    first = header2 + 64
    lengths = lengths or (len(name) // 2, len(properties) // 2)
    fields = struct.pack(
        ">4xiiiii4shBBifiii",
        *(0, 0, 0, first, lengths[0], bytes(4), 0, 0, 0, 0, 0.0),
        *(first + len(name), lengths[1], 0),
    )
    data = data[:60] + struct.pack(">i", header2) + data[64:]
    return data + fields + bytes(12) + name + properties


# ZIP -------------------------------------------------------------------------


def zip_of(entries, method=zipfile.ZIP_DEFLATED):
    """A ZIP of (name or ZipInfo, content)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for entry, content in entries:
            if isinstance(entry, zipfile.ZipInfo):
                entry.compress_type = method
            opened.writestr(entry, content)
    return buffer.getvalue()


def _listed(archive):
    """Where the first entry is in the list at a ZIP's end."""
    return archive.index(b"PK\x01\x02")


def with_field(archive, local, listed, value):
    """A ZIP with a changed field of its first entry, at both places where it is."""
    at = _listed(archive) + listed
    data = bytearray(archive)
    data[at : at + len(value)] = value
    if local is not None:
        data[local : local + len(value)] = value
    return bytes(data)


def with_unpacked_size(archive, size):
    return with_field(archive, 22, 24, struct.pack("<I", size))


def zip_bomb(name, mebibytes, said):
    """A ZIP of zeros that says how many they are."""
    return zip_of_raw(name, zeros_deflated(mebibytes, -15), said)


def zip_of_raw(name, content, said, method=8):
    """A ZIP of one entry with given compressed bytes."""
    fields = struct.pack("<HHHHHIII", 20, 0, method, 0, 33, 0, len(content), said)
    name = name.encode()
    local = b"PK\x03\x04" + fields + struct.pack("<HH", len(name), 0) + name + content
    listed = (
        b"PK\x01\x02"
        + struct.pack("<H", 20)
        + fields
        + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0)
        + name
    )
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(listed), len(local), 0)
    return local + listed + end


def list_of_entries(count, name=b"a"):
    """A ZIP that lists so many entries and holds none of them."""
    listed = b"PK\x01\x02" + bytes(24) + struct.pack("<H", len(name)) + bytes(16) + name
    listed = b"PK" + bytes(2) + listed * count
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 65535, 65535, len(listed) - 4, 4, 0)
    return listed + end


# Damage ----------------------------------------------------------------------


def damaged(originals, count, seed):
    """So many damaged copies of good files: flipped, cut, spliced, filled, overwritten."""
    random = np.random.RandomState(seed)
    for number in range(count):
        data = bytearray(originals[number % len(originals)])
        _DAMAGES[random.randint(len(_DAMAGES))](data, originals, random)
        yield bytes(data)


def _place(data, random):
    """Where to damage; half of the time in the headers."""
    return random.randint(min(len(data), 200) if random.randint(2) else len(data))


def _flip_bits(data, originals, random):
    for _ in range(random.randint(1, 9)):
        data[_place(data, random)] ^= 1 << random.randint(8)


def _cut_off(data, originals, random):
    del data[random.randint(1, len(data)) :]


def _cut_out(data, originals, random):
    start = _place(data, random)
    del data[start : start + random.randint(1, 50)]


def _insert(data, originals, random):
    start = _place(data, random)
    data[start:start] = random.bytes(random.randint(1, 50))


def _splice(data, originals, random):
    other = originals[random.randint(len(originals))]
    data[random.randint(1, len(data)) :] = other[random.randint(len(other)) :]


def _overwrite(data, originals, random):
    value = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\1")
    for _ in range(random.randint(1, 4)):
        start = _place(data, random)
        chosen = value[random.randint(len(value))]
        data[start : start + len(chosen)] = chosen


_DAMAGES = (_flip_bits, _cut_off, _cut_out, _insert, _splice, _overwrite)
