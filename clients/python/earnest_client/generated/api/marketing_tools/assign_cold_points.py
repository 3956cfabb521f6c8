from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.accepted_response import AcceptedResponse
from ...models.assign_points_request import AssignPointsRequest
from ...models.brand_not_found_error import BrandNotFoundError
from ...models.forbidden import Forbidden
from ...models.idempotency_mismatch_error import IdempotencyMismatchError
from ...models.internal_error import InternalError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.reward_not_found_error import RewardNotFoundError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.user_not_found_error import UserNotFoundError
from ...models.validation_error import ValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: AssignPointsRequest,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/bulk-action/cold/assign-points",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    AcceptedResponse
    | BrandNotFoundError
    | RewardNotFoundError
    | UserNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    if response.status_code == 202:
        response_202 = AcceptedResponse.from_dict(response.json())

        return response_202

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

        def _parse_response_404(data: object) -> BrandNotFoundError | RewardNotFoundError | UserNotFoundError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_404_type_0 = BrandNotFoundError.from_dict(data)

                return response_404_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_404_type_1 = RewardNotFoundError.from_dict(data)

                return response_404_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_404_type_2 = UserNotFoundError.from_dict(data)

            return response_404_type_2

        response_404 = _parse_response_404(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = PayloadTooLargeError.from_dict(response.json())

        return response_413

    if response.status_code == 422:
        response_422 = IdempotencyMismatchError.from_dict(response.json())

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
    AcceptedResponse
    | BrandNotFoundError
    | RewardNotFoundError
    | UserNotFoundError
    | Forbidden
    | IdempotencyMismatchError
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
    *,
    client: AuthenticatedClient,
    body: AssignPointsRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    AcceptedResponse
    | BrandNotFoundError
    | RewardNotFoundError
    | UserNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """Give or take points in its turn: for a mass send.

     202 with the id of the trace that will say what has become of it.

    Args:
        idempotency_key (str | Unset):
        body (AssignPointsRequest): Points for one customer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AcceptedResponse | BrandNotFoundError | RewardNotFoundError | UserNotFoundError | Forbidden | IdempotencyMismatchError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
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
    body: AssignPointsRequest,
    idempotency_key: str | Unset = UNSET,
) -> (
    AcceptedResponse
    | BrandNotFoundError
    | RewardNotFoundError
    | UserNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """Give or take points in its turn: for a mass send.

     202 with the id of the trace that will say what has become of it.

    Args:
        idempotency_key (str | Unset):
        body (AssignPointsRequest): Points for one customer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AcceptedResponse | BrandNotFoundError | RewardNotFoundError | UserNotFoundError | Forbidden | IdempotencyMismatchError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: AssignPointsRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[
    AcceptedResponse
    | BrandNotFoundError
    | RewardNotFoundError
    | UserNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
]:
    """Give or take points in its turn: for a mass send.

     202 with the id of the trace that will say what has become of it.

    Args:
        idempotency_key (str | Unset):
        body (AssignPointsRequest): Points for one customer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AcceptedResponse | BrandNotFoundError | RewardNotFoundError | UserNotFoundError | Forbidden | IdempotencyMismatchError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError]
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
    body: AssignPointsRequest,
    idempotency_key: str | Unset = UNSET,
) -> (
    AcceptedResponse
    | BrandNotFoundError
    | RewardNotFoundError
    | UserNotFoundError
    | Forbidden
    | IdempotencyMismatchError
    | InternalError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | ValidationError
    | None
):
    """Give or take points in its turn: for a mass send.

     202 with the id of the trace that will say what has become of it.

    Args:
        idempotency_key (str | Unset):
        body (AssignPointsRequest): Points for one customer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AcceptedResponse | BrandNotFoundError | RewardNotFoundError | UserNotFoundError | Forbidden | IdempotencyMismatchError | InternalError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | ValidationError
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
