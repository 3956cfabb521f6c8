"""Campaigns: put one, or many with the rewards and config offers that they name; read one with what it has left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from loyalty.domain.errors import CampaignNotFoundError, FieldProblem, ValidationError
from loyalty.domain.limits.budgets import MAX_BUDGETS_PER_TRIGGER, BudgetRemainder, Shards, remainder
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.changes import Author, Kind
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.campaigns import Campaign, Limits, check_campaign, read_stored, to_document
from loyalty.domain.rules.schemas import ProgramSettings
from loyalty.store import program, published
from loyalty.store.budgets import load_left
from loyalty.store.table import MAX_TRANSACTION_WRITES, Item, retry_on_conflict

Json = dict[str, Any]


class CampaignState(NamedTuple):
    """A campaign as it was written, what is left of its limits, and what keeps it from being read, if anything does."""

    document: Json
    left: BudgetRemainder
    problems: Sequence[FieldProblem]


@retry_on_conflict
def put_campaign(brand_id: str, campaign_id: str, body: Json, author: Author) -> Json:
    """Store a campaign and return it as stored. Raises ValidationError with every invalid field, BrandNotFoundError."""
    brand = program.load_brand(brand_id)
    campaign = check_campaign(body, program.load_catalog(brand_id))
    if campaign.limits and campaign.limits.shared:
        _refuse_too_many(brand_id, {campaign_id: campaign}, "limits")
    document = to_document(body)
    before = program.load_before(brand_id, Kind.CAMPAIGN, [campaign_id]).get(campaign_id)
    published.commit(brand, author, [_edit(brand, campaign_id, campaign, document, before)])
    return document


@retry_on_conflict
def put_program(brand_id: str, settings: ProgramSettings, sent: Json, author: Author) -> None:
    """Store many rewards, config offers and campaigns in one transaction, as one version of the rules.

    Campaigns may name rewards and config offers that come with them; what is not named stays as it is. Raises
    ValidationError with every invalid field by its path, or if one transaction cannot hold it all; BrandNotFoundError.
    """
    brand = program.load_brand(brand_id)
    rewards = {id_: Reward.written(id_, one.model_dump()) for id_, one in (settings.rewards or {}).items()}
    config_offers = {
        id_: ConfigOffer(id_, **one.model_dump(exclude_none=True))
        for id_, one in (settings.config_offers or {}).items()
    }
    documents: Json = sent.get("campaigns") or {}
    existing = program.load_catalog(brand_id)
    catalog = Catalog({**existing.rewards, **rewards}, {**existing.config_offers, **config_offers})
    campaigns = _check_campaigns(documents, catalog)
    _refuse_too_many(brand_id, campaigns, "campaigns")
    before = {
        kind: program.load_before(brand_id, kind, some)
        for kind, some in ((Kind.REWARD, rewards), (Kind.CONFIG_OFFER, config_offers), (Kind.CAMPAIGN, campaigns))
        if some
    }
    edits = [
        *(program.reward_edit(brand_id, one, before[Kind.REWARD].get(id_)) for id_, one in rewards.items()),
        *(
            program.config_offer_edit(brand_id, one, before[Kind.CONFIG_OFFER].get(id_))
            for id_, one in config_offers.items()
        ),
        *(
            _edit(brand, id_, one, to_document(documents[id_]), before[Kind.CAMPAIGN].get(id_))
            for id_, one in campaigns.items()
        ),
    ]
    if (count := published.write_count(edits)) > MAX_TRANSACTION_WRITES:
        problem = f"needs {count} writes, and one call has {MAX_TRANSACTION_WRITES}; send fewer at once"
        raise ValidationError(*(FieldProblem(name, problem) for name in settings.model_fields_set))
    published.commit(brand, author, edits)


def read_campaign(brand_id: str, campaign_id: str) -> CampaignState:
    """The campaign. Raises CampaignNotFoundError."""
    found = program.load_campaign(brand_id, campaign_id)
    if found is None:
        raise CampaignNotFoundError("there is no campaign with this id")
    document, all_shards = found
    limits = document.get("limits") or {}
    budget, times = limits.get("budget") is not None, bool(limits.get("per_campaign"))
    counts = {campaign_id: Shards(ever=all_shards)}
    left = load_left(brand_id, [campaign_id], counts=counts) if budget or times else {}
    read = read_stored(document)
    return CampaignState(
        document,
        remainder(left.get(campaign_id, {}), budget=budget, times=times),
        [] if isinstance(read, Campaign) else read,
    )


def _edit(
    brand: Brand, campaign_id: str, campaign: Campaign, document: Json, before: Item | None
) -> program.Edit | None:
    limits = campaign.limits or Limits(shards=None)
    return program.campaign_edit(
        brand, campaign_id, document, before, budget=limits.budget, times=limits.times, shards=limits.shards
    )


def _check_campaigns(documents: Mapping[str, Any], catalog: Catalog) -> dict[str, Campaign]:
    campaigns: dict[str, Campaign] = {}
    problems: list[FieldProblem] = []
    for id_, document in documents.items():
        try:
            campaigns[id_] = check_campaign(document, catalog)
        except ValidationError as error:
            problems += (one._replace(field=f"campaigns.{id_}.{one.field}") for one in error.fields)
    if problems:
        raise ValidationError(*problems)
    return campaigns


def _refuse_too_many(brand_id: str, campaigns: Mapping[str, Campaign], field: str) -> None:
    """One transaction consumes all budgets of an event's trigger, so their number is limited."""
    shared = {id_: one for id_, one in campaigns.items() if one.limits and one.limits.shared}
    if not shared:
        return
    others = (one for id_, one in program.load_campaigns(brand_id).items() if id_ not in campaigns)
    triggers = [one["trigger"] for one in others if _is_shared(one.get("limits") or {})]
    counts = Counter([*triggers, *(one.trigger for one in shared.values())])
    if any(counts[one.trigger] > MAX_BUDGETS_PER_TRIGGER for one in shared.values()):
        problem = f"only {MAX_BUDGETS_PER_TRIGGER} campaigns of one trigger may have a budget or per_campaign"
        raise ValidationError(FieldProblem(field, problem))


def _is_shared(limits: Mapping[str, Any]) -> bool:
    """Whether the limits of a stored campaign are shared; as it was written, as a campaign may be unreadable."""
    return limits.get("budget") is not None or limits.get("per_campaign") is not None
