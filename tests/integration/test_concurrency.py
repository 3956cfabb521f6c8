"""Many calls at once on one wallet, over HTTP on the deployed stack."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.support.project import LONG
from tests.support.stack import Emit, balance, redeeming

# Each call at once is a worker that the engine starts, a second of a processor. That as many as come are right is
# asked of thirty on DynamoDB Local (tests/store/test_races.py); here, of what lies between the table and the caller.
SPENDERS, ENDERS = (30, 10) if LONG else (14, 6)


def test_many_at_once_spending_ten_of_a_hundred(api: httpx.Client, customer: str, emit: Emit) -> None:
    emit(100)
    body = {"brand_id": "demo", "customer_id": customer, "type": "PURCHASE", **redeeming(10)}
    with ThreadPoolExecutor(SPENDERS) as pool:
        answers = list(pool.map(lambda _: api.post("/behavior/events", json=body).status_code, range(SPENDERS)))
    assert Counter(answers) == {201: 10, 422: SPENDERS - 10}
    assert balance(api, customer) == {"available": 0, "reserved": 0, "pending": 0}


def test_the_same_purchase_at_once_is_paid_once(api: httpx.Client, customer: str) -> None:
    order = {"purchase_id": f"order-{customer}"}
    body = {"brand_id": "demo", "customer_id": customer, "type": "PURCHASE", "metadata": {"pay": 5}, "order": order}
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: api.post("/behavior/events", json=body), range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert balance(api, customer)["available"] == 5


def test_fulfil_and_reverse_at_once_end_it_once(api: httpx.Client, customer: str, emit: Emit) -> None:
    emit(40)
    held = emit(7, fulfilled=False, **redeeming(40))
    url = f"/behavior/events/{held['id']}"

    def act(turn: int) -> int:
        if turn % 2:
            return api.patch(f"{url}/fulfill").status_code
        return api.post(f"{url}/reverse", json={"reason": "race"}).status_code

    with ThreadPoolExecutor(ENDERS) as pool:
        assert set(pool.map(act, range(ENDERS))) <= {200, 409}
    status = api.get(url).json()["data"]["status"]
    assert balance(api, customer)["available"] == {"CANCELLED": 40, "REVERSED": 40, "RESOLVED": 7}[status]
