"""Braze's Liquid, rendered by python-liquid: what is in the docs is rendered as it stands there.

Braze writes an attribute as `${name}`, alone or under something: `{{${user_id}}}`, `{{custom_attribute.${a b}}}`. No
other Liquid has that, so it is read as `braze['name']` and `custom_attribute['name']`; nothing else is changed.
`json_escape`, `time_zone` and `abort_message` are Braze's own too and do what its documentation says; `now` is a time
that the test chooses.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from liquid import Environment, Mode, RenderContext
from liquid.ast import Node
from liquid.builtin.filters.misc import date
from liquid.filter import liquid_filter, with_environment
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_TAG, Token

_UNDER = re.compile(r"(\w+)\.\$\{([^{}]+)\}")
_ALONE = re.compile(r"\$\{([^{}]+)\}")
_ABORT = re.compile(r"\{%\s*abort_message\((.*?)\)\s*%\}")


class Aborted(Exception):
    """Braze sends nothing, and logs this reason."""


def render(template: str, user: Mapping[str, Any], now: datetime, **more: Mapping[str, Any]) -> str:
    """What Braze sends: `user` are the standard attributes, `more` custom_attribute, event_properties, campaign.

    What is not given renders as nothing. Raises Aborted.
    """
    return _environment(now).from_string(_standard(template)).render(braze=user, **more)


def _standard(template: str) -> str:
    text = _UNDER.sub(r"\1['\2']", template)
    text = _ALONE.sub(r"braze['\1']", text)
    return _ABORT.sub(r"{% abort_message \1 %}", text)


def _environment(now: datetime) -> Environment:
    environment = Environment(tolerance=Mode.STRICT)

    @with_environment
    @liquid_filter
    def date_in_its_zone(value: Any, form: str, *, environment: Environment) -> str:
        at = now.astimezone(UTC) if value == "now" else value
        # Not left to the engine: it takes the same instant in two time zones for the same date.
        return at.strftime(form) if isinstance(at, datetime) else str(date(at or "", form, environment=environment))

    @liquid_filter
    def time_zone(value: Any, name: str) -> Any:
        at = now if value == "now" else value
        return at.astimezone(ZoneInfo(name)) if isinstance(at, datetime) else value

    environment.add_filter("date", date_in_its_zone)
    environment.add_filter("time_zone", time_zone)
    environment.add_filter("json_escape", _json_escape)
    environment.add_tag(_AbortTag)
    return environment


@liquid_filter
def _json_escape(value: Any) -> str:
    return json.dumps(str(value), ensure_ascii=False)[1:-1]


class _AbortNode(Node):
    def __init__(self, token: Token, reason: str) -> None:
        super().__init__(token)
        self.reason = reason

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:  # noqa: ARG002 - the engine calls it
        raise Aborted(self.reason)


class _AbortTag(Tag):
    name = "abort_message"
    block = False

    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        return _AbortNode(token, next(stream.into_inner(tag=token, eat=False)).value)
