"""Small files that a kill at any moment leaves whole."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Replace the file's content at once, readable by its owner only; a reader sees the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    with open(draft, "w", encoding="utf-8", opener=_for_owner_only) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
