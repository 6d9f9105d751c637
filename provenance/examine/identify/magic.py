"""Signatures at fixed offsets: the table that tells most binary formats apart.

Rules: the first row that fits wins, so longer and surer signatures stand before short ones; a row
may carry a second test where its bytes alone would fit other files too. Sources: the formats' own
specifications, and PRONOM where there is none.
"""

import struct
from collections.abc import Callable
from typing import Final

_Test = Callable[[bytes], bool]


def _sure(_head: bytes) -> bool:
    return True


def _bitmap(head: bytes) -> bool:
    """BMP: reserved words are zero, and the header that follows has a known length."""
    return head[6:10] == b"\0\0\0\0" and head[14:18] in {
        struct.pack("<I", size) for size in (12, 16, 40, 52, 56, 64, 108, 124)
    }


def _java(head: bytes) -> bool:
    """Class file: major version 45 or more; a fat Mach-O has its number of parts there."""
    return len(head) >= 8 and int.from_bytes(head[6:8], "big") >= 45


def _emf(head: bytes) -> bool:
    return head[40:44] == b" EMF"


def _windows_program(head: bytes) -> bool:
    """MZ with the header of a program behind it; two letters alone begin many a text."""
    if len(head) < 64:
        return False
    at = int.from_bytes(head[60:64], "little")
    return head[at : at + 2] in {b"PE", b"NE", b"LE", b"LX"} or b"\0" in head[2:64]


def _digits(head: bytes) -> bool:
    """A cpio header is all digits; a list of numbers is so too, but not for so long."""
    return len(head) > 76 and all(byte in b"0123456789abcdefABCDEF" for byte in head[:76])


def _transport(head: bytes) -> bool:
    """MPEG transport stream: the same byte every 188."""
    return len(head) >= 565 and all(head[at] == 0x47 for at in (0, 188, 376, 564))


def _icon(head: bytes) -> bool:
    """ICO: some pictures, and the first one's reserved byte is zero."""
    return 1 <= int.from_bytes(head[4:6], "little") <= 64 and head[9:10] == b"\0"


_STORE: Final = b"c2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"  # C2PA 11.1.4.2


def _manifest_store(head: bytes) -> bool:
    """A box of boxes (ISO 19566-5) whose description says: C2PA manifest store."""
    return (head[4:8], head[12:16], head[16:32]) == (b"jumb", b"jumd", _STORE)


def _mp3(head: bytes) -> bool:
    """Two frames of MPEG audio layer III, one where the first says it ends."""
    size = _frame(head, 0)
    return size > 0 and len(head) > size + 2 and _frame(head, size) > 0


_RATES: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s, MPEG 1
_RATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # MPEG 2
_SAMPLES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _frame(head: bytes, at: int) -> int:
    """Length of the layer III frame at this place; 0 = none."""
    four = head[at : at + 4]
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE6 != 0xE2:
        return 0
    version, rate, sample = (four[1] >> 3) & 3, four[2] >> 4, (four[2] >> 2) & 3
    if version == 1 or rate in {0, 15} or sample == 3:
        return 0
    kilobits = (_RATES if version == 3 else _RATES_2)[rate]
    factor = 144_000 if version == 3 else 72_000
    return factor * kilobits // _SAMPLES[version][sample] + ((four[2] >> 1) & 1)


