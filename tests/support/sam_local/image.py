"""Lambda's runtime as an image: AWS's own where it can be had, else a stand-in made of this machine's own files.

The stand-in has what the runtime is made of, in the places where AWS's image has it: Python in /var/lang, the runtime
interface client in /var/runtime, and no third party beside it, so a layer that lacks one is found out. SAM adds its
emulator and the layers to either.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from functools import cache
from pathlib import Path

from earnest.local import deploy
from tests.support.sam_local.docker import docker, succeeds

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
OWN = f"public.ecr.aws/lambda/python:{VERSION}-{deploy.architecture()}"
STAND_IN = f"earnest/stand-in-for-lambda-python:{VERSION}"
_PULL_SECONDS = 90

# What SAM's own steps on top of the image call, and the bootstrap.
_TOOLS = ("sh", "cp", "mv", "rm", "chmod")
_RUNTIME = ("awslambdaric", "runtime_client*.so", "snapshot_restore_py.py")
_LIBC = ("dl", "m", "nss_dns", "nss_files", "pthread", "resolv", "rt", "util")
_UNUSED = re.compile(r"(^|/)(site-packages|test|tests|idlelib|tkinter|turtledemo|ensurepip|lib2to3|config-[^/]*)(/|$)")
_BOOTSTRAP = f"""#!/bin/sh
cd /var/task
PYTHONPATH=/opt/python:/var/runtime exec /var/lang/bin/python{VERSION} -m awslambdaric "$_HANDLER"
"""
_SETTINGS = (
    "ENV LANG=C.UTF-8 PATH=/var/lang/bin:/bin LD_LIBRARY_PATH=/var/lang/lib:/opt/lib LAMBDA_TASK_ROOT=/var/task",
    "WORKDIR /var/task",
)


@cache
def runtime_image() -> str:
    """The name of an image that is there now: AWS's, asked for once and not for long, or the stand-in made anew.

    Made once by each process of tests: what SAM has built on it before is built again after it.
    """
    if succeeds("image", "inspect", OWN) or succeeds("pull", "--quiet", OWN, seconds=_PULL_SECONDS):
        return OWN
    changes = [word for one in _SETTINGS for word in ("--change", one)]
    docker("import", *changes, "-", STAND_IN, content=_stand_in())
    return STAND_IN


def _stand_in() -> bytes:
    """The files of the stand-in as a tar archive."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        programs = [Path(sys.base_prefix) / "bin" / f"python{VERSION}", *_standard_library(tar), *_client(tar)]
        tar.add(programs[0].resolve(), f"var/lang/bin/python{VERSION}")
        for name in _TOOLS:
            found = shutil.which(name, path=os.defpath)
            assert found, f"{name} is needed to make the stand-in"
            tar.add(Path(found).resolve(), f"bin/{name}")
            programs.append(Path(found))
        for library, place in _libraries(programs).items():
            tar.add(library.resolve(), place)
        _write(tar, "var/runtime/bootstrap", _BOOTSTRAP)
        for folder in ("tmp", "opt", "var/task"):
            _folder(tar, folder)
    return archive.getvalue()


def _standard_library(tar: tarfile.TarFile) -> list[Path]:
    """Add it, bytecode and all; the compiled modules, for what they link to."""
    home = Path(sysconfig.get_path("stdlib"))

    def wanted(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        return None if _UNUSED.search(entry.name.removeprefix(f"var/lang/lib/python{VERSION}")) else entry

    tar.add(home, f"var/lang/lib/python{VERSION}", filter=wanted)
    return sorted((home / "lib-dynload").glob("*.so"))


def _client(tar: tarfile.TarFile) -> list[Path]:
    """Add the runtime interface client; its compiled module."""
    packages = Path(sysconfig.get_path("purelib"))
    found = [path for pattern in _RUNTIME for path in packages.glob(pattern)]
    for path in found:
        tar.add(path, f"var/runtime/{path.name}")
    return [path for path in found if path.suffix == ".so"]


def _libraries(programs: list[Path]) -> dict[Path, str]:
    """The shared libraries that these link to, the loader included, and where each of them goes."""
    done = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False)
    found = {Path(one) for one in re.findall(r"(?:=> |^\t)(/\S+)", done.stdout, re.MULTILINE)}
    (libc,) = [one for one in found if one.name.startswith("libc.so")]
    # Wheels are built to find any of the C library's parts.
    found |= {path for part in _LIBC for path in libc.parent.glob(f"lib{part}.so.*")}
    return {one: f"var/lang/lib/{one.name}" if one.name.startswith("libpython") else str(one)[1:] for one in found}


def _write(tar: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.size = 0o755, len(text)
    tar.addfile(entry, io.BytesIO(text.encode()))


def _folder(tar: tarfile.TarFile, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = tarfile.DIRTYPE, 0o1777
    tar.addfile(entry)
