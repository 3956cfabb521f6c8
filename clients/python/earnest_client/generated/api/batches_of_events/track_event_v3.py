from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.brand_not_found_error import BrandNotFoundError
from ...models.forbidden import Forbidden
from ...models.idempotency_mismatch_error import IdempotencyMismatchError
from ...models.internal_error import InternalError
from ...models.item_too_large_error import ItemTooLargeError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_lots_error import TooManyLotsError
from ...models.too_many_requests import TooManyRequests
from ...models.track_events_v3_request_type_0 import TrackEventsV3RequestType0
from ...models.track_events_v3_request_type_1 import TrackEventsV3RequestType1
from ...models.tracked_response import TrackedResponse
from ...models.unauthorized import Unauthorized
from ...models.validation_error import ValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: TrackEventsV3RequestType0 | TrackEventsV3RequestType1,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/integrations/event",
    }

    if isinstance(body, TrackEventsV3RequestType0):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TrackedResponse
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 200:
        response_200 = TrackedResponse.from_dict(response.json())

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
        response_404 = BrandNotFoundError.from_dict(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = PayloadTooLargeError.from_dict(response.json())

        return response_413

    if response.status_code == 422:

        def _parse_response_422(data: object) -> IdempotencyMismatchError | ItemTooLargeError | TooManyLotsError:
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
            response_422_type_2 = TooManyLotsError.from_dict(data)

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
    BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TrackedResponse
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
    *,
    client: AuthenticatedClient,
    body: TrackEventsV3RequestType0 | TrackEventsV3RequestType1,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TrackedResponse
    | Unauthorized
    | ValidationError
]:
    """A site or an app reports a batch of behaviour events of one customer (v3).

     200 with every event of the batch, and what was not taken; a retry gets the first answer, and is
    told so.

    Args:
        idempotency_key (str | Unset):
        body (TrackEventsV3RequestType0 | TrackEventsV3RequestType1): Events of one customer by
            name, each with its metadata (v3).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | Forbidden | IdempotencyMismatchError | ItemTooLargeError | TooManyLotsError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | TrackedResponse | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: TrackEventsV3RequestType0 | TrackEventsV3RequestType1,
    idempotency_key: str | Unset = UNSET,
) -> (
    BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TrackedResponse
    | Unauthorized
    | ValidationError
    | None
):
    """A site or an app reports a batch of behaviour events of one customer (v3).

     200 with every event of the batch, and what was not taken; a retry gets the first answer, and is
    told so.

    Args:
        idempotency_key (str | Unset):
        body (TrackEventsV3RequestType0 | TrackEventsV3RequestType1): Events of one customer by
            name, each with its metadata (v3).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | Forbidden | IdempotencyMismatchError | ItemTooLargeError | TooManyLotsError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | TrackedResponse | Unauthorized | ValidationError
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: TrackEventsV3RequestType0 | TrackEventsV3RequestType1,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TrackedResponse
    | Unauthorized
    | ValidationError
]:
    """A site or an app reports a batch of behaviour events of one customer (v3).

     200 with every event of the batch, and what was not taken; a retry gets the first answer, and is
    told so.

    Args:
        idempotency_key (str | Unset):
        body (TrackEventsV3RequestType0 | TrackEventsV3RequestType1): Events of one customer by
            name, each with its metadata (v3).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | Forbidden | IdempotencyMismatchError | ItemTooLargeError | TooManyLotsError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | TrackedResponse | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: TrackEventsV3RequestType0 | TrackEventsV3RequestType1,
    idempotency_key: str | Unset = UNSET,
) -> (
    BrandNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | ItemTooLargeError
    | TooManyLotsError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TrackedResponse
    | Unauthorized
    | ValidationError
    | None
):
    """A site or an app reports a batch of behaviour events of one customer (v3).

     200 with every event of the batch, and what was not taken; a retry gets the first answer, and is
    told so.

    Args:
        idempotency_key (str | Unset):
        body (TrackEventsV3RequestType0 | TrackEventsV3RequestType1): Events of one customer by
            name, each with its metadata (v3).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | Forbidden | IdempotencyMismatchError | ItemTooLargeError | TooManyLotsError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | TrackedResponse | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