def _aac(head: bytes) -> bool:
    """Two ADTS frames, one where the first says it ends (ISO 14496-3, 1.A.2.2)."""
    size = ((head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5) if len(head) > 6 else 0
    second = head[size : size + 2]
    return size > 7 and len(second) == 2 and second[0] == 0xFF and second[1] & 0xF6 == 0xF0


MAGIC: Final[tuple[tuple[int, bytes, str, _Test], ...]] = (
    # pictures
    (0, b"\x89PNG\r\n\x1a\n", "image/png", _sure),
    (0, b"\xff\xd8\xff", "image/jpeg", _sure),
    (0, b"GIF87a", "image/gif", _sure),
    (0, b"GIF89a", "image/gif", _sure),
    (0, b"II*\x00", "image/tiff", _sure),
    (0, b"MM\x00*", "image/tiff", _sure),
    (0, b"II+\x00", "image/tiff", _sure),
    (0, b"8BPS", "image/vnd.adobe.photoshop", _sure),
    (0, b"\x00\x00\x00\x0cjP  ", "image/jp2", _sure),
    (0, b"\xff\x4f\xff\x51", "image/j2c", _sure),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl", _sure),
    (0, b"gimp xcf ", "image/x-xcf", _sure),
    (0, b"\x76\x2f\x31\x01", "image/x-exr", _sure),
    (0, b"AT&TFORM", "image/vnd.djvu", _sure),
    (0, b"\xd7\xcd\xc6\x9a", "image/wmf", _sure),
    (0, b"\x01\x00\x00\x00", "image/emf", _emf),
    (0, b"\x00\x00\x01\x00", "image/vnd.microsoft.icon", _icon),
    (0, b"SIMPLE  =", "application/fits", _sure),
    # archives and disk images
    (0, b"\x1f\x8b\x08", "application/gzip", _sure),
    (0, b"BZh", "application/x-bzip2", lambda head: head[3:4].isdigit()),
    (0, b"\xfd7zXZ\x00", "application/x-xz", _sure),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd", _sure),
    (0, b"\x04\x22\x4d\x18", "application/x-lz4", _sure),
    (0, b"LZIP\x01", "application/x-lzip", _sure),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", _sure),
    (0, b"Rar!\x1a\x07", "application/vnd.rar", _sure),
    (0, b"MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed", _sure),
    (0, b"\x1f\x9d", "application/x-compress", lambda head: head[2:3] >= b"\x80"),
    (0, b"!<arch>\ndebian-binary", "application/vnd.debian.binary-package", _sure),
    (0, b"!<arch>\n", "application/x-archive", _sure),
    (0, b"\xed\xab\xee\xdb", "application/x-rpm", _sure),
    (0, b"070701", "application/x-cpio", _digits),
    (0, b"070707", "application/x-cpio", _digits),
    (0, b"QFI\xfb", "application/x-qemu-disk", _sure),
    (0, b"KDMV", "application/x-vmdk", _sure),
    (0, b"conectix", "application/x-vhd", _sure),
    (0, b"vhdxfile", "application/x-vhdx", _sure),
    (0, b"LUKS\xba\xbe", "application/x-luks", _sure),
    (0, b"\x03\xd9\xa2\x9a", "application/x-keepass2", _sure),
    # sound and film
    (0, b"ID3", "audio/mpeg", lambda head: head[3:4] <= b"\x04"),
    (0, b"OggS\x00", "application/ogg", _sure),
    (0, b"fLaC", "audio/flac", _sure),
    (0, b"#!AMR", "audio/amr", _sure),
    (0, b"MThd\x00\x00\x00\x06", "audio/midi", _sure),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska", _sure),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf", _sure),
    (0, b"FLV\x01", "video/x-flv", _sure),
    (0, b"\x00\x00\x01\xba", "video/mpeg", _sure),
    (0, b"\x00\x00\x01\xb3", "video/mpeg", _sure),
    (0, b"G", "video/mp2t", _transport),
    (0, b"\xff", "audio/mpeg", _mp3),
    (0, b"\xff", "audio/aac", _aac),
    # programs
    (0, b"MZ", "application/vnd.microsoft.portable-executable", _windows_program),
    (0, b"\x7fELF", "application/x-elf", _sure),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm", _java),
    (0, b"\xca\xfe\xba\xbe", "application/x-mach-binary", _sure),
    (0, b"\xfe\xed\xfa\xce", "application/x-mach-binary", _sure),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary", _sure),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary", _sure),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary", _sure),
    (0, b"\x00asm\x01\x00\x00\x00", "application/wasm", _sure),
    (0, b"dex\n03", "application/vnd.android.dex", _sure),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0", "application/x-ms-shortcut", _sure),
    (0, b"ITSF\x03\x00\x00\x00", "application/vnd.ms-htmlhelp", _sure),
    # documents, mail, data
    (0, b"{\\rtf", "application/rtf", _sure),
    (0, b"%!PS", "application/postscript", _sure),
    (0, b"\xc5\xd0\xd3\xc6", "application/postscript", _sure),
    (0, b"\xffWPC", "application/vnd.wordperfect", _sure),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "application/onenote", _sure),
    (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef", _sure),
    (0, b"!BDN", "application/vnd.ms-outlook-pst", _sure),
    (0, b"AC10", "image/vnd.dwg", lambda head: head[4:6].isdigit()),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3", _sure),
    (0, b"\x00\x01\x00\x00Standard Jet DB", "application/vnd.ms-access", _sure),
    (0, b"\x00\x01\x00\x00Standard ACE DB", "application/vnd.ms-access", _sure),
    (0, b"", "application/c2pa", _manifest_store),  # its first four bytes are its length
    (0, b"PAR1", "application/vnd.apache.parquet", _sure),
    (0, b"ARROW1\x00\x00", "application/vnd.apache.arrow.file", _sure),
    (0, b"Obj\x01", "application/avro", _sure),
    (0, b"\x89HDF\r\n\x1a\n", "application/x-hdf5", _sure),
    (0, b"CDF\x01", "application/netcdf", _sure),
    (0, b"bplist00", "application/x-bplist", _sure),
    (0, b"ElfFile\x00", "application/x-ms-evtx", _sure),
    (0, b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap", _sure),
    (0, b"\xa1\xb2\xc3\xd4", "application/vnd.tcpdump.pcap", _sure),
    (0, b"\x0a\x0d\x0d\x0a", "application/x-pcapng", _sure),
    (0, b"regf", "application/x-ms-registry-hive", _sure),
    # fonts
    (0, b"OTTO", "font/otf", _sure),
    (0, b"\x00\x01\x00\x00\x00", "font/ttf", lambda head: b"\x04" <= head[5:6] <= b"\x40"),
    (0, b"true\x00", "font/ttf", _sure),
    (0, b"ttcf\x00", "font/collection", _sure),
    (0, b"wOFF", "font/woff", _sure),
    (0, b"wOF2", "font/woff2", _sure),
    # signatures and keys in text armour
    (0, b"-----BEGIN PGP", "application/pgp-encrypted", _sure),
    (0, b"-----BEGIN SSH SIGNATURE", "application/x-ssh-signature", _sure),
    (0, b"-----BEGIN PKCS7-----", "application/pkcs7-mime", _sure),
    (0, b"-----BEGIN CMS-----", "application/pkcs7-mime", _sure),
    (0, b"-----BEGIN CERTIFICATE", "application/x-pem-file", _sure),
    (0, b"untrusted comment:", "application/x-signify", _sure),
    (0, b"WARC/1.", "application/warc", _sure),
    (0, b"BM", "image/bmp", _bitmap),
    # not at the beginning: what stands there is the file's first face
    (128, b"DICM", "application/dicom", _sure),
    (257, b"ustar", "application/x-tar", _sure),
    (0x8001, b"CD001", "application/vnd.efi.iso", _sure),
)
"""Offset, bytes, media type, and what else must be true of the head."""


def identify_magic(head: bytes) -> tuple[str, int] | None:
    """Return the media type and the signature's offset; None when no row fits."""
    for offset, magic, media_type, test in MAGIC:
        if head.startswith(magic, offset) and test(head):
            return media_type, offset
    return None
