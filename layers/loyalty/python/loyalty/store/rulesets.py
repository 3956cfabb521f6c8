"""Rulesets, compiled once for each version of a brand's rules and kept in memory."""

from collections import OrderedDict

from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.store.program import cached, load_campaigns_since, load_catalog

_rulesets: OrderedDict[str, tuple[int, Ruleset]] = OrderedDict()


def ruleset_of(brand: Brand) -> Ruleset:
    """The ruleset of that version of the brand, or of a newer one."""
    return cached(_rulesets, brand, _compile)


def last_ruleset(brand_id: str) -> Ruleset | None:
    """The ruleset of the brand that this process used last."""
    cached_ruleset = _rulesets.get(brand_id)
    return cached_ruleset[1] if cached_ruleset else None


def _compile(brand: Brand) -> Ruleset:
    catalog, campaigns = load_catalog(brand.brand_id), load_campaigns_since(brand.brand_id)
    documents = {campaign_id: document for campaign_id, (document, _) in campaigns.items()}
    since = {campaign_id: version for campaign_id, (_, version) in campaigns.items()}
    return Ruleset.compile(brand, catalog, documents, since)
