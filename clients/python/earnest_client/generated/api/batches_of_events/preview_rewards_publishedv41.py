from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.brand_not_found_error import BrandNotFoundError
from ...models.forbidden import Forbidden
from ...models.internal_error import InternalError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.preview_response import PreviewResponse
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.track_events_v4_request_type_0 import TrackEventsV4RequestType0
from ...models.track_events_v4_request_type_1 import TrackEventsV4RequestType1
from ...models.unauthorized import Unauthorized
from ...models.user_not_found_error import UserNotFoundError
from ...models.validation_error import ValidationError
from ...types import Response


def _get_kwargs(
    *,
    body: TrackEventsV4RequestType0 | TrackEventsV4RequestType1,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v4.1/integrations/events/reward-preview",
    }

    if isinstance(body, TrackEventsV4RequestType0):
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
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | PreviewResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 200:
        response_200 = PreviewResponse.from_dict(response.json())

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

        def _parse_response_404(data: object) -> BrandNotFoundError | UserNotFoundError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_404_type_0 = BrandNotFoundError.from_dict(data)

                return response_404_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_404_type_1 = UserNotFoundError.from_dict(data)

            return response_404_type_1

        response_404 = _parse_response_404(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = PayloadTooLargeError.from_dict(response.json())

        return response_413

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
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | PreviewResponse
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
    *,
    client: AuthenticatedClient,
    body: TrackEventsV4RequestType0 | TrackEventsV4RequestType1,
) -> Response[
    BrandNotFoundError
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | PreviewResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """A site asks what events would earn, before they happen.

     200 with the points of each event and the reason of each campaign; nothing is recorded or used up.

    Args:
        body (TrackEventsV4RequestType0 | TrackEventsV4RequestType1): Events of one customer by
            name, each with its metadata (v4).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | UserNotFoundError | Forbidden | InternalError | PayloadTooLargeError | PreviewResponse | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: TrackEventsV4RequestType0 | TrackEventsV4RequestType1,
) -> (
    BrandNotFoundError
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | PreviewResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """A site asks what events would earn, before they happen.

     200 with the points of each event and the reason of each campaign; nothing is recorded or used up.

    Args:
        body (TrackEventsV4RequestType0 | TrackEventsV4RequestType1): Events of one customer by
            name, each with its metadata (v4).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | UserNotFoundError | Forbidden | InternalError | PayloadTooLargeError | PreviewResponse | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: TrackEventsV4RequestType0 | TrackEventsV4RequestType1,
) -> Response[
    BrandNotFoundError
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | PreviewResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """A site asks what events would earn, before they happen.

     200 with the points of each event and the reason of each campaign; nothing is recorded or used up.

    Args:
        body (TrackEventsV4RequestType0 | TrackEventsV4RequestType1): Events of one customer by
            name, each with its metadata (v4).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | UserNotFoundError | Forbidden | InternalError | PayloadTooLargeError | PreviewResponse | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: TrackEventsV4RequestType0 | TrackEventsV4RequestType1,
) -> (
    BrandNotFoundError
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | PreviewResponse
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """A site asks what events would earn, before they happen.

     200 with the points of each event and the reason of each campaign; nothing is recorded or used up.

    Args:
        body (TrackEventsV4RequestType0 | TrackEventsV4RequestType1): Events of one customer by
            name, each with its metadata (v4).

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | UserNotFoundError | Forbidden | InternalError | PayloadTooLargeError | PreviewResponse | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
