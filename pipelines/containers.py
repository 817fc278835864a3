"""Tell what kind of file was filed, and turn away what must not even be opened.

Every part of a zip that may hold text is inflated here once, no further than its directory declares, and its
checksum compared. So a directory that lies is found before any other library trusts it.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

import olefile

from pipelines.faults import refuse

ContainerKind = Literal["xlsx", "xlsb", "xls", "ods", "csv"]

MAX_FILE_BYTES = 50 * 2**20
MAX_INFLATED_BYTES = 200 * 2**20
# A workbook of blank styled rows packs 100 : 1, so the ratio only counts above a size that no form reaches.
MAX_RATIO, RATIO_COUNTS_FROM_BYTES = 200, 20 * 2**20
MAX_ZIP_ENTRIES = 5_000
TEXT_SUFFIXES = (".csv", ".tsv", ".txt")

# Parts with no filed text in them; not inflated, for half the reading time goes into inflating.
_DULL_PARTS = re.compile(
    r"theme/|xl/styles\.(xml|bin)$|^_rels/\.rels$|\[Content_Types\]\.xml$"
    r"|/media/|printerSettings|^Thumbnails/"
)
_OLE_MAGIC, _ZIP_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_BIFF_FILEPASS = 0x2F
_OTHER_MAGIC = {
    b"%PDF": "内容是 PDF 文件",
    b"\x89PNG": "内容是图片",
    b"\xff\xd8\xff": "内容是图片",
    b"GIF8": "内容是图片",
    b"Rar!": "内容是 RAR 压缩包",
    b"7z\xbc\xaf": "内容是 7z 压缩包",
    b"\x1f\x8b": "内容是 gzip 压缩包",
}


@dataclass(frozen=True, slots=True)
class Container:
    """A file whose kind is known and which is safe to open.

    `parts` are the inflated parts of a zip that may hold text (name → bytes), or the other streams of an xls
    (document properties, attachments); `stream` is the BIFF stream of an xls; `text` is a decoded CSV.
    """

    kind: ContainerKind
    data: bytes
    parts: dict[str, bytes] = field(default_factory=dict)
    stream: bytes = b""
    text: str = ""


def open_container(data: bytes, file_name: str) -> Container:
    """Tell the kind of a file by its content, not by its name.

    Raises:
        RefusalError: empty, too large, not a workbook, encrypted, corrupt, or a zip bomb.
    """
    if not data:
        raise refuse("empty_file")
    if len(data) > MAX_FILE_BYTES:
        raise refuse("too_large", size_mb=len(data) // 2**20, limit_mb=MAX_FILE_BYTES // 2**20)
    if data.startswith(_ZIP_MAGIC):
        return _open_zip(data)
    if data.startswith(_OLE_MAGIC):
        return _open_ole(data)
    for magic, found in _OTHER_MAGIC.items():
        if data.startswith(magic):
            raise refuse("not_a_workbook", found=found)
    return _open_text(data, file_name)


def _open_zip(data: bytes) -> Container:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
        _refuse_bomb(entries, len(data))
        if any(entry.flag_bits & 1 for entry in entries):
            raise refuse("encrypted")
        parts = {entry.filename: _inflate(data, entry) for entry in entries if not _DULL_PARTS.search(entry.filename)}
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError) as error:
        raise refuse("corrupt", reason="压缩结构不完整") from error
    return Container(_zip_kind(parts), data, parts)


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """One part, never more of it than the directory declares (APPNOTE.TXT 4.3.7). Half the cost of zipfile's own."""
    signature, name_size, extra_size = _LOCAL_HEADER.unpack_from(data, entry.header_offset)
    start = entry.header_offset + _LOCAL_HEADER.size + name_size + extra_size
    packed = data[start : start + entry.compress_size]
    if signature != _ZIP_MAGIC or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(entry.filename)
    content = packed
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size + 1)
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise zipfile.BadZipFile(entry.filename)
    return content


