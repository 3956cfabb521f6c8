"""The engine's own process, run by the engine's Python: MiniStack behind hypercorn, each layer unpacked once for all.

MiniStack by itself unpacks every layer anew for each worker, 3,700 files for a worker of ours: a hundred workers take
minutes of a busy disk to come, and as many to be removed. Workers only read layers, so they get links. The name of each
file is checked when it is unpacked, and not again for each worker, which would be a fifth of what a start takes.
"""

import hashlib
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypercorn.__main__ import main as serve
from ministack.core import lambda_runtime

_lock = threading.Lock()


class LayerZip(zipfile.ZipFile):
    """A zip file whose content, where it is a layer's, is unpacked once and linked to from wherever it is wanted."""

    def namelist(self) -> list[str]:
        """Return the names of the files; none for a layer, where MiniStack asks for them to check each one."""
        return [] if self._is_layer() else super().namelist()

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Unpack everything into a folder, or links to it if the folder is for a layer."""
        if not self._is_layer():
            super().extractall(path, members, pwd)
            return
        folder = Path(path or ".")
        for child in self._unpacked().iterdir():
            (folder / child.name).symlink_to(child, target_is_directory=child.is_dir())
        # A copy for each worker, 11 MB for one of ours, that nobody reads again.
        Path(str(self.filename)).unlink()

    def _is_layer(self) -> bool:
        return Path(str(self.filename)).name.startswith("layer_")

    def _unpacked(self) -> Path:
        file = Path(str(self.filename))
        content = file.read_bytes()
        unpacked = Path(tempfile.gettempdir()) / "layers" / hashlib.sha256(content).hexdigest()
        with _lock:
            if not unpacked.exists():
                # Under another name until it is complete, so that a failure in between leaves nothing that looks so.
                half = unpacked.with_suffix(".half")
                shutil.rmtree(half, ignore_errors=True)
                # It keeps to that folder by itself, whatever a name says.
                super().extractall(half, super().namelist())
                half.rename(unpacked)
        return unpacked


def main() -> None:
    """Serve until SIGTERM; the arguments are hypercorn's."""
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=LayerZip, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )
    serve()


if __name__ == "__main__":
    main()
