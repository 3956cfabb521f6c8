"""Small files that are replaced atomically, so that a kill at any moment leaves them complete."""

import os
from pathlib import Path


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's content atomically; it is readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    with open(draft, "w", encoding="utf-8", opener=_for_owner_only) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