def _refuse_bomb(entries: list[zipfile.ZipInfo], packed: int) -> None:
    inflated = sum(entry.file_size for entry in entries)
    ratio = inflated // max(packed, 1)
    is_dense = ratio > MAX_RATIO and inflated > RATIO_COUNTS_FROM_BYTES
    if inflated > MAX_INFLATED_BYTES or is_dense or len(entries) > MAX_ZIP_ENTRIES:
        raise refuse("zip_bomb", size_mb=inflated // 2**20, ratio=ratio)


def _zip_kind(parts: dict[str, bytes]) -> ContainerKind:
    if "xl/workbook.xml" in parts:
        return "xlsx"
    if "xl/workbook.bin" in parts:
        return "xlsb"
    if parts.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise refuse("encrypted")
        return "ods"
    if any(name.startswith("word/") for name in parts):
        raise refuse("not_a_workbook", found="内容是 Word 文档")
    if any(name.startswith("ppt/") for name in parts):
        raise refuse("not_a_workbook", found="内容是演示文稿")
    raise refuse("not_a_workbook", found="内容是压缩包")


def _open_ole(data: bytes) -> Container:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if _runs_in_a_circle(ole.fat):
                raise refuse("corrupt", reason="文件内部的链成环")
            if ole.exists("EncryptedPackage"):
                raise refuse("encrypted")
            name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
            if name is None:
                found = "内容是 Word 文档" if ole.exists("WordDocument") else "内容不是电子表格"
                raise refuse("not_a_workbook", found=found)
            stream = ole.openstream(name).read()
            others = {"/".join(path): ole.openstream(path).read() for path in ole.listdir() if path != [name]}
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise refuse("corrupt", reason="文件结构不完整") from error
    if _is_stream_encrypted(stream):
        raise refuse("encrypted")
    return Container("xls", data, others, stream)


def _runs_in_a_circle(following: Sequence[int]) -> bool:
    """Whether a chain of sectors comes back to one of its own ([MS-CFB] 2.3): calamine would follow it for ever.

    Args:
        following: for each sector the one that follows; what is no sector's number ends a chain.
    """
    walk_of = [0] * len(following)  # in which walk each was met; 0: not yet
    for walk, start in enumerate(range(len(following)), start=1):
        sector = start
        while sector < len(following) and not walk_of[sector]:
            walk_of[sector] = walk
            sector = following[sector]
        if sector < len(following) and walk_of[sector] == walk:
            return True
    return False


def _is_stream_encrypted(stream: bytes) -> bool:
    """Whether FILEPASS stands among the first records of a BIFF stream ([MS-XLS] 2.4.117)."""
    position = 0
    for _ in range(10):
        if position + 4 > len(stream):
            return False
        kind, size = struct.unpack_from("<HH", stream, position)
        if kind == _BIFF_FILEPASS:
            return True
        position += 4 + size
    return False


def _open_text(data: bytes, file_name: str) -> Container:
    text = decode_text(data)
    suffix = PurePath(file_name).suffix.lower()
    if text is None:
        raise refuse("not_a_workbook", found="内容无法辨认")
    if text.lstrip().lower().startswith(("<html", "<!doctype", "<?xml", "<table")):
        raise refuse("not_a_workbook", found="内容是网页，只是用了表格的扩展名；请在表格软件中打开后另存为 xlsx")
    if suffix not in TEXT_SUFFIXES:
        raise refuse("not_a_workbook", found=f"扩展名是 {suffix or '空'}，内容却是纯文本")
    if not text.strip():
        raise refuse("empty_file")
    return Container("csv", data, text=text)


def decode_text(data: bytes) -> str | None:
    """Decode UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030; None if it is none of them.

    UTF-8 is tried before GB18030: Chinese text in GB18030 is practically never valid UTF-8, while the reverse
    is common.
    """
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0e-\x1f]", text) else text
    return None
