from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.brand_not_found_error import BrandNotFoundError
from ...models.forbidden import Forbidden
from ...models.internal_error import InternalError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.trial_request import TrialRequest
from ...models.try_campaign_response import TryCampaignResponse
from ...models.unauthorized import Unauthorized
from ...models.user_not_found_error import UserNotFoundError
from ...models.validation_error import ValidationError
from ...types import Response


def _get_kwargs(
    id: str,
    *,
    body: TrialRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/campaigns/{id}/trial".format(
            id=quote(str(id), safe=""),
        ),
    }

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
    | ServiceUnavailable
    | TooManyRequests
    | TryCampaignResponse
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 200:
        response_200 = TryCampaignResponse.from_dict(response.json())

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
    | ServiceUnavailable
    | TooManyRequests
    | TryCampaignResponse
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
    body: TrialRequest,
) -> Response[
    BrandNotFoundError
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TryCampaignResponse
    | Unauthorized
    | ValidationError
]:
    """What a campaign would have made of a customer's last events; nothing is stored.

     200 with what it would have made of each event and why; the campaign need not exist, and is not put.

    Args:
        id (str):
        body (TrialRequest): A campaign that is to be tried, and on whose events.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | UserNotFoundError | Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | TryCampaignResponse | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    body: TrialRequest,
) -> (
    BrandNotFoundError
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TryCampaignResponse
    | Unauthorized
    | ValidationError
    | None
):
    """What a campaign would have made of a customer's last events; nothing is stored.

     200 with what it would have made of each event and why; the campaign need not exist, and is not put.

    Args:
        id (str):
        body (TrialRequest): A campaign that is to be tried, and on whose events.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | UserNotFoundError | Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | TryCampaignResponse | Unauthorized | ValidationError
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: TrialRequest,
) -> Response[
    BrandNotFoundError
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TryCampaignResponse
    | Unauthorized
    | ValidationError
]:
    """What a campaign would have made of a customer's last events; nothing is stored.

     200 with what it would have made of each event and why; the campaign need not exist, and is not put.

    Args:
        id (str):
        body (TrialRequest): A campaign that is to be tried, and on whose events.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BrandNotFoundError | UserNotFoundError | Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | TryCampaignResponse | Unauthorized | ValidationError]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    body: TrialRequest,
) -> (
    BrandNotFoundError
    | UserNotFoundError
    | Forbidden
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | TryCampaignResponse
    | Unauthorized
    | ValidationError
    | None
):
    """What a campaign would have made of a customer's last events; nothing is stored.

     200 with what it would have made of each event and why; the campaign need not exist, and is not put.

    Args:
        id (str):
        body (TrialRequest): A campaign that is to be tried, and on whose events.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BrandNotFoundError | UserNotFoundError | Forbidden | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | TryCampaignResponse | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
