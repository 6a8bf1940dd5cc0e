"""The door to the register of communities."""

from typing import Any

from fastapi import APIRouter, Request

from app.access.guard import CommunityReader
from app.communities.areas import Areas

router = APIRouter(tags=["communities"])


@router.get("/communities")
async def communities(request: Request, holder: CommunityReader) -> list[dict[str, Any]]:
    """The communities that the caller works in: code, name, level, parent, other codes, centroid and targets."""
    areas: Areas = request.app.state.areas()
    mine = areas.within(holder.communities or areas)
    return [area.model_dump(mode="json", by_alias=True) for area in areas.values() if area.code in mine]
