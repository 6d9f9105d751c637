"""Length-prefixed JSON frames between the supervisor and its zygote, with file descriptors.

Both ends are our own code; the document's bytes and the worker's answer never travel here. Four
bytes of length, big-endian, then UTF-8 JSON. Descriptors ride on the length (SCM_RIGHTS).
"""

import json
import socket
import struct
from typing import Any, Final

MAX_FRAME: Final = 64 << 20  # bytes; 2,000 anchor certificates are about 4 MB in base64


def send_frame(
    channel: socket.socket, value: dict[str, Any], descriptors: tuple[int, ...] = ()
) -> None:
    """Send one frame.

    Raises:
        OSError: the other end is gone.
    """
    body = json.dumps(value).encode()
    length = struct.pack(">I", len(body))
    if descriptors:
        socket.send_fds(channel, [length], list(descriptors))
    else:
        channel.sendall(length)
    channel.sendall(body)


def receive_frame(
    channel: socket.socket, descriptors: int = 0
) -> tuple[dict[str, Any], list[int]] | None:
    """Receive one frame and up to `descriptors` file descriptors; None when the other end closed.

    Raises:
        OSError: the channel failed or the frame is too long.
        TimeoutError: the channel has a timeout and it passed.
    """
    length, received, _, _ = socket.recv_fds(channel, 4, max(descriptors, 1))
    while 0 < len(length) < 4:
        more = channel.recv(4 - len(length))
        if not more:
            return None
        length += more
    if not length:
        return None
    (size,) = struct.unpack(">I", length)
    if size > MAX_FRAME:
        raise OSError(f"frame of {size} bytes")
    body = bytearray()
    while len(body) < size:
        more = channel.recv(min(size - len(body), 1 << 20))
        if not more:
            return None
        body += more
    return json.loads(bytes(body)), list(received)
