"""The engine's own process, run by the engine's Python: MiniStack behind hypercorn, each layer unpacked once for all.

MiniStack by itself unpacks every layer anew for each worker, 3,700 files for a worker of ours: a hundred workers take
minutes of a busy disk to come, and as many to be removed. Workers only read layers, so they get links.
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

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Unpack everything into a folder, or links to it if the folder is for a layer."""
        folder = Path(path or ".")
        if not folder.name.startswith("layer_"):
            super().extractall(path, members, pwd)
            return
        for child in self._unpacked().iterdir():
            (folder / child.name).symlink_to(child, target_is_directory=child.is_dir())

    def _unpacked(self) -> Path:
        file = Path(str(self.filename))
        content = file.read_bytes()
        unpacked = Path(tempfile.gettempdir()) / "layers" / hashlib.sha256(content).hexdigest()
        with _lock:
            if not unpacked.exists():
                # Under another name until it is complete, so that a failure in between leaves nothing that looks so.
                half = unpacked.with_suffix(".half")
                shutil.rmtree(half, ignore_errors=True)
                super().extractall(half)
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
