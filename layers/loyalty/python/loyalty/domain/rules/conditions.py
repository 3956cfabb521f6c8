"""Conditions as they are written: an operator and its value, asked of the event or of the customer's history."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationInfo, field_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from loyalty.domain.limits.counters import HISTORY_OPERATORS, MAX_DISTINCT_VALUES
from loyalty.domain.money import LARGEST
from loyalty.domain.rules.fields import (
    TIMES,
    FieldPath,
    ItemCondition,
    ItemsPath,
    RelativePath,
    Source,
    items_of,
    refuse_impossible,
)
from loyalty.domain.rules.predicates import ORDERING, comparable, compile_predicate
from loyalty.domain.schemas import Settings, Window, union_tag, wrong_at
from loyalty.domain.times import parse_instant

Operator = Literal[
    "eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "contains", "starts_with", "exists",
    "total_gte", "count_gte", "distinct_gte", "repeat_gte",
]  # fmt: skip
DAY_OR_TIME = "must be a day such as 2026-01-31 or a time such as 2026-01-31T09:30:00Z"


def is_day_or_time(value: object) -> bool:
    """Whether it is a day, or an RFC 3339 time."""
    try:
        return isinstance(value, str) and bool(
            parse_instant(value) if "T" in value.upper() else date.fromisoformat(value)
        )
    except (ValueError, OverflowError):
        return False


def is_scalar(value: object) -> bool:
    """Whether it is a string, a number, true or false."""
    return isinstance(value, str | bool | int | Decimal)


def _is_orderable(value: object) -> bool:
    return isinstance(value, str | int | Decimal) and not isinstance(value, bool)


def _is_range(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_orderable, value)):
        return False
    low, high = map(comparable, value)
    return type(low) is type(high) and bool(low <= high)


def _is_number_up_to(most: int | Decimal, *, whole: bool = True) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return is_number and 0 < value <= most and (not whole or value == int(value))

    return fits


# What operators can be asked to find.
_VALUES: tuple[tuple[tuple[str, ...], Callable[[Any], bool], str], ...] = (
    (("eq", "ne", "contains"), is_scalar, "must be a string, a number, true or false"),
    (("gt", "gte", "lt", "lte"), _is_orderable, "must be a number or a string"),
    (("between",), _is_range, "must be two numbers or two strings, the lower first"),
    (("starts_with",), lambda value: isinstance(value, str), "must be a string"),
    (
        ("in", "not_in"),
        lambda value: isinstance(value, list) and bool(value) and all(map(is_scalar, value)),
        "must be a list of strings, numbers, true or false",
    ),
    (("total_gte",), _is_number_up_to(LARGEST, whole=False), "must be a number above 0"),
    (("count_gte", "repeat_gte"), _is_number_up_to(1_000_000), "must be a whole number from 1 to 1000000"),
    (
        ("distinct_gte",),
        _is_number_up_to(MAX_DISTINCT_VALUES),
        f"must be a whole number from 1 to {MAX_DISTINCT_VALUES}",
    ),
)
_CHECKS = {operator: (fits, message) for operators, fits, message in _VALUES for operator in operators}


def _not_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("missing", "is required")
    return value


_RequiredField = Annotated[FieldPath, BeforeValidator(_not_null)]
_RequiredItemField = Annotated[RelativePath, BeforeValidator(_not_null)]


class _Condition(Settings):
    times: ClassVar[frozenset[str]] = TIMES
    """Fields that hold an instant."""

    field: str | None
    operator: Operator
    value: Any
    within: Window | None = None

    @field_validator("operator")
    @classmethod
    def _check_operator(cls, operator: str, info: ValidationInfo) -> str:
        if info.data.get("field") in cls.times and operator in ("eq", "ne", "in", "not_in", "contains"):
            raise PydanticCustomError("operator", f"cannot be asked of a time; use one of {', '.join(ORDERING)}")
        return operator

    @field_validator("value")
    @classmethod
    def _check_value(cls, value: Any, info: ValidationInfo) -> Any:
        operator = info.data.get("operator", "")
        fits, message = _CHECKS.get(operator, (None, ""))
        if fits and not fits(value):
            raise PydanticCustomError("value", message)
        several = isinstance(value, list)
        is_of_times = operator in ORDERING and info.data.get("field") in cls.times
        if is_of_times and not all(map(is_day_or_time, value if several else [value])):
            message = DAY_OR_TIME.replace("must be", "must be two, each", 1) if several else DAY_OR_TIME
            raise PydanticCustomError("value", message)
        return value

    @field_validator("within")
    @classmethod
    def _check_within(cls, within: str | None, info: ValidationInfo) -> str | None:
        operator = info.data.get("operator")
        if within and operator and operator not in HISTORY_OPERATORS:
            message = f"means nothing with {operator}: only operators over history have a window"
            raise PydanticCustomError("within", message)
        return within


class EventCondition(_Condition):
    """A condition on the event itself, or on its customer as they are."""

    field: _RequiredField
    """Where to look, such as `order.value`; a list on the way stands for each of its elements."""
    operator: Literal[
        "eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "contains", "starts_with"
    ]  # fmt: skip
    """What is asked of the values there: it holds if it is true of one of them, `ne` and `not_in` if of all."""
    value: Any
    """What they are compared with, strings without case and numbers exactly; a list for `in`, `not_in`, `between`."""
    within: SkipJsonSchema[Window | None] = None


class ExistenceCondition(_Condition):
    """A condition that there is something at a field, or nothing."""

    field: _RequiredField
    """Where to look."""
    operator: Literal["exists"]
    """Whether there is a value."""
    value: bool | None = True
    """Whether there has to be one; true if this is left out."""
    within: SkipJsonSchema[Window | None] = None


class _OfItem(_Condition):
    times: ClassVar[frozenset[str]] = frozenset()

    @property
    def compiled(self) -> ItemCondition:
        """The condition ready to be asked of an item."""
        return ItemCondition(Source.of(self.field or ""), compile_predicate(self.operator, self.value))


class ItemEventCondition(EventCondition, _OfItem):
    """A condition on one item of a list."""

    field: _RequiredItemField
    """Where to look in the item, such as `sku`; a list on the way stands for each of its elements."""


class ItemExistenceCondition(ExistenceCondition, _OfItem):
    """A condition that there is something at a field of an item, or nothing."""

    field: _RequiredItemField
    """Where to look in the item."""


class _UnknownOfItem(_OfItem):
    """A condition on an item whose operator is none for items; its error lists those that are."""

    field: RelativePath | None = None
    operator: Literal[
        "eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "contains", "starts_with", "exists"
    ]  # fmt: skip
    value: Any = None


def _kind(condition: Any) -> str:
    if isinstance(condition, Mapping) and condition.get("any_item") is not None:
        return union_tag("any_item")
    operator = str(condition.get("operator")) if isinstance(condition, Mapping) else ""
    if operator in ("exists", "count_gte"):
        return union_tag(operator)
    if operator in HISTORY_OPERATORS:
        return union_tag("history")
    return union_tag("event" if operator in _CHECKS else "")


def _kind_of_item(condition: Any) -> str:
    tag = _kind(condition)
    return tag if tag in (union_tag("event"), union_tag("exists")) else union_tag("")


_AnyItemCondition = Annotated[
    Annotated[ItemEventCondition, Tag(union_tag("event"))]
    | Annotated[ItemExistenceCondition, Tag(union_tag("exists"))]
    | SkipJsonSchema[Annotated[_UnknownOfItem, Tag(union_tag(""))]],
    Discriminator(_kind_of_item),
]

Where = Annotated[
    list[Annotated[list[_AnyItemCondition], Field(min_length=1, max_length=50)]], Field(min_length=1, max_length=50)
]
"""Conditions that choose items of a list: all of any inner list have to hold for the same item."""


class Measured(Settings):
    """Something with a field whose values it counts or adds up, of all items or of some."""

    where: Where | None = None
    """Which items count: all of any inner list have to hold for the same one. What they name are fields of the line in
    `order.products`, of the entry in `redeem`, else of the object that has the field."""

    field_name: ClassVar[str] = "field"

    @field_validator("where")
    @classmethod
    def _check_where(cls, where: Where | None, info: ValidationInfo) -> Where | None:
        field = info.data.get(cls.field_name, "")
        if where and field is None:
            raise PydanticCustomError("where", "means nothing without a field")
        return _possible(where, items_of(field)) if where and field else where

    @cached_property
    def source(self) -> Source:
        """Where its values come from."""
        return source_of(getattr(self, self.field_name), self.where)


def source_of(field: str, where: Where | None, items: str | None = None) -> Source:
    """Where the values at a field come from; with a `where`, of those items for which it holds.

    The items are those that have the field, or `items`.
    """
    if not where:
        return Source.of(field)
    items = items_of(field) if items is None else items
    written = "|".join(" ".join(f"{one.field} {one.operator} {one.value!r}" for one in some) for some in where)
    compiled = tuple(tuple(one.compiled for one in together) for together in where)
    return Source.within(items, field[len(items) :].removeprefix("."), compiled, written)


def _possible(where: Where, items: str) -> Where:
    """The conditions, if an item at that path can have all that they name."""
    for i, together in enumerate(where):
        for j, one in enumerate(together):
            try:
                refuse_impossible(f"{items}.{one.field}" if items else str(one.field))
            except PydanticCustomError as error:
                raise wrong_at((i, j, "field"), error.message()) from None
    return where


class AnyItemCondition(Settings):
    """A condition that there is one item in a list for which several conditions hold together."""

    any_item: ItemsPath
    """Where the list is, such as `order.products`; a single object counts as a list of one."""
    where: Where
    """What has to hold for the same item: all of any inner list. What they name are fields of the item."""

    @field_validator("where")
    @classmethod
    def _check_where(cls, where: Where, info: ValidationInfo) -> Where:
        items = info.data.get("any_item")
        return _possible(where, items) if items else where

    @cached_property
    def source(self) -> Source:
        """Where the items come from for which it holds."""
        return source_of("", self.where, self.any_item)


class HistoryCondition(Measured, _Condition):
    """A condition on what the customer has done so far, this event included."""

    field: _RequiredField
    """Where to look in each event."""
    operator: Literal["total_gte", "distinct_gte", "repeat_gte"]
    """What is counted: the sum of the numbers there, the different values, or the events with the same value."""
    value: Any
    """How far that has to come."""
    within: Window | None = None
    """How far history is looked back at; all of it if this is left out."""


class CountCondition(Measured, _Condition):
    """A condition on how many events the customer had so far, this one included."""

    field: FieldPath | None = None
    """Only events with something there are counted; all if this is left out."""
    operator: Literal["count_gte"]
    """That events are counted."""
    value: Any
    """How many there have to be."""
    within: Window | None = None
    """How far history is looked back at; all of it if this is left out."""


class _Unknown(_Condition):
    """A condition whose operator is not known; its error lists those that are."""

    field: FieldPath | None = None
    operator: Operator
    value: Any = None


Condition = Annotated[
    Annotated[EventCondition, Tag(union_tag("event"))]
    | Annotated[ExistenceCondition, Tag(union_tag("exists"))]
    | Annotated[AnyItemCondition, Tag(union_tag("any_item"))]
    | Annotated[HistoryCondition, Tag(union_tag("history"))]
    | Annotated[CountCondition, Tag(union_tag("count_gte"))]
    | SkipJsonSchema[Annotated[_Unknown, Tag(union_tag(""))]],
    Discriminator(_kind),
]
"""A condition; its operator says which of these it is, or `any_item`."""
