"""Fresh, isolated Python processes that see built layers, a function's folder and the standard library, nothing else.

The layers bring their bytecode, as deployed; a function's own file is compiled at each start, as it is in Lambda.
"""

import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.project import ROOT, lambdas

LAYERS = {"DependenciesLayer": ROOT / "layers" / "dependencies", "LoyaltyLayer": ROOT / "layers" / "loyalty"}
PEER = ROOT / "benchmarks" / "peers" / "resolver"
# As pip installs them, the dependencies know every service.
ALL = ""
_BUILT = ROOT / ".local" / "benchmarks"

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.environ.get("HOME", "/"),
    "AWS_LAMBDA_FUNCTION_NAME": "function",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


def function_path(name: str) -> list[Path]:
    """The import path of one of our functions."""
    return [ROOT / "functions" / lambdas()[name].folder, _opt()]


def function_variables(name: str) -> dict[str, str]:
    """The variables that the template gives a function; what only a deployment knows is something."""
    function = lambdas()[name]
    return {**dict.fromkeys(function.variables, "something"), **function.constants}


def peer_path(services: str) -> list[Path]:
    """The import path of the peer's function on dependencies that know these services."""
    return [PEER, built("DependenciesLayer", services=services)]


def compiled_peer_path() -> list[Path]:
    """The same on whole dependencies, with bytecode of the function's own file."""
    place = _BUILT / "peer"
    if not _is_current(place, PEER):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        shutil.copy(PEER / "handler.py", place)
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(place / "handler.py"), invalidation_mode=mode, doraise=True)
    return [place, built("DependenciesLayer", services=ALL)]


def packed_peer_path() -> list[Path]:
    """The same as `sam build` packs it: whole dependencies, and no bytecode."""
    return [PEER, _copied("packed", [built("DependenciesLayer", services=ALL)], "__pycache__")]


def _opt() -> Path:
    """Both layers in one folder, as Lambda unpacks them."""
    return _copied("opt", [built("DependenciesLayer"), built("LoyaltyLayer")])


def _copied(name: str, layers: Sequence[Path], *ignored: str) -> Path:
    """What is in these layers in one folder, but for what is ignored; anew when one of them has been built anew."""
    place = _BUILT / name
    if not place.is_dir() or place.stat().st_mtime < max(layer.stat().st_mtime for layer in layers):
        shutil.rmtree(place, ignore_errors=True)
        for layer in layers:
            shutil.copytree(layer, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*ignored))
        place.touch()
    return place


def built(layer: str, *, services: str | None = None) -> Path:
    """A layer for this machine, made by the Makefile by which SAM makes it; anew when its source has changed.

    `services` are those of which the dependencies know all operations; without, they know what our functions call.
    """
    place, source = _BUILT / (layer if services is None else f"{layer}-{services or 'all'}"), LAYERS[layer]
    if not _is_current(place / "python", source):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        machine = "arm64" if os.uname().machine in ("arm64", "aarch64") else "x86_64"
        python = Path(sys.base_prefix) / "bin" / "python3.13"  # the one of the environment has no pip
        options = [f"ARTIFACTS_DIR={place}", f"ARCHITECTURE={machine}", f"PYTHON={python}"]
        options += [] if services is None else [f"SERVICES={services}"]
        command = ["make", "-s", "-C", str(source), f"build-{layer}", *options]
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        (place / "python").touch()
    return place / "python"


def run(path: list[Path], script: str, variables: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run a script that finds its imports at `path` and has these variables; RuntimeError if it fails."""
    # Isolated, without the environment's packages, and leaving no bytecode behind.
    whole = f"import sys\nsys.path[:0] = {[str(one) for one in path]!r}\n{script}"
    command = [sys.executable, "-ISB", *options, "-c", whole]
    environment = {**ENVIRONMENT, **variables}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done


def _is_current(made: Path, source: Path) -> bool:
    written = (path.stat().st_mtime for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return made.is_dir() and made.stat().st_mtime > max(written)
