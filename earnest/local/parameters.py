"""Values kept in the engine's Parameter Store, so that they always have the age of its other state."""

from earnest.local.engine import Engine

_PREFIX = "/earnest/"


def put(engine: Engine, name: str, value: str) -> None:
    """Store a value under a name, in place of the last one."""
    engine.client("ssm").put_parameter(Name=_PREFIX + name, Value=value, Type="String", Overwrite=True)


def get(engine: Engine, name: str) -> str | None:
    """Return the value of a name, or None if the engine's state has none."""
    client = engine.client("ssm")
    try:
        value: str = client.get_parameter(Name=_PREFIX + name)["Parameter"]["Value"]
    except client.exceptions.ParameterNotFound:
        return None
    return value
