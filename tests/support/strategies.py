"""Hypothesis strategies: campaigns on purchases, and the values of purchases."""

from hypothesis import strategies as st

from tests.support.builders import campaign, effect, per

CONDITIONS = st.sampled_from(
    [
        {"field": "order.value", "operator": "gte", "value": 10},
        {"field": "order.value", "operator": "lt", "value": 25},
        {"field": "customer.first_of_type", "operator": "eq", "value": True},
        {"operator": "count_gte", "value": 2},
        {"field": "order.value", "operator": "total_gte", "value": 40, "within": "2/days"},
        {"field": "order.value", "operator": "distinct_gte", "value": 2},
        {"field": "order.value", "operator": "repeat_gte", "value": 2, "within": "3/hours"},
    ]
)
EFFECTS = st.sampled_from(
    [
        effect(3),
        effect(1, per=per()),
        effect("0.25", "stars", expires_in="1/day"),
        {"reward_id": "points", "percent": 20, "of": "order.value", "cap": 4},
        {"reward_id": "points", "multiply": 2},
        {"tag": "vip", "value": True},
        {"offer": "treat", "valid_for": "7/days"},
    ]
)
LIMITS = st.sampled_from(
    [
        {},
        {"per_customer": {"times": 1}},
        {"per_customer": {"times": 2, "period": "day"}},
        {"per_event": {"amount": 5}},
        {"budget": 9},
        {"budget": 9, "when_short": "nothing", "per_campaign": {"times": 2}},
    ]
)
CAMPAIGNS = st.lists(
    st.builds(
        lambda effects, conditions, limits: campaign(*effects, conditions=conditions, limits=limits),
        st.lists(EFFECTS, min_size=1, max_size=2),
        st.lists(st.lists(CONDITIONS, min_size=1, max_size=2), max_size=2),
        LIMITS,
    ),
    min_size=1,
    max_size=5,
)
VALUES = st.lists(st.integers(1, 30), min_size=1, max_size=6)
