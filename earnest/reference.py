"""The API reference as one page: Redoc and the description of the API in a file that loads nothing else.

Never deployed; `make openapi` writes what the function `get_docs` publishes, beside the policy that browsers are to
enforce: it allows the scripts and styles of the page, by their hashes, and nothing from anywhere else.

Redoc's bundle lies in `earnest/redoc/` as npm has it; `python -m earnest.reference` fetches it anew, by its locked
hash.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from earnest.errors import CommandError
from earnest.paths import ROOT

PAGE = ROOT / "functions" / "get_docs" / "reference.html"
POLICY = PAGE.with_name("policy.txt")

REDOC = ROOT / "earnest" / "redoc"
_PACKAGE = "redoc@2.5.4"
_INTEGRITY = "sha512-M6jWhG1qoBnH6TFmzJnstyCZ87HmOY/UzDm78mHiYihEdlV/YcS9ogOo1NlElnJMeLsyxHFe2yFc4sNjHTrABQ=="
_FILES = ("LICENSE", "bundles/redoc.standalone.js", "bundles/redoc.standalone.js.LICENSE.txt")

# The one thing that the bundle loads from elsewhere, its maker's logo; in its place stands an empty picture.
_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
_NO_PICTURE = "data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E"

# Redoc makes a style sheet that is empty when it is put into the page, and one for its scroll bars, which is always the
# same; browsers name the hash of one that the policy does not have.
_STYLES = (
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc=",
)

_OPTIONS = {
    "downloadUrls": [{"title": "openapi.json", "url": "openapi.json"}],
    "expandResponses": "200,201,202",
    "hideSchemaTitles": True,
    "jsonSampleExpandLevel": 4,
    "nativeScrollbars": True,
    "requiredPropsFirst": True,
    "theme": {
        "typography": {
            "fontFamily": "system-ui, sans-serif",
            "headings": {"fontFamily": "system-ui, sans-serif"},
            "code": {"fontFamily": "ui-monospace, monospace"},
        }
    },
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Earnest: API reference</title>
</head>
<body>
<noscript>This page needs JavaScript; openapi.json beside it has the same for programs.</noscript>
<main id="reference"></main>
<script type="application/json" id="description">
{description}</script>
<script>{redoc}</script>
<script>{start}</script>
</body>
</html>
"""

_START = """
Redoc.init(JSON.parse(document.getElementById("description").textContent), OPTIONS,
  document.getElementById("reference"));
document.body.style.margin = "0";
"""


def page(description: str) -> str:
    """The page for this description, which is JSON."""
    redoc, start = _scripts()
    shown = json.dumps(_for_readers(json.loads(description)), indent=0, ensure_ascii=False)
    return _PAGE.format(description=shown.replace("<", "\\u003c"), redoc=redoc, start=start)


def policy() -> str:
    """The Content-Security-Policy of the page."""
    directives = {
        "default-src": ["'none'"],
        "script-src": [f"'{_hash(script.encode())}'" for script in _scripts()],
        "style-src": [f"'{style}'" for style in _STYLES],
        "img-src": ["data:"],
        "worker-src": ["blob:"],  # the search
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in directives.items())


def write(description: str) -> None:
    """Write the page and its policy to where the function finds them."""
    PAGE.write_text(page(description), encoding="utf-8")
    POLICY.write_text(policy() + "\n", encoding="utf-8")


def fetch() -> None:
    """Fetch Redoc's bundle with npm into its folder. Raises CommandError if it is not the one that is locked."""
    npm = shutil.which("npm")
    if npm is None:
        raise CommandError("npm is missing: the bundle comes from its registry.")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([npm, "pack", "--silent", _PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # nosec B603 - npm, no shell
        (packed,) = Path(folder).glob("*.tgz")
        if _hash(packed.read_bytes(), "sha512") != _INTEGRITY:
            raise CommandError(f"{_PACKAGE} is not what it was when it was locked: nothing is changed.")
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
        for name in _FILES:
            shutil.copyfile(Path(folder) / "package" / name, REDOC / Path(name).name)


def _for_readers(description: dict[str, Any]) -> dict[str, Any]:
    """The description with each operation's scopes in its text: Redoc shows only the names of what checks them."""
    for operations in description["paths"].values():
        for operation in operations.values():
            scopes = {scope: None for one in operation.get("security", ()) for some in one.values() for scope in some}
            schemes = {name: None for one in operation.get("security", ()) for name in one}
            if scopes:
                needed = f"Scope: {' or '.join(f'`{scope}`' for scope in scopes)}"
                operation["description"] = "\n\n".join(filter(None, [operation.get("description"), needed]))
                operation["security"] = [{name: []} for name in schemes]
    return description


def _scripts() -> Iterable[str]:
    """What the page runs: Redoc, and the call that draws the page."""
    redoc = (REDOC / "redoc.standalone.js").read_text(encoding="utf-8")
    assert "</script" not in redoc.lower()
    assert redoc.count(_LOGO) == 1
    # Its map is not published.
    redoc = redoc.replace(_LOGO, _NO_PICTURE).replace("//# sourceMappingURL=redoc.standalone.js.map", "")
    return redoc, _START.replace("OPTIONS", json.dumps(_OPTIONS))


def _hash(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


if __name__ == "__main__":
    fetch()
