from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.event_cancelled_error import EventCancelledError
from ...models.event_data_response import EventDataResponse
from ...models.event_expired_error import EventExpiredError
from ...models.event_not_found_error import EventNotFoundError
from ...models.event_resolved_error import EventResolvedError
from ...models.event_reversed_error import EventReversedError
from ...models.forbidden import Forbidden
from ...models.fulfil_request import FulfilRequest
from ...models.idempotency_mismatch_error import IdempotencyMismatchError
from ...models.internal_error import InternalError
from ...models.item_too_large_error import ItemTooLargeError
from ...models.more_than_left_error import MoreThanLeftError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: FulfilRequest | Unset = UNSET,
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
        "method": "patch",
        "url": "/behavior/events/{id}/fulfill".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    EventCancelledError
    | EventExpiredError
    | EventResolvedError
    | EventReversedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | MoreThanLeftError
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
        ) -> EventCancelledError | EventExpiredError | EventResolvedError | EventReversedError:
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
                response_409_type_1 = EventExpiredError.from_dict(data)

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
            if not isinstance(data, dict):
                raise TypeError()
            response_409_type_3 = EventReversedError.from_dict(data)

            return response_409_type_3

        response_409 = _parse_response_409(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = PayloadTooLargeError.from_dict(response.json())

        return response_413

    if response.status_code == 422:

        def _parse_response_422(data: object) -> IdempotencyMismatchError | ItemTooLargeError | MoreThanLeftError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_0 = IdempotencyMismatchError.from_dict(data)

                return response_422_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_422_type_1 = ItemTooLargeError.from_dict(data)

                return response_422_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_422_type_2 = MoreThanLeftError.from_dict(data)

            return response_422_type_2

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
    EventCancelledError
    | EventExpiredError
    | EventResolvedError
    | EventReversedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | MoreThanLeftError
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
    body: FulfilRequest | Unset = UNSET,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    EventCancelledError
    | EventExpiredError
    | EventResolvedError
    | EventReversedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | MoreThanLeftError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """The order is closed; what the event promised is paid, as far as it shipped.

     200 with the RESOLVED event, which pays all that it promised, or what has shipped; a dry run stores
    nothing.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (FulfilRequest | Unset): An event is to be paid as it was promised, or what was
            shipped of its order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventCancelledError | EventExpiredError | EventResolvedError | EventReversedError | EventDataResponse | EventNotFoundError | Forbidden | IdempotencyMismatchError | ItemTooLargeError | MoreThanLeftError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
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
    body: FulfilRequest | Unset = UNSET,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> (
    EventCancelledError
    | EventExpiredError
    | EventResolvedError
    | EventReversedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | MoreThanLeftError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """The order is closed; what the event promised is paid, as far as it shipped.

     200 with the RESOLVED event, which pays all that it promised, or what has shipped; a dry run stores
    nothing.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (FulfilRequest | Unset): An event is to be paid as it was promised, or what was
            shipped of its order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventCancelledError | EventExpiredError | EventResolvedError | EventReversedError | EventDataResponse | EventNotFoundError | Forbidden | IdempotencyMismatchError | ItemTooLargeError | MoreThanLeftError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
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
    body: FulfilRequest | Unset = UNSET,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    EventCancelledError
    | EventExpiredError
    | EventResolvedError
    | EventReversedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | MoreThanLeftError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """The order is closed; what the event promised is paid, as far as it shipped.

     200 with the RESOLVED event, which pays all that it promised, or what has shipped; a dry run stores
    nothing.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (FulfilRequest | Unset): An event is to be paid as it was promised, or what was
            shipped of its order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[EventCancelledError | EventExpiredError | EventResolvedError | EventReversedError | EventDataResponse | EventNotFoundError | Forbidden | IdempotencyMismatchError | ItemTooLargeError | MoreThanLeftError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
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
    body: FulfilRequest | Unset = UNSET,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> (
    EventCancelledError
    | EventExpiredError
    | EventResolvedError
    | EventReversedError
    | EventDataResponse
    | EventNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | MoreThanLeftError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """The order is closed; what the event promised is paid, as far as it shipped.

     200 with the RESOLVED event, which pays all that it promised, or what has shipped; a dry run stores
    nothing.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (FulfilRequest | Unset): An event is to be paid as it was promised, or what was
            shipped of its order.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        EventCancelledError | EventExpiredError | EventResolvedError | EventReversedError | EventDataResponse | EventNotFoundError | Forbidden | IdempotencyMismatchError | ItemTooLargeError | MoreThanLeftError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
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
