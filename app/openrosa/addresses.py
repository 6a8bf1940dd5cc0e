"""The two addresses of everything here, without and with a token in it, and how OpenAPI describes them."""

import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response

from app.access.tables import Holder
from app.problems import PROBLEM_CONTENT, NotFound, Problem, answers

XML_ANSWER: dict[str, Any] = {"description": "As OpenRosa has it.", "content": {"text/xml": {}}}

Endpoint = Callable[[Request, Holder], Coroutine[Any, Any, Response]]


def addresses(
    router: APIRouter,
    method: str,
    path: str,
    status: int,
    answer: dict[str, Any],
    *problems: type[Problem],
    also: Mapping[int | str, Any] = MappingProxyType({}),
    query: Sequence[Any] = (),
    body: dict[str, Any] | None = None,
) -> Callable[[Endpoint], Endpoint]:
    """Have the endpoint answer at both addresses, and describe it: `answer` with this status, problems in XML, and what
    else is `also` answered. FastAPI itself would describe JSON."""
    told_as_xml = {code: {**each, "content": XML_ANSWER["content"]} for code, each in answers(*problems).items()}
    if NotFound.status in told_as_xml:
        # An address that no pattern fits, such as one with a line break, is not ours to answer.
        told_as_xml[NotFound.status]["content"] = {**XML_ANSWER["content"], **PROBLEM_CONTENT}
    responses: dict[int | str, dict[str, Any]] = {
        **told_as_xml,
        **also,
        status: answer,
        **({202: answer} if method == "POST" else {}),
    }

    def register(endpoint: Endpoint) -> Endpoint:
        for base in ("/openrosa", "/openrosa/{token}"):
            named = re.findall(r"{(\w+)", base + path)
            parameters = [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in named
            ]
            described = {"parameters": [*parameters, *query], **({"requestBody": body} if body else {})}
            router.add_api_route(
                base + path,
                endpoint,
                methods=[method],
                status_code=status,
                responses=responses,
                response_class=Response,
                openapi_extra=described,
            )
        return endpoint

    return register
