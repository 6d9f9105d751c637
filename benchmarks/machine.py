"""What the figures were measured on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("blake3", "cryptography", "sqlalchemy", "typer")


def machine() -> list[str]:
    """Return lines that say what the figures were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return [
        f"Processor: {_processor()}, {os.cpu_count()} cores, {_extensions()} SHA extensions",
        f"System: {platform.system()} {platform.release()}, {_memory()}",
        f"Python {platform.python_version()}; {packages}",
        f"sha256sum: {_first_line('sha256sum', '--version')}",
        f"openssl speed ed25519: {_signatures()}",
    ]


def _processor() -> str:
    for line in _cpuinfo():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _extensions() -> str:
    found = any(line.startswith("flags") and "sha_ni" in line.split() for line in _cpuinfo())
    return "with" if found else "without"


def _signatures() -> str:
    """Return how often this machine signs and verifies: no log can be audited faster."""
    command = ("openssl", "speed", "-seconds", "2", "ed25519")
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "not there"
    *_, signed, verified = done.stdout.split()
    return f"{signed} signed, {verified} verified per second"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.is_file() else []


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB of memory"


def _first_line(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(
            "\n"
        )[0]
    except (OSError, subprocess.CalledProcessError):
        return "not there"
