"""Notes kept in the engine itself, so that they are as old as the rest of its state, whatever was lost or put back."""

from earnest.local.engine import Engine

_PREFIX = "/earnest/"


def write(engine: Engine, name: str, text: str) -> None:
    """Keep a note under this name, in place of the last one."""
    engine.client("ssm").put_parameter(Name=_PREFIX + name, Value=text, Type="String", Overwrite=True)


def read(engine: Engine, name: str) -> str | None:
    """Return the note of this name, or None if the engine's state has none."""
    client = engine.client("ssm")
    try:
        text: str = client.get_parameter(Name=_PREFIX + name)["Parameter"]["Value"]
    except client.exceptions.ParameterNotFound:
        return None
    return text
