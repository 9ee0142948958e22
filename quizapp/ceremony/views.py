"""Pages of the ceremony: what there is to hand out, its files, and the slides."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import http

from . import service

bp = Blueprint("ceremony", __name__, url_prefix="/ceremony")
MANAGE = Permission.MANAGE_RECOGNITION
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _pack(season_id: str) -> service.Pack:
    try:
        return service.get_pack(viewer(), season_id)
    except LookupError:
        abort(404)


def _names(pack: service.Pack) -> tuple[str, str]:
    """Return what the files are called, without what a file system would stumble over."""
    season = re.sub(r'[\\/:*?"<>|\s]+', "-", pack.boards.season_name).strip("-.") or "season"
    boards, honours = _("final boards"), _("honours sheet")
    return (f"{season}-{boards}.xlsx", f"{season}-{honours}.pdf")


@bp.get("/<season_id>")
@allow(MANAGE)
def show(season_id: str) -> Any:
    """Show what there is for the ceremony of a closed season."""
    return render_template("ceremony/show.html", pack=_pack(season_id))


@bp.get("/<season_id>/boards.xlsx")
@allow(MANAGE)
def workbook(season_id: str) -> Any:
    """Download the final boards as a workbook."""
    pack = _pack(season_id)
    return http.attachment(service.write_workbook(pack), XLSX, _names(pack)[0])


@bp.get("/<season_id>/honours.pdf")
@allow(MANAGE)
def paper(season_id: str) -> Any:
    """Download the sheet of honours and the certificates."""
    pack = _pack(season_id)
    return http.attachment(service.write_paper(pack), "application/pdf", _names(pack)[1])


@bp.get("/<season_id>/pack.zip")
@allow(MANAGE)
def archive(season_id: str) -> Any:
    """Download both files at once."""
    pack = _pack(season_id)
    names = _names(pack)
    data = service.write_archive(pack, names)
    return http.attachment(data, "application/zip", names[0].rsplit("-", 1)[0] + ".zip")


@bp.get("/<season_id>/slides")
@allow(MANAGE)
def slides(season_id: str) -> Any:
    """Show the slides: for a television or a beamer, one key to go on."""
    return render_template("ceremony/slides.html", pack=_pack(season_id))
