"""What people see first."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

PAGE = (Path(__file__).parent / "landing.html").read_text(encoding="utf-8")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@router.get("/", response_class=HTMLResponse)
async def landing() -> HTMLResponse:
    """What this is, and where to go."""
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})
