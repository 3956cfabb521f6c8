from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.budget_spent_error import BudgetSpentError
from ...models.event_cancelled_error import EventCancelledError
from ...models.event_data_response import EventDataResponse
from ...models.event_not_found_error import EventNotFoundError
from ...models.event_pending_error import EventPendingError
from ...models.event_resolved_error import EventResolvedError
from ...models.event_reversed_error import EventReversedError
from ...models.forbidden import Forbidden
from ...models.insufficient_balance_error import InsufficientBalanceError
from ...models.internal_error import InternalError
from ...models.item_too_large_error import ItemTooLargeError
from ...models.limit_reached_error import LimitReachedError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.purchase_replaced_error import PurchaseReplacedError
from ...models.rescue_request import RescueRequest
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_lots_error import TooManyLotsError
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: RescueRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    params["dry_run"] = dry_run

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/behavior/events/{id}/rescue".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    BudgetSpentError
    | InsufficientBalanceError
    | ItemTooLargeError
    | LimitReachedError
    | TooManyLotsError
    | EventCancelledError
    | EventPendingError
    | EventResolvedError
    | EventReversedError
    | PurchaseReplacedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 200:
        response_200 = EventDataResponse.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ValidationError.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Unauthorized.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Forbidden.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = EventNotFoundError.from_dict(response.json())

        return response_404

    if response.status_code == 409:

        def _parse_response_409(
            data: object,
        ) -> EventCancelledError | EventPendingError | EventResolvedError | EventReversedError | PurchaseReplacedError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_409_type_0 = EventCancelledError.from_dict(data)

                return response_409_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_409_type_1 = EventPendingError.from_dict(data)

                return response_409_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_409_type_2 = EventResolvedError.from_dict(data)

                return response_409_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_409_type_3 = EventReversedError.from_dict(data)

                return response_409_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_409_type_4 = PurchaseReplacedError.from_dict(data)

            return response_409_type_4

        response_409 = _parse_response_409(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = PayloadTooLargeError.from_dict(response.json())

        return response_413

    if response.status_code == 422:

        def _parse_response_422(
            data: object,
        ) -> BudgetSpentError | InsufficientBalanceError | ItemTooLargeError | LimitReachedError | TooManyLotsError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_0 = BudgetSpentError.from_dict(data)

                return response_422_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_1 = InsufficientBalanceError.from_dict(data)

                return response_422_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_2 = ItemTooLargeError.from_dict(data)

                return response_422_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_3 = LimitReachedError.from_dict(data)

                return response_422_type_3
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_422_type_4 = TooManyLotsError.from_dict(data)

            return response_422_type_4

        response_422 = _parse_response_422(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = TooManyRequests.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = InternalError.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = ServiceUnavailable.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[
    BudgetSpentError
    | InsufficientBalanceError
    | ItemTooLargeError
    | LimitReachedError
    | TooManyLotsError
    | EventCancelledError
    | EventPendingError
    | EventResolvedError
    | EventReversedError
    | PurchaseReplacedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: RescueRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    BudgetSpentError
    | InsufficientBalanceError
    | ItemTooLargeError
    | LimitReachedError
    | TooManyLotsError
    | EventCancelledError
    | EventPendingError
    | EventResolvedError
    | EventReversedError
    | PurchaseReplacedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """An event that has expired is paid after all.

     200 with the RESOLVED event, or a refusal that changes nothing; a dry run stores nothing.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (RescueRequest): An event that has expired is to be paid after all.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BudgetSpentError | InsufficientBalanceError | ItemTooLargeError | LimitReachedError | TooManyLotsError | EventCancelledError | EventPendingError | EventResolvedError | EventReversedError | PurchaseReplacedError | EventDataResponse | EventNotFoundError | Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    body: RescueRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> (
    BudgetSpentError
    | InsufficientBalanceError
    | ItemTooLargeError
    | LimitReachedError
    | TooManyLotsError
    | EventCancelledError
    | EventPendingError
    | EventResolvedError
    | EventReversedError
    | PurchaseReplacedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """An event that has expired is paid after all.

     200 with the RESOLVED event, or a refusal that changes nothing; a dry run stores nothing.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (RescueRequest): An event that has expired is to be paid after all.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BudgetSpentError | InsufficientBalanceError | ItemTooLargeError | LimitReachedError | TooManyLotsError | EventCancelledError | EventPendingError | EventResolvedError | EventReversedError | PurchaseReplacedError | EventDataResponse | EventNotFoundError | Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: RescueRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    BudgetSpentError
    | InsufficientBalanceError
    | ItemTooLargeError
    | LimitReachedError
    | TooManyLotsError
    | EventCancelledError
    | EventPendingError
    | EventResolvedError
    | EventReversedError
    | PurchaseReplacedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """An event that has expired is paid after all.

     200 with the RESOLVED event, or a refusal that changes nothing; a dry run stores nothing.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (RescueRequest): An event that has expired is to be paid after all.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BudgetSpentError | InsufficientBalanceError | ItemTooLargeError | LimitReachedError | TooManyLotsError | EventCancelledError | EventPendingError | EventResolvedError | EventReversedError | PurchaseReplacedError | EventDataResponse | EventNotFoundError | Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    body: RescueRequest,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> (
    BudgetSpentError
    | InsufficientBalanceError
    | ItemTooLargeError
    | LimitReachedError
    | TooManyLotsError
    | EventCancelledError
    | EventPendingError
    | EventResolvedError
    | EventReversedError
    | PurchaseReplacedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """An event that has expired is paid after all.

     200 with the RESOLVED event, or a refusal that changes nothing; a dry run stores nothing.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (RescueRequest): An event that has expired is to be paid after all.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BudgetSpentError | InsufficientBalanceError | ItemTooLargeError | LimitReachedError | TooManyLotsError | EventCancelledError | EventPendingError | EventResolvedError | EventReversedError | PurchaseReplacedError | EventDataResponse | EventNotFoundError | Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
            dry_run=dry_run,
            idempotency_key=idempotency_key,
        )
    ).parsed
