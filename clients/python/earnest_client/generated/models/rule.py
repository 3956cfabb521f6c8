from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.any_item_condition import AnyItemCondition
    from ..models.count_condition import CountCondition
    from ..models.event_condition import EventCondition
    from ..models.existence_condition import ExistenceCondition
    from ..models.give_offer import GiveOffer
    from ..models.history_condition import HistoryCondition
    from ..models.multiple import Multiple
    from ..models.percentage import Percentage
    from ..models.points import Points
    from ..models.set_tag import SetTag
    from ..models.tier_points import TierPoints


T = TypeVar("T", bound="Rule")


@_attrs_define
class Rule:
    """Its effects apply if any of the outer conditions holds whole; without conditions they always do.

    Attributes:
        effects (list[GiveOffer | Multiple | Percentage | Points | SetTag | TierPoints]): What it then does, all of it.
        name (None | str | Unset): What people call it.
        conditions (list[list[AnyItemCondition | CountCondition | EventCondition | ExistenceCondition |
            HistoryCondition]] | None | Unset): Any of these lists has to hold whole.
    """

    effects: list[GiveOffer | Multiple | Percentage | Points | SetTag | TierPoints]
    name: None | str | Unset = UNSET
    conditions: (
        list[list[AnyItemCondition | CountCondition | EventCondition | ExistenceCondition | HistoryCondition]]
        | None
        | Unset
    ) = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.any_item_condition import AnyItemCondition  # noqa: PLC0415
        from ..models.event_condition import EventCondition  # noqa: PLC0415
        from ..models.existence_condition import ExistenceCondition  # noqa: PLC0415
        from ..models.history_condition import HistoryCondition  # noqa: PLC0415
        from ..models.multiple import Multiple  # noqa: PLC0415
        from ..models.percentage import Percentage  # noqa: PLC0415
        from ..models.points import Points  # noqa: PLC0415
        from ..models.set_tag import SetTag  # noqa: PLC0415
        from ..models.tier_points import TierPoints  # noqa: PLC0415

        effects = []
        for effects_item_data in self.effects:
            effects_item: dict[str, Any]
            if isinstance(effects_item_data, Points):
                effects_item = effects_item_data.to_dict()
            elif isinstance(effects_item_data, TierPoints):
                effects_item = effects_item_data.to_dict()
            elif isinstance(effects_item_data, Percentage):
                effects_item = effects_item_data.to_dict()
            elif isinstance(effects_item_data, Multiple):
                effects_item = effects_item_data.to_dict()
            elif isinstance(effects_item_data, SetTag):
                effects_item = effects_item_data.to_dict()
            else:
                effects_item = effects_item_data.to_dict()

            effects.append(effects_item)

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        conditions: list[list[dict[str, Any]]] | None | Unset
        if isinstance(self.conditions, Unset):
            conditions = UNSET
        elif isinstance(self.conditions, list):
            conditions = []
            for conditions_type_0_item_data in self.conditions:
                conditions_type_0_item = []
                for conditions_type_0_item_item_data in conditions_type_0_item_data:
                    conditions_type_0_item_item: dict[str, Any]
                    if isinstance(conditions_type_0_item_item_data, EventCondition):
                        conditions_type_0_item_item = conditions_type_0_item_item_data.to_dict()
                    elif isinstance(conditions_type_0_item_item_data, ExistenceCondition):
                        conditions_type_0_item_item = conditions_type_0_item_item_data.to_dict()
                    elif isinstance(conditions_type_0_item_item_data, AnyItemCondition):
                        conditions_type_0_item_item = conditions_type_0_item_item_data.to_dict()
                    elif isinstance(conditions_type_0_item_item_data, HistoryCondition):
                        conditions_type_0_item_item = conditions_type_0_item_item_data.to_dict()
                    else:
                        conditions_type_0_item_item = conditions_type_0_item_item_data.to_dict()

                    conditions_type_0_item.append(conditions_type_0_item_item)

                conditions.append(conditions_type_0_item)

        else:
            conditions = self.conditions

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "effects": effects,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if conditions is not UNSET:
            field_dict["conditions"] = conditions

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.any_item_condition import AnyItemCondition  # noqa: PLC0415
        from ..models.count_condition import CountCondition  # noqa: PLC0415
        from ..models.event_condition import EventCondition  # noqa: PLC0415
        from ..models.existence_condition import ExistenceCondition  # noqa: PLC0415
        from ..models.give_offer import GiveOffer  # noqa: PLC0415
        from ..models.history_condition import HistoryCondition  # noqa: PLC0415
        from ..models.multiple import Multiple  # noqa: PLC0415
        from ..models.percentage import Percentage  # noqa: PLC0415
        from ..models.points import Points  # noqa: PLC0415
        from ..models.set_tag import SetTag  # noqa: PLC0415
        from ..models.tier_points import TierPoints  # noqa: PLC0415

        d = dict(src_dict)
        effects = []
        _effects = d.pop("effects")
        for effects_item_data in _effects:

            def _parse_effects_item(data: object) -> GiveOffer | Multiple | Percentage | Points | SetTag | TierPoints:
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    effects_item_type_0 = Points.from_dict(data)

                    return effects_item_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    effects_item_type_1 = TierPoints.from_dict(data)

                    return effects_item_type_1
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    effects_item_type_2 = Percentage.from_dict(data)

                    return effects_item_type_2
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    effects_item_type_3 = Multiple.from_dict(data)

                    return effects_item_type_3
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    effects_item_type_4 = SetTag.from_dict(data)

                    return effects_item_type_4
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, dict):
                    raise TypeError()
                effects_item_type_5 = GiveOffer.from_dict(data)

                return effects_item_type_5

            effects_item = _parse_effects_item(effects_item_data)

            effects.append(effects_item)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_conditions(
            data: object,
        ) -> (
            list[list[AnyItemCondition | CountCondition | EventCondition | ExistenceCondition | HistoryCondition]]
            | None
            | Unset
        ):
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                conditions_type_0 = []
                _conditions_type_0 = data
                for conditions_type_0_item_data in _conditions_type_0:
                    conditions_type_0_item = []
                    _conditions_type_0_item = conditions_type_0_item_data
                    for conditions_type_0_item_item_data in _conditions_type_0_item:

                        def _parse_conditions_type_0_item_item(
                            data: object,
                        ) -> AnyItemCondition | CountCondition | EventCondition | ExistenceCondition | HistoryCondition:
                            try:
                                if not isinstance(data, dict):
                                    raise TypeError()
                                conditions_type_0_item_item_type_0 = EventCondition.from_dict(data)

                                return conditions_type_0_item_item_type_0
                            except (TypeError, ValueError, AttributeError, KeyError):
                                pass
                            try:
                                if not isinstance(data, dict):
                                    raise TypeError()
                                conditions_type_0_item_item_type_1 = ExistenceCondition.from_dict(data)

                                return conditions_type_0_item_item_type_1
                            except (TypeError, ValueError, AttributeError, KeyError):
                                pass
                            try:
                                if not isinstance(data, dict):
                                    raise TypeError()
                                conditions_type_0_item_item_type_2 = AnyItemCondition.from_dict(data)

                                return conditions_type_0_item_item_type_2
                            except (TypeError, ValueError, AttributeError, KeyError):
                                pass
                            try:
                                if not isinstance(data, dict):
                                    raise TypeError()
                                conditions_type_0_item_item_type_3 = HistoryCondition.from_dict(data)

                                return conditions_type_0_item_item_type_3
                            except (TypeError, ValueError, AttributeError, KeyError):
                                pass
                            if not isinstance(data, dict):
                                raise TypeError()
                            conditions_type_0_item_item_type_4 = CountCondition.from_dict(data)

                            return conditions_type_0_item_item_type_4

                        conditions_type_0_item_item = _parse_conditions_type_0_item_item(
                            conditions_type_0_item_item_data
                        )

                        conditions_type_0_item.append(conditions_type_0_item_item)

                    conditions_type_0.append(conditions_type_0_item)

                return conditions_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(
                list[list[AnyItemCondition | CountCondition | EventCondition | ExistenceCondition | HistoryCondition]]
                | None
                | Unset,
                data,
            )

        conditions = _parse_conditions(d.pop("conditions", UNSET))

        rule = cls(
            effects=effects,
            name=name,
            conditions=conditions,
        )

        return rule
