from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.forbidden import Forbidden
from ...models.internal_error import InternalError
from ...models.not_merged_error import NotMergedError
from ...models.payload_too_large_error import PayloadTooLargeError
from ...models.service_unavailable import ServiceUnavailable
from ...models.too_many_requests import TooManyRequests
from ...models.unauthorized import Unauthorized
from ...models.unmerge_request import UnmergeRequest
from ...models.unmerged_data_response import UnmergedDataResponse
from ...models.user_not_found_error import UserNotFoundError
from ...models.validation_error import ValidationError
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: UnmergeRequest,
    dry_run: bool | Unset = False,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["dry_run"] = dry_run

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/customers/{id}/unmerge".format(
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
    Forbidden
    | InternalError
    | NotMergedError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UnmergedDataResponse
    | UserNotFoundError
    | ValidationError
    | None
):
    if response.status_code == 200:
        response_200 = UnmergedDataResponse.from_dict(response.json())

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
        response_404 = UserNotFoundError.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = NotMergedError.from_dict(response.json())

        return response_409

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
    Forbidden
    | InternalError
    | NotMergedError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UnmergedDataResponse
    | UserNotFoundError
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
    body: UnmergeRequest,
    dry_run: bool | Unset = False,
) -> Response[
    Forbidden
    | InternalError
    | NotMergedError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UnmergedDataResponse
    | UserNotFoundError
    | ValidationError
]:
    """Split off a customer who was merged into this one by mistake.

     200 with both, and what went back; what was spent stays spent, and later records stay where they
    are.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        body (UnmergeRequest): Two customers are to be told apart again who were taken for one
            person.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Forbidden | InternalError | NotMergedError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | UnmergedDataResponse | UserNotFoundError | ValidationError]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        dry_run=dry_run,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    body: UnmergeRequest,
    dry_run: bool | Unset = False,
) -> (
    Forbidden
    | InternalError
    | NotMergedError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UnmergedDataResponse
    | UserNotFoundError
    | ValidationError
    | None
):
    """Split off a customer who was merged into this one by mistake.

     200 with both, and what went back; what was spent stays spent, and later records stay where they
    are.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        body (UnmergeRequest): Two customers are to be told apart again who were taken for one
            person.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Forbidden | InternalError | NotMergedError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | UnmergedDataResponse | UserNotFoundError | ValidationError
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
        dry_run=dry_run,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: UnmergeRequest,
    dry_run: bool | Unset = False,
) -> Response[
    Forbidden
    | InternalError
    | NotMergedError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UnmergedDataResponse
    | UserNotFoundError
    | ValidationError
]:
    """Split off a customer who was merged into this one by mistake.

     200 with both, and what went back; what was spent stays spent, and later records stay where they
    are.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        body (UnmergeRequest): Two customers are to be told apart again who were taken for one
            person.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Forbidden | InternalError | NotMergedError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | UnmergedDataResponse | UserNotFoundError | ValidationError]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        dry_run=dry_run,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    body: UnmergeRequest,
    dry_run: bool | Unset = False,
) -> (
    Forbidden
    | InternalError
    | NotMergedError
    | PayloadTooLargeError
    | ServiceUnavailable
    | TooManyRequests
    | Unauthorized
    | UnmergedDataResponse
    | UserNotFoundError
    | ValidationError
    | None
):
    """Split off a customer who was merged into this one by mistake.

     200 with both, and what went back; what was spent stays spent, and later records stay where they
    are.

    Args:
        id (str):
        dry_run (bool | Unset):  Default: False.
        body (UnmergeRequest): Two customers are to be told apart again who were taken for one
            person.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Forbidden | InternalError | NotMergedError | PayloadTooLargeError | ServiceUnavailable | TooManyRequests | Unauthorized | UnmergedDataResponse | UserNotFoundError | ValidationError
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
            dry_run=dry_run,
        )
    ).parsed
