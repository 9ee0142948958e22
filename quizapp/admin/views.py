"""Pages of the desk."""
from flask import Blueprint
from quizapp.accounts.access import allow
from quizapp.accounts.permissions import Permission
bp = Blueprint("admin", __name__, url_prefix="/admin")

@bp.get("/people")
@allow(Permission.MANAGE_PEOPLE)
def people(): return "x"
@bp.get("/displays")
@allow(Permission.MANAGE_DISPLAYS)
def displays(): return "x"
@bp.get("/settings")
@allow(Permission.MANAGE_SETTINGS)
def settings(): return "x"
