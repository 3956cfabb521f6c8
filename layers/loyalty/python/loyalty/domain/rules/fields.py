"""The fields a rule can look at: which an event and its customer can have, and what one event has there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from loyalty.domain.money import total
from loyalty.domain.rules.predicates import MAX_VALUES, Predicate, Readings

MAX_STEPS = 1_000_000
"""How many values are looked at and compared for one event at most: tenths of a second."""

_STEPS_OF_A_LOOK_UP = 10
_NOTHING = Readings(())


class _Node(NamedTuple):
    """What may stand under a name: the names that are known there, and whether others may be sent as well.

    `several` says that it is a list, each element of which is such a thing.
    """

    names: Mapping[str, Any] = {}
    open: bool = False
    several: bool = False


_VALUE = _Node()
_ANYTHING = _Node(open=True)
_REDEEM = _Node({"id": _VALUE, "amount": _VALUE}, open=True, several=True)
_MONEY = {"value": _VALUE, "discounted_value": _VALUE, "redeem": _REDEEM, "metadata": _ANYTHING, "tags": _ANYTHING}
_PRODUCT = _Node({**_MONEY, "sku": _VALUE, "amount": _VALUE}, open=True)
_ORDER_VALUES = dict.fromkeys(("purchase_id", "payment_method", "channel_id", "store_id"), _VALUE)
_EVENT_VALUES = dict.fromkeys(
    ("type", "platform", "referral_code", "customer_id", "brand_id", "fulfilled", "reserve", "issued_at"), _VALUE
)
_CUSTOMER_VALUES = dict.fromkeys(
    ("id", "created_at", "email", "mobile", "tier", "first_of_type", "is_birthday_month"), _VALUE
)
_CUSTOMER = _Node({**_CUSTOMER_VALUES, "tags": _ANYTHING, "attributes": _ANYTHING})
_PRODUCTS = _PRODUCT._replace(several=True)
_ORDER = {**_MONEY, **_ORDER_VALUES, "products": _PRODUCTS, "shipping": _Node(_MONEY, open=True)}
_EVENT = _Node(
    {
        **_EVENT_VALUES,
        "order": _Node(_ORDER, open=True),
        "product": _PRODUCT,
        "redeem": _REDEEM,
        "metadata": _ANYTHING,
        "tags": _ANYTHING,
        "customer": _CUSTOMER,
    },
    open=True,
)
CUSTOMER_FIELDS = tuple(_CUSTOMER.names)
"""What is known of a customer, beside what an event says."""

TIMES = frozenset(("customer.created_at", "issued_at"))
"""Fields that hold an instant: what they are compared with is a time, or a day of the brand."""


def _nodes(field: str) -> Iterator[_Node]:
    """Yield what stands under each name of a path; PydanticCustomError where no event can have anything."""
    node = _EVENT
    parents: list[str] = []
    for name in field.split("."):
        if not name.strip():
            raise PydanticCustomError("field", "must be names with single dots between them")
        if name in node.names:
            node = node.names[name]
        elif node.open:
            node = _ANYTHING
        elif not node.names:
            raise PydanticCustomError("field", f"cannot exist: {'.'.join(parents)} is a single value")
        else:
            raise PydanticCustomError("field", f"cannot exist: {'.'.join(parents)} has {', '.join(sorted(node.names))}")
        parents.append(name)
        yield node


def refuse_impossible(field: str) -> str:
    """The field; PydanticCustomError if no event can have anything there."""
    for _ in _nodes(field):
        pass
    return field


def _refuse_single_values(field: str) -> str:
    if list(_nodes(field))[-1] == _VALUE:
        raise PydanticCustomError("field", "is a single value, and has no items")
    return field


def _refuse_empty_names(field: str) -> str:
    if not all(map(str.strip, field.split("."))):
        raise PydanticCustomError("field", "must be names with single dots between them")
    return field


def items_of(field: str) -> str:
    """The path of the items that have a field: lines of an order, redemptions, else what has the field's last name.

    Empty if that is the event itself.
    """
    names = field.split(".")
    several = [i for i, node in enumerate(_nodes(field), 1) if node.several and i < len(names)]
    return ".".join(names[: several[-1] if several else -1])


FieldPath = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(refuse_impossible)]
"""Names with dots between them, such as `order.products.sku`, under which an event can have something."""

ItemsPath = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_refuse_single_values)]
"""Names with dots between them, such as `order.products`, under which an event can have a list of objects."""

RelativePath = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_refuse_empty_names)]
"""Names with dots between them, such as `sku`, under which an item can have something."""


class ItemCondition(NamedTuple):
    """A condition on one item of a list: what is asked of the values at a field of it."""

    source: "Source"
    predicate: Predicate


Where = tuple[tuple[ItemCondition, ...], ...]
"""Conditions that choose items: all of one of these lists have to hold."""


class Source(NamedTuple):
    """Where the values come from that a condition, a counter or an effect looks at: the same `key`, the same values.

    That is a path; if there is a `where`, within the items for which it holds.
    """

    key: str
    path: tuple[str, ...]
    items: "Source | None" = None
    where: Where = ()

    @property
    def field(self) -> str:
        """The field as it was written."""
        return ".".join((*(self.items.path if self.items else ()), *self.path))

    @classmethod
    def of(cls, field: str) -> "Source":
        """All values at a field."""
        return cls(field, tuple(field.split(".")) if field else ())

    @classmethod
    def within(cls, items: str, field: str, where: Where, written: str) -> "Source":
        """The values at a field of the items for which a `where`, written like that, holds.

        An empty `field` stands for the items themselves.
        """
        return cls(f"{items}|{field}|{written}", cls.of(field).path, cls.of(items), where)


class TooManySteps(Exception):
    """What there is to look at takes more steps than one event may."""


class EventFields:
    """What one event has at fields: looked up and converted once however many campaigns ask, and bounded.

    A list of a hundred thousand numbers, asked for by a thousand conditions, would take a function half a minute. So a
    field counts with its first MAX_VALUES values, those that had more are in `cut`, and after MAX_STEPS every look-up
    that is new raises TooManySteps. Of sources that choose items, `nearest` has the number of the item that met their
    conditions, or came nearest, and then the positions of the conditions that it met.
    """

    def __init__(self, facts: Mapping[str, Any], steps_left: list[int] | None = None) -> None:
        self.facts = facts
        self.cut: set[str] = set()
        self.nearest: dict[str, list[int]] = {}
        self._steps_left = [MAX_STEPS] if steps_left is None else steps_left
        self._found: dict[str, Readings] = {}
        self._items: dict[str, list[EventFields]] = {}
        self._totals: dict[str, Decimal] = {}

    def at(self, source: Source) -> Readings:
        """The values there, in all forms that they are compared in. Raises TooManySteps."""
        found = self._found.get(source.key)
        if found is None:
            values = self._values_of_items(source) if source.items else self._values(source.path)
            if len(values) > MAX_VALUES:
                self.cut.add(source.key)
            found = self._found[source.key] = Readings(values[:MAX_VALUES]) if values else _NOTHING
        return found

    def found(self, source: Source) -> Sequence[Any]:
        """The values there if they have been looked up."""
        found = self._found.get(source.key)
        return found.values if found else ()

    def total(self, source: Source) -> Decimal:
        """The sum of the numbers there, those that are sent as text as well; zero if there are none."""
        if source.key not in self._totals:
            self._totals[source.key] = total(one for one in self.at(source).readings if isinstance(one, Decimal))
        return self._totals[source.key]

    def holds(self, source: Source, predicate: Predicate) -> bool:
        """Whether a predicate holds for the values there. Raises TooManySteps."""
        found = self.at(source)
        self.take_steps(predicate.comparisons(found))
        return predicate.holds(found)

    def items(self, source: Source) -> "list[EventFields]":
        """The objects there, each with the fields that it has itself. Raises TooManySteps."""
        if source.key not in self._items:
            objects = [one for one in self.at(source).values if isinstance(one, Mapping)]
            self._items[source.key] = [EventFields(one, self._steps_left) for one in objects]
        return self._items[source.key]

    def take_steps(self, steps: int) -> None:
        """Note that so much is to be done. Raises TooManySteps if that is more than is left, now and from then on."""
        self._steps_left[0] -= steps
        if self._steps_left[0] < 0:
            raise TooManySteps

    def _values(self, path: Sequence[str]) -> list[Any]:
        """The values at a path, up to one more than count."""
        self.take_steps(_STEPS_OF_A_LOOK_UP)
        values: list[Any] = []
        steps = 0
        for value in _ends(self.facts, path):
            steps += 1
            if value is not None:
                values.append(value)
                if len(values) > MAX_VALUES:
                    break
        self.take_steps(steps)
        return values

    def _values_of_items(self, source: Source) -> list[Any]:
        """The values within the items that meet all of one list of conditions."""
        values: list[Any] = []
        fewest = None
        assert source.items
        for i, item in enumerate(self.items(source.items)):
            met = [[item.holds(*one) for one in together] for together in source.where]
            missing = min(together.count(False) for together in met)
            if fewest is None or missing < fewest:
                fewest = missing
                self.nearest[source.key] = [i, *(n for n, one in enumerate(chain.from_iterable(met)) if one)]
            if not missing and len(values) <= MAX_VALUES:
                values += item.at(Source.of(".".join(source.path))).values
            if item.cut:
                self.cut.add(source.key)
        if source.items.key in self.cut:
            self.cut.add(source.key)
        return values


def _ends(facts: object, path: Sequence[str]) -> Iterable[Any]:
    """What is at every end of a path, None where it ends at nothing; a list stands for each of its elements.

    There is at least one, so that whoever counts sees each look-up. `tags.vip` finds true in both forms tags are sent
    in: `{"vip": true}` and `["vip"]`.
    """
    for i, name in enumerate(path):
        if isinstance(facts, (list, tuple)):
            return _ends_of_elements(facts, path[i:])
        if not isinstance(facts, (dict, Mapping)) or name not in facts:
            return (None,)
        facts = facts[name]
    return _ends_of_elements(facts, ()) if isinstance(facts, (list, tuple)) else (facts,)


def _ends_of_elements(elements: Sequence[Any], path: Sequence[str]) -> Iterator[Any]:
    for element in elements:
        if len(path) == 1 and element == path[0]:
            yield True
        else:
            yield from _ends(element, path)
    if not elements:
        yield None
