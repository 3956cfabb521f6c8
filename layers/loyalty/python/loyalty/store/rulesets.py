"""Rulesets: the campaigns of a published program, compiled once; those that a change leaves as they were are kept."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from loyalty import json
from loyalty.domain.errors import FieldProblem
from loyalty.domain.program.program import Program, StoredCampaign
from loyalty.domain.rules.compiled import CompiledCampaign
from loyalty.domain.rules.ruleset import Ruleset, compile_stored

_MAX_BRANDS_COMPILED = 200


class _Compiled(NamedTuple):
    """The ruleset of a program, and each of its campaigns with what it was compiled from."""

    program: Program
    ruleset: Ruleset
    campaigns: dict[str, tuple[StoredCampaign, CompiledCampaign | Sequence[FieldProblem]]]


_compiled: OrderedDict[str, _Compiled] = OrderedDict()


def ruleset_of(program: Program) -> Ruleset:
    """The ruleset of a program."""
    brand_id = program.brand.brand_id
    last = _compiled.get(brand_id)
    if last is None or last.program is not program:
        last = _compiled[brand_id] = _compile(program, last)
    _compiled.move_to_end(brand_id)
    if len(_compiled) > _MAX_BRANDS_COMPILED:
        _compiled.popitem(last=False)
    return last.ruleset


def last_ruleset(brand_id: str) -> Ruleset | None:
    """The ruleset of the brand that this process used last."""
    last = _compiled.get(brand_id)
    return last.ruleset if last else None


def _compile(program: Program, last: _Compiled | None) -> _Compiled:
    tz = program.brand.tz
    before = last.campaigns if last and last.program.brand.tz == tz else {}
    campaigns = {}
    for id_, stored in sorted(program.campaigns.items()):
        kept = before.get(id_)
        if kept is None or kept[0] != stored:
            document = json.loads(stored.text)
            kept = stored, compile_stored(id_, document, tz, stored.since_version, stored.all_shards)
        campaigns[id_] = kept
    usable = [one for _, one in campaigns.values() if isinstance(one, CompiledCampaign)]
    left_out = {id_: one for id_, (_, one) in campaigns.items() if not isinstance(one, CompiledCampaign)}
    return _Compiled(program, Ruleset.of(program.catalog, usable, left_out), campaigns)
