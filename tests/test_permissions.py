"""Who may open what: every route, every role, written out. A route that is not listed fails.

The cast is that of ``factories.people`` and the scene. Everything in the addresses belongs to
company A, where Bob works, Alice leads his team and Dana administers; Olga organises, Tess trains
for safety, Avi audits. Charlie and his administrator Carol belong to company B. The display is
paired in A, and its cookie is sent to every route here, which no browser would do.
"""

from __future__ import annotations

import contextlib
import itertools
import re

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp.accounts.access import permission_of
from quizapp.accounts.permissions import TABLE as ROLES
from quizapp.accounts.permissions import Permission
from quizapp.boards import service as boards
from quizapp.core import clock
from quizapp.org.models import Unit
from tests import snapshots
from tests.conftest import NOW, rolled_back, settled_world
from tests.factories import people
from tests.savepoints import undone
from tests.scene import WHO, Scene, form_for, name_of, public_id_of, routes, set_scene

# ok    the page, or a redirect to what was asked for
# bad   let in, but the form of this test is not a valid one (422)
# gone  let in, and told that this browser is not paired (410)
# pair  sent to the pairing page
# in    sent to sign in
# out   signed out
# none  let in, but there is nothing to do it with (409)
# no    403: another role's page, with whom to ask
# 404   there is nothing here, also when it exists for others
MATRIX = {
    # anonymous bob alice olga tess avi dana charlie carol display
    "GET /": "in ok ok ok ok ok ok ok ok in",
    "GET /login": "ok ok ok ok ok ok ok ok ok ok",
    "POST /login": "bad bad bad bad bad bad bad bad bad bad",
    "GET /link/<secret>": "ok ok ok ok ok ok ok ok ok ok",
    "POST /link/<secret>": "ok ok ok ok ok ok ok ok ok ok",
    "GET /setup/<secret>": "gone gone gone gone gone gone gone gone gone gone",
    "POST /setup/<secret>": "gone gone gone gone gone gone gone gone gone gone",
    "GET /logo/<organisation_id>.png": "ok ok ok ok ok ok ok ok ok ok",
    "POST /locale": "ok ok ok ok ok ok ok ok ok ok",
    "GET /offline": "ok ok ok ok ok ok ok ok ok ok",
    "GET /me": "in ok ok ok ok ok ok ok ok in",
    "GET /me/points": "in ok ok ok ok ok ok ok ok in",
    "POST /me/points/read": "in ok ok ok ok ok ok ok ok in",
    "GET /me/consent": "in ok ok ok ok ok ok ok ok in",
    "POST /me/consent": "in ok ok ok ok ok ok ok ok in",
    "POST /me/large": "in ok ok ok ok ok ok ok ok in",
    "GET /me/password": "in ok ok ok ok ok ok ok ok in",
    "POST /me/password": "in bad bad bad bad bad bad bad bad in",
    "POST /me/sign-out": "in out out out out out out out out in",
    "POST /me/sign-out-everywhere": "in ok ok ok ok ok ok ok ok in",
    "POST /quizzes/daily": "in ok ok ok ok ok ok none none in",
    "POST /quizzes/challenge": "in ok ok ok ok ok ok none none in",
    "POST /quizzes/practice": "in ok ok ok ok ok ok none none in",
    "POST /quizzes/mistakes": "in ok none none none none none none none in",
    "GET /badges": "in ok ok ok ok ok ok ok ok in",
    "GET /badges/mine/<award_id>": "in ok 404 404 404 404 404 404 404 in",
    "POST /badges/mine/<award_id>/share": "in ok 404 404 404 404 404 404 404 in",
    "POST /badges/mine/<award_id>/seen": "in ok 404 404 404 404 404 404 404 in",
    "GET /badges/mine/<award_id>/credential.jwt": "in ok 404 404 404 404 404 404 404 in",
    "GET /badges/mine/<award_id>/badge.svg": "in ok 404 404 404 404 404 404 404 in",
    "GET /badges/verify/<token>": "ok ok ok ok ok ok ok ok ok ok",
    "GET /badges/verify/<token>/credential.jwt": "ok ok ok ok ok ok ok ok ok ok",
    "GET /badges/keys": "ok ok ok ok ok ok ok ok ok ok",
    "GET /badges/keys/<key_id>": "ok ok ok ok ok ok ok ok ok ok",
    "GET /badges/issuers/<organisation_id>": "ok ok ok ok ok ok ok ok ok ok",
    "GET /badges/issuers/<organisation_id>/revocations": "ok ok ok ok ok ok ok ok ok ok",
    "GET /badges/achievements/<badge_id>": "ok ok ok ok ok ok ok ok ok ok",
    "GET /badges/achievements/<badge_id>.svg": "ok ok ok ok ok ok ok ok ok ok",
    "GET /badges/desk": "in no no no no no ok no ok in",
    "GET /badges/desk/new": "in no no no no no ok no ok in",
    "POST /badges/desk/new": "in no no no no no ok no ok in",
    "GET /badges/desk/<badge_id>": "in no no no no no ok no 404 in",
    "GET /badges/desk/<badge_id>/edit": "in no no no no no ok no 404 in",
    "POST /badges/desk/<badge_id>/edit": "in no no no no no bad no 404 in",
    "POST /badges/desk/<badge_id>/<turn>": "in no no no no no ok no 404 in",
    "GET /badges/desk/credentials": "in no no no no no ok no ok in",
    "POST /badges/desk/credentials": "in no no no no no ok no 404 in",
    "GET /quizzes/past": "in ok ok ok ok ok ok ok ok in",
    "GET /quizzes/results": "in no ok ok no no ok no ok in",
    "GET /quizzes/results/<quiz_id>": "in no ok ok no no ok no 404 in",
    "GET /quizzes/results/<quiz_id>.xlsx": "in no ok ok no no ok no 404 in",
    "GET /quizzes/signals": "in no no no no ok no no no in",
    "GET /quizzes/quiz/<quiz_id>": "in ok ok ok ok ok ok 404 404 in",
    "POST /quizzes/quiz/<quiz_id>/start": "in ok ok ok ok ok ok 404 404 in",
    "GET /quizzes/<attempt_id>/check": "in ok 404 404 404 404 404 404 404 in",
    "POST /quizzes/<attempt_id>/hand-in": "in ok 404 404 404 404 404 404 404 in",
    "POST /quizzes/<attempt_id>/<position>/flag": "in ok 404 404 404 404 404 404 404 in",
    "POST /api/v1/answers": "401 401 401 401 401 401 401 401 401 401",
    "POST /api/v1/answers/batch": "401 bad bad bad bad bad bad bad bad 401",
    "GET /api/v1/attempts/<attempt_id>": "401 ok 404 404 404 404 404 404 404 401",
    "GET /quizzes/<attempt_id>": "in ok 404 404 404 404 404 404 404 in",
    "GET /quizzes/<attempt_id>/<position>": "in ok 404 404 404 404 404 404 404 in",
    "POST /quizzes/<attempt_id>/<position>": "in ok 404 404 404 404 404 404 404 in",
    "GET /quizzes/<attempt_id>/review/<position>": "in ok 404 404 404 404 404 404 404 in",
    "GET /quizzes/marking": "in no no ok ok no no no no in",
    "POST /quizzes/marking/<exam_id>/next": "in no no ok ok no no no no in",
    "POST /quizzes/marking/<exam_id>/undo": "in no no ok ok no no no no in",
    "GET /quizzes/marking/<exam_id>/<script_id>": "in no no ok 404 no no no no in",
    "POST /quizzes/marking/<exam_id>/<script_id>": "in no no ok none no no no no in",
    "GET /quizzes/marking/appeals/<appeal_id>": "in no no ok ok no no no no in",
    "POST /quizzes/marking/appeals/<appeal_id>": "in no no ok ok no no no no in",
    "GET /quizzes/<attempt_id>/marks": "in 404 404 404 404 404 404 404 404 in",
    "GET /quizzes/<attempt_id>/appeal/<position>": "in 404 404 404 404 404 404 404 404 in",
    "POST /quizzes/<attempt_id>/appeal/<position>": "in 404 404 404 404 404 404 404 404 in",
    "POST /me/marks": "in ok ok ok ok ok ok ok ok in",
    "GET /quizzes/desk": "in no no ok ok no ok no ok in",
    "GET /quizzes/desk/new": "in no no ok ok no ok no ok in",
    "POST /quizzes/desk/new": "in no no ok ok no ok no bad in",
    "GET /quizzes/desk/<sheet_id>": "in no no ok ok no ok no 404 in",
    "POST /quizzes/desk/<sheet_id>": "in no no ok ok no ok no 404 in",
    "GET /quizzes/desk/<sheet_id>/sample": "in no no ok ok no ok no 404 in",
    "GET /quizzes/desk/<sheet_id>/paper": "in no no ok ok no ok no 404 in",
    "GET /quizzes/desk/<sheet_id>/settings": "in no no ok ok no ok no 404 in",
    "POST /quizzes/desk/<sheet_id>/settings": "in no no ok ok no ok no 404 in",
    "POST /quizzes/desk/<sheet_id>/extend": "in no no bad bad no bad no 404 in",
    "GET /quizzes/desk/<sheet_id>/audience": "in no no ok ok no ok no 404 in",
    "POST /quizzes/desk/<sheet_id>/audience": "in no no ok ok no ok no 404 in",
    "POST /quizzes/desk/<sheet_id>/<deed>": "in no no ok ok no ok no 404 in",
    "GET /quizzes/desk/time": "in no no ok ok no ok no ok in",
    "POST /quizzes/desk/time": "in no no ok ok no ok no ok in",
    "POST /quizzes/desk/time/<person_id>/end": "in no no ok ok no ok no 404 in",
    "GET /quizzes/preshift": "in no ok no no no no no no in",
    "POST /quizzes/preshift": "in no ok no no no no no no in",
    "GET /quizzes/preshift/<preshift_id>": "in no ok no no no no no no in",
    "POST /quizzes/preshift/sheet": "in no ok no no no no no no in",
    "GET /result/<attempt_id>": "in ok 404 404 404 404 404 404 404 in",
    "GET /result/<attempt_id>/team": "in ok 404 404 404 404 404 404 404 in",
    "GET /tasks": "in ok ok ok ok ok ok ok ok in",
    "POST /tasks/<task_id>/aside": "in ok ok 404 404 404 404 404 404 in",
    "GET /tasks/assigned": "in no ok ok ok no ok no ok in",
    "GET /tasks/assigned/<assignment_id>": "in no ok ok ok no ok no 404 in",
    "POST /tasks/assigned/<assignment_id>/withdraw": "in no ok ok ok no ok no 404 in",
    "GET /tasks/assign": "in no ok ok ok no ok no ok in",
    "POST /tasks/assign": "in no ok ok ok no ok no bad in",
    "GET /team": "in ok ok ok ok ok ok ok ok in",
    "GET /team/rules": "in ok ok ok ok ok ok ok ok in",
    "GET /team/workshop": "in ok ok ok ok ok ok ok ok in",
    "GET /team/company": "in ok ok ok ok ok ok ok ok in",
    "GET /team/improved": "in ok ok ok ok ok ok ok ok in",
    "GET /team/campaigns": "in ok ok ok ok ok ok ok ok in",
    "GET /team/campaigns/<campaign_id>": "in ok ok ok ok ok ok 404 404 in",
    "GET /team/own": "in ok ok ok ok ok ok ok ok in",
    "POST /team/own": "in ok ok ok ok ok ok ok ok in",
    "GET /team/desk": "in no no no no no ok no ok in",
    "POST /team/desk/profile": "in no no no no no ok no ok in",
    "POST /team/desk/freeze": "in no no no no no ok no bad in",
    "POST /team/desk/reveal": "in no no no no no none no none in",
    "POST /team/desk/campaigns": "in no no no no no ok no ok in",
    "POST /team/desk/campaigns/<campaign_id>/end": "in no no no no no ok no 404 in",
    "GET /team/rules/corrections": "in no no no no no ok no ok in",
    "POST /team/rules/corrections": "in no no no no no ok no bad in",
    "GET /team/rules/corrections/<reference>": "in no no no no no ok no 404 in",
    "POST /team/rules/corrections/<reference>": "in no no no no no ok no 404 in",
    "GET /team/ours": "in ok ok ok ok ok ok ok ok in",
    "GET /team/dashboard": "in no ok ok no no ok no ok in",
    "GET /team/dashboard/<team_id>": "in no ok ok no no ok no 404 in",
    "GET /team/goals/<team_id>/new": "in no ok no no no no no no in",
    "POST /team/goals/<team_id>/new": "in no ok no no no no no no in",
    "POST /team/goals/<goal_id>/end": "in no ok no no no no no no in",
    "POST /team/goals/<goal_id>/cheer": "in ok ok 404 404 404 404 404 404 in",
    "GET /team/thanks": "in ok ok ok ok ok ok ok ok in",
    "GET /team/thanks/new": "in ok ok ok ok ok ok ok ok in",
    "POST /team/thanks/new": "in ok ok ok ok ok ok ok ok in",
    "POST /team/thanks/<thanks_id>": "in ok 404 404 404 404 404 404 404 in",
    "GET /team/reported": "in no no no no no ok no ok in",
    "POST /team/reported/<report_id>": "in no no no no no ok no 404 in",
    "GET /ceremony/<season_id>": "in no no no no no ok no 404 in",
    "GET /ceremony/<season_id>/boards.xlsx": "in no no no no no ok no 404 in",
    "GET /ceremony/<season_id>/honours.pdf": "in no no no no no ok no 404 in",
    "GET /ceremony/<season_id>/pack.zip": "in no no no no no ok no 404 in",
    "GET /ceremony/<season_id>/slides": "in no no no no no ok no 404 in",
    "GET /team/rules/sheet": "in ok ok ok ok ok ok ok ok in",
    "GET /team/rules/desk": "in no no no no no ok no ok in",
    "POST /team/rules/desk": "in no no no no no ok no ok in",
    "POST /team/rules/desk/<rules_version>/drop": "in no no no no no ok no 404 in",
    "GET /boards/pair": "ok ok ok ok ok ok ok ok ok ok",
    "GET /boards/pair/status": "ok ok ok ok ok ok ok ok ok ok",
    "GET /boards/pair/qr/<code>.svg": "ok ok ok ok ok ok ok ok ok ok",
    "GET /boards/qr.svg": "ok ok ok ok ok ok ok ok ok ok",
    "GET /boards/preshift-qr.svg": "ok ok ok ok ok ok ok ok ok ok",
    "GET /boards/preshift/answer": "pair pair pair pair pair pair pair pair pair ok",
    "POST /boards/preshift/answer": "gone gone gone gone gone gone gone gone gone ok",
    "GET /boards/tv": "pair pair pair pair pair pair pair pair pair ok",
    "GET /boards/state": "gone gone gone gone gone gone gone gone gone ok",
    "GET /boards/events": "ok ok ok ok ok ok ok ok ok ok",
    "GET /boards/preview/<display_id>": "in no no no no no ok no 404 in",
    "GET /boards/print": "in no ok no no no ok no ok in",
    "GET /boards/print/<unit_id>": "in no no no no no ok 404 404 in",
    "GET /boards/citations": "in ok ok ok ok ok ok ok ok in",
    "POST /boards/citations/<citation_id>": "in ok 404 404 404 404 404 404 404 in",
    "POST /boards/demo": "in no no no no no no no no in",
    "GET /items": "in no no no no no ok no ok in",
    "POST /items/bulk": "in no no no no no bad no bad in",
    "POST /items/bulk/undo": "in no no no no no none no none in",
    "GET /items/new": "in no no no no no ok no ok in",
    "POST /items/new": "in no no no no no ok no ok in",
    "GET /items/preview": "in no no no no no ok no ok in",
    "POST /items/preview": "in no no no no no ok no ok in",
    "GET /items/paper": "in no no no no no ok no ok in",
    "POST /items/media": "in no no no no no bad no bad in",
    "GET /items/media/<ref>": "in ok ok ok ok ok ok 404 404 in",
    "GET /items/topics": "in no no no no no ok no ok in",
    "POST /items/topics": "in no no no no no bad no bad in",
    "GET /items/sources": "in no no no no no ok no ok in",
    "POST /items/sources": "in no no no no no bad no bad in",
    "GET /items/sources/new": "in no no no no no ok no ok in",
    "GET /items/sources/<source_id>": "in no no no no no ok no 404 in",
    "POST /items/sources/<source_id>/verified": "in no no no no no bad no 404 in",
    "GET /items/<item_id>": "in no no no no no ok no 404 in",
    "GET /items/<item_id>/edit": "in no no no no no ok no 404 in",
    "POST /items/<item_id>/edit": "in no no no no no ok no 404 in",
    "GET /items/<item_id>/versions/<number>": "in no no no no no ok no 404 in",
    "POST /items/<item_id>/versions/<number>/take": "in no no no no no ok no 404 in",
    "POST /items/<item_id>/duplicate": "in no no no no no ok no 404 in",
    "POST /items/<item_id>/discard": "in no no no no no ok no 404 in",
    "POST /items/<item_id>/take-back": "in no no no no no none no 404 in",
    "POST /items/<item_id>/bin": "in no no no no no ok no 404 in",
    "GET /items/imports": "in no no no no no ok no ok in",
    "POST /items/imports": "in no no no no no ok no ok in",
    "GET /items/imports/<import_id>": "in no no no no no ok no 404 in",
    "GET /items/imports/<import_id>/progress": "in no no no no no ok no 404 in",
    "POST /items/imports/<import_id>/rows/<position>": "in no no no no no ok no 404 in",
    "POST /items/imports/<import_id>/<act>": "in no no no no no ok no 404 in",
    "GET /items/imports/<import_id>/left.xlsx": "in no no no no no ok no 404 in",
    "GET /items/imports/template.xlsx": "in no no no no no ok no ok in",
    "POST /items/export": "in no no no no no ok no ok in",
    "GET /items/exports/<export_id>": "in no no no no no ok no 404 in",
    "GET /items/exports/<export_id>/progress": "in no no no no no ok no 404 in",
    "GET /items/exports/<export_id>/download": "in no no no no no ok no 404 in",
    "POST /me/corrections": "in ok ok ok ok ok ok ok ok in",
    "GET /items/report/<attempt_id>/<position>": "in ok 404 404 404 404 404 404 404 in",
    "POST /items/report/<attempt_id>/<position>": "in ok 404 404 404 404 404 404 404 in",
    "GET /items/my-reports": "in ok ok ok ok ok ok ok ok in",
    "GET /mastery": "in ok ok ok ok ok ok ok ok in",
    "GET /mastery/mastered": "in ok ok ok ok ok ok ok ok in",
    "GET /mastery/topics": "in ok ok ok ok ok ok ok ok in",
    "GET /mastery/print": "in ok ok ok ok ok ok ok ok in",
    "GET /mastery/items/<item_id>": "in ok 404 404 404 404 404 404 404 in",
    "POST /mastery/confidence": "in ok ok ok ok ok ok ok ok in",
    "POST /mastery/rest": "in ok ok ok ok ok ok ok ok in",
    "GET /mastery/retention": "in no ok ok no no ok no ok in",
    "GET /items/corrections": "in ok ok ok ok ok ok ok ok in",
    "GET /items/reports": "in no no no no no ok no ok in",
    "GET /items/reports/<item_id>": "in no no no no no ok no 404 in",
    "POST /items/reports/<item_id>": "in no no no no no bad no 404 in",
    "GET /review": "in no no no no no ok no ok in",
    "GET /review/<case_id>": "in no no no no no ok no 404 in",
    "POST /review/<case_id>/pass": "in no no no no no no no 404 in",
    "POST /review/<case_id>/return": "in no no no no no no no 404 in",
    "POST /review/<case_id>/cancel": "in no no no no no ok no 404 in",
    "POST /review/<case_id>/publish": "in no no no no no no no no in",
    "POST /review/<case_id>/withdraw": "in no no no no no no no no in",
    "GET /review/policy": "in no no no no no ok no ok in",
    "POST /review/policy": "in no no no no no ok no ok in",
    "GET /items/quality": "in no no no no no ok no ok in",
    "GET /items/quality/<item_id>": "in no no no no no ok no 404 in",
    "POST /items/quality/<item_id>/stands": "in no no no no no bad no 404 in",
    "POST /items/quality/<item_id>/suspend": "in no no no no no ok no 404 in",
    "GET /admin/people": "in no no no no no ok no ok in",
    "GET /admin/people/import": "in no no no no no ok no ok in",
    "POST /admin/people/import": "in no no no no no ok no ok in",
    "GET /admin/people/import/template.xlsx": "in no no no no no ok no ok in",
    "GET /admin/people/import/<file_id>": "in no no no no no ok no 404 in",
    "GET /admin/people/import/<file_id>/progress": "in no no no no no ok no 404 in",
    "GET /admin/people/import/<file_id>/problems.xlsx": "in no no no no no ok no 404 in",
    "POST /admin/people/import/<file_id>/<step>": "in no no no no no ok no 404 in",
    "GET /admin/people/<person_id>": "in no no no no no ok no 404 in",
    "GET /admin/people/add": "in no no no no no ok no ok in",
    "POST /admin/people/add": "in no no no no no ok no bad in",
    "GET /admin/people/<person_id>/edit": "in no no no no no ok no 404 in",
    "POST /admin/people/<person_id>/edit": "in no no no no no ok no 404 in",
    "POST /admin/people/<person_id>/move": "in no no no no no ok no 404 in",
    "POST /admin/people/<person_id>/close": "in no no no no no ok no 404 in",
    "POST /admin/people/<person_id>/reopen": "in no no no no no ok no 404 in",
    "POST /admin/people/<person_id>/roles": "in no no no no no ok no 404 in",
    "POST /admin/people/<person_id>/roles/revoke": "in no no no no no ok no 404 in",
    "POST /admin/people/cards": "in no no no no no ok no 404 in",
    "GET /admin/units/add": "in no no no no no ok no ok in",
    "POST /admin/units/add": "in no no no no no ok no bad in",
    "GET /admin/units/<unit_id>/edit": "in no no no no no ok no 404 in",
    "POST /admin/units/<unit_id>/edit": "in no no no no no ok no 404 in",
    "POST /admin/units/<unit_id>/close": "in no no no no no ok no 404 in",
    "GET /admin/units/<unit_id>/merge": "in no no no no no ok no 404 in",
    "POST /admin/units/<unit_id>/merge": "in no no no no no ok no 404 in",
    "GET /admin/units/<unit_id>/split": "in no no no no no ok no 404 in",
    "POST /admin/units/<unit_id>/split": "in no no no no no bad no 404 in",
    "GET /admin/displays": "in no no no no no ok no ok in",
    "POST /admin/displays": "in no no no no no ok no bad in",
    "POST /admin/displays/<display_id>": "in no no no no no ok no 404 in",
    "POST /admin/displays/<display_id>/flash": "in no no no no no ok no 404 in",
    "GET /admin/bulletins": "in no no no no no ok no ok in",
    "GET /admin/bulletins/new/<kind>": "in no no no no no ok no ok in",
    "POST /admin/bulletins/new/<kind>": "in no no no no no ok no bad in",
    "GET /admin/bulletins/<bulletin_id>": "in no no no no no ok no 404 in",
    "POST /admin/bulletins/<bulletin_id>": "in no no no no no ok no 404 in",
    "POST /admin/bulletins/<bulletin_id>/down": "in no no no no no ok no 404 in",
    "POST /admin/displays/<display_id>/unpair": "in no no no no no ok no 404 in",
    "GET /admin/settings": "in no no no no no ok no ok in",
    "POST /admin/settings": "in no no no no no ok no ok in",
    "POST /admin/settings/logo": "in no no no no no bad no bad in",
    "GET /admin/seasons": "in no no no no no ok no ok in",
    "GET /admin/seasons/plan": "in no no no no no ok no ok in",
    "POST /admin/seasons/plan": "in no no no no no ok no ok in",
    "GET /admin/seasons/<season_id>/edit": "in no no no no no ok no 404 in",
    "POST /admin/seasons/<season_id>/edit": "in no no no no no bad no 404 in",
    "GET /admin/seasons/<season_id>/close": "in no no no no no ok no 404 in",
    "POST /admin/seasons/<season_id>/close": "in no no no no no ok no 404 in",
    "GET /admin/absences": "in no no no no no ok no ok in",
    "POST /admin/absences": "in no no no no no ok no ok in",
    "POST /admin/absences/remove": "in no no no no no ok no 404 in",
    "POST /admin/absences/import": "in no no no no no bad no bad in",
    "GET /admin/absences/template.xlsx": "in no no no no no ok no ok in",
    "GET /admin/shifts": "in no no no no no ok no ok in",
    "POST /admin/shifts": "in no no no no no ok no ok in",
    "POST /admin/shifts/assign": "in no no no no no ok no bad in",
    "POST /admin/shifts/import": "in no no no no no bad no bad in",
    "GET /admin/shifts/template.xlsx": "in no no no no no ok no ok in",
    "GET /admin/duty/<duty_id>": "in no no no no no ok no 404 in",
    "GET /admin/duty/<duty_id>/problems.xlsx": "in no no no no no ok no 404 in",
    "POST /admin/duty/<duty_id>/<step>": "in no no no no no ok no 404 in",
    "GET /team/seasons": "in ok ok ok ok ok ok ok ok in",
    "GET /team/seasons/<season_id>": "in ok ok ok ok ok ok 404 404 in",
    "GET /team/seasons/<season_id>/sheet": "in ok ok ok ok ok ok 404 404 in",
    "GET /training": "in ok ok ok ok ok ok ok ok in",
    "GET /training/courses/<course_id>": "in ok ok ok ok ok ok 404 404 in",
    "GET /training/courses/<course_id>/exam": "in ok ok ok ok ok ok 404 404 in",
    "POST /training/courses/<course_id>/exam": "in ok ok ok ok ok ok 404 404 in",
    "GET /training/certificates/<certificate_id>": "in ok 404 404 ok 404 404 404 404 in",
    "POST /training/certificates/<certificate_id>/withdraw": "in no no no ok no no no no in",
    "GET /training/verify": "ok ok ok ok ok ok ok ok ok ok",
    "GET /training/verify/<check_code>": "ok ok ok ok ok ok ok ok ok ok",
    "GET /training/desk": "in no no no ok no no no no in",
    "GET /training/desk/new": "in no no no ok no no no no in",
    "POST /training/desk/new": "in no no no bad no no no no in",
    "GET /training/desk/<course_id>": "in no no no ok no no no no in",
    "GET /training/desk/<course_id>/edit": "in no no no ok no no no no in",
    "POST /training/desk/<course_id>/edit": "in no no no bad no no no no in",
    "POST /training/desk/<course_id>/<move>": "in no no no ok no no no no in",
    "GET /training/desk/<course_id>/people": "in no no no ok no no no no in",
    "POST /training/desk/<course_id>/people": "in no no no ok no no no no in",
    "POST /training/desk/<course_id>/people.xlsx": "in no no no ok no no no no in",
    "GET /training/desk/<course_id>/results": "in no no no ok no no no no in",
    "POST /training/desk/<course_id>/results": "in no no no ok no no no no in",
    "POST /training/desk/<course_id>/results/file": "in no no no bad no no no no in",
    "GET /training/desk/results/<result_file_id>": "in no no no ok no no no no in",
    "POST /training/desk/results/<result_file_id>/<decision>": "in no no no ok no no no no in",
    "POST /training/desk/<course_id>/papers": "in no no no ok no no no no in",
    "GET /training/desk/<course_id>/papers/<paper_number>": "in no no no ok no no no no in",
    "GET /csrf": "ok ok ok ok ok ok ok ok ok ok",
    "GET /favicon.ico": "ok ok ok ok ok ok ok ok ok ok",
    "GET /sw.js": "ok ok ok ok ok ok ok ok ok ok",
    "GET /healthz": "ok ok ok ok ok ok ok ok ok ok",
    "GET /readyz": "ok ok ok ok ok ok ok ok ok ok",
    "GET /static/<version>/<filename>": "ok ok ok ok ok ok ok ok ok ok",
    "GET /styleguide": "ok ok ok ok ok ok ok ok ok ok",
}  # fmt: skip

# One worker asks every route as everybody once, for all tests of this file.
pytestmark = pytest.mark.xdist_group("permissions")

# Without these a page could be open to nobody and nothing would say so.
OPEN_TO_ALL = {Permission.ANYONE, Permission.WATCH_BOARD, Permission.HOLD_TICKET}


@pytest.fixture
def scene(app: Flask, world: people.World) -> Scene:
    """The scene, for one test."""
    return set_scene(app, world)


def outcome(response: TestResponse) -> str:
    """Return what a response says about being let in, in the words of the matrix."""
    status, target = response.status_code, response.headers.get("Location", "")
    if status == 302 and target.startswith("/login"):
        return "out" if "Clear-Site-Data" in response.headers else "in"
    if status == 302 and target == "/boards/pair":
        return "pair"
    known = {403: "no", 404: "404", 409: "none", 410: "gone", 422: "bad"}
    return known.get(status, "ok" if status < 400 else str(status))


def send(scene: Scene, who: str, method: str, rule: Rule) -> str:
    """Send one request as somebody and return its outcome."""
    browser, path = scene.visitor(who), scene.address(rule)
    with undone():
        form = form_for(scene, method, rule)
        response = browser.post(path, form) if method == "POST" else browser.get(path)
        response.close()  # a stream would go on for ever
        return outcome(response)


@pytest.fixture(scope="module")
def outcomes(app: Flask) -> dict[str, dict[str, str]]:
    """Every route as everybody, each request in the scene as it was set."""
    with rolled_back(app), clock.frozen(NOW):
        scene = set_scene(app, settled_world())
        return {
            name_of(method, rule): {who: send(scene, who, method, rule) for who in WHO}
            for method, rule in routes(app)
        }


@pytest.mark.parametrize("line", MATRIX)
def test_everybody_gets_what_the_matrix_says(outcomes, line):
    expected = dict(zip(WHO, MATRIX[line].split(), strict=True))
    assert outcomes.get(line, "the route is gone") == expected


def test_every_route_is_in_the_matrix(app):
    known = {name_of(method, rule) for method, rule in routes(app)}
    assert not known - MATRIX.keys(), (
        "Say in MATRIX who may open these, role by role: "
        + ", ".join(sorted(known - MATRIX.keys()))
    )
    assert not MATRIX.keys() - known, (
        "These routes are gone; take them out of MATRIX: "
        + ", ".join(sorted(MATRIX.keys() - known))
    )


def test_every_route_asks_for_a_permission(app):
    with app.app_context():
        silent = [
            rule.rule for _method, rule in routes(app) if permission_of(rule.endpoint) is None
        ]
    assert not silent, f"Mark these views with @allow(Permission...): {silent}"


def test_every_permission_is_somebodys():
    granted = set().union(*ROLES.values())
    assert set(Permission) - OPEN_TO_ALL == granted


def test_a_view_that_says_nothing_is_closed_to_everyone(scene, app, monkeypatch):
    monkeypatch.setitem(app.view_functions, "home.me", lambda: "open")
    assert {who: outcome(scene.browsers[who].get("/me")) for who in WHO} == {
        **dict.fromkeys(WHO, "no"),
        "anonymous": "in",
        "display": "in",
    }


def test_a_refusal_says_whom_to_ask(scene):
    page = scene.browsers["bob"].get("/admin/people")
    assert page.status_code == 403
    assert "管理员" in page.get_data(as_text=True)


def test_nothing_tells_a_foreign_object_from_none_at_all(scene, app):
    """Another company's id, a made-up id and an id of another kind get one and the same answer."""
    carol = scene.browsers["carol"]
    for name in ("person_id", "unit_id", "display_id"):
        rule = next(
            r for m, r in routes(app, "POST") if name in r.arguments and r.arguments == {name}
        )
        bodies = set()
        for value in (scene.values[name], "AAAAAAAAAAAAAAAA", scene.values["attempt_id"]):
            path = rule.rule.replace(f"<{name}>", value)
            response = carol.post(path, form_for(scene, "POST", rule))
            assert response.status_code == 404, path
            bodies.add(without_noise(response.get_data(as_text=True)))
        assert len(bodies) == 1


def test_no_answer_tells_a_foreign_reference_from_a_mistyped_one(scene):
    """The same page, whoever's line it may be."""
    carol = scene.browsers["carol"]
    pages = {
        without_noise(carol.get(f"/team/rules/corrections/{reference}").get_data(as_text=True))
        for reference in (scene.values["reference"], "2222-2222-2222", "nonsense")
    }
    assert len(pages) == 1


def without_noise(page: str) -> str:
    """Return a page without its tokens."""
    return re.sub(r'(csrf[_-]token"[^>]*(?:content|value)=")[^"]*', r"\1", page)


FOREIGN_FORMS = {
    "POST /tasks/assign": {"units": "unit"},
    "POST /admin/people/add": {"unit": "unit"},
    "POST /admin/people/<person_id>/move": {"unit": "unit"},
    "POST /admin/people/<person_id>/reopen": {"unit": "unit"},
    "POST /admin/people/<person_id>/roles": {"unit": "unit"},
    "POST /admin/people/cards": {"person": "person"},
    "POST /admin/units/add": {"parent": "unit"},
    "POST /admin/units/<unit_id>/edit": {"parent": "unit"},
    "POST /admin/units/<unit_id>/merge": {"into": "unit"},
    "POST /admin/shifts/assign": {"unit": "unit"},
    "POST /admin/displays": {"unit": "unit"},
    "POST /admin/displays/<display_id>": {"unit": "unit"},
    "POST /admin/bulletins/new/<kind>": {"units": "unit"},
    "POST /admin/bulletins/<bulletin_id>": {"units": "unit"},
}


@pytest.mark.parametrize("line", FOREIGN_FORMS)
def test_another_companys_ids_in_a_form_change_nothing(scene, app, line):
    method, rule = next(pair for pair in routes(app) if name_of(*pair) == line)
    form = form_for(scene, method, rule)
    if rule.endpoint == "admin.login_cards":
        form["confirmed"] = "1"
    form |= {field: scene.foreign[kind] for field, kind in FOREIGN_FORMS[line].items()}
    before = snapshots.tables()
    response = scene.browsers["dana"].post(scene.address(rule), form)
    assert response.status_code in {404, 422}
    assert snapshots.changed(before) == {}


@pytest.mark.parametrize(
    "path", ["/admin/people?unit={unit}", "/admin/displays?display={display_id}"]
)
def test_another_companys_ids_in_a_query_are_hidden(scene, path):
    unit = public_id_of(Unit, scene.world.team)
    asked = path.format(unit=unit, **scene.values)
    assert scene.browsers["dana"].get(asked).status_code == 200
    assert scene.browsers["carol"].get(asked).status_code == 404


def test_another_companys_names_are_on_no_page(scene, app):
    """Whatever Charlie and Carol open, nobody and nothing of company A is on it."""
    words = ("焊装", "一厂", "Alice", "Bob", "Dana", "同事1", "甲集团")
    for who in ("charlie", "carol"):
        for _method, rule in routes(app, "GET"):
            if rule.endpoint in {
                "boards.events",
                "accounts.sign_in",
                "styleguide.styleguide",
                "training.verify",
                "badges.shown",
                "badges.issuer",
                "badges.achievement",
            }:
                continue  # a stream; the choice of organisations; samples; what a code proves;
                # a badge that Bob shows to whoever has its link, and who issued it
            with contextlib.closing(scene.browsers[who].get(scene.address(rule))) as response:
                page = response.data.decode(errors="ignore")
            assert not [word for word in words if word in page], f"{who} on {rule.rule}"


# --- writes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WHO)
def test_no_get_writes_anything(scene, app, count_statements, who):
    before = snapshots.tables()
    for _method, rule in routes(app, "GET"):
        with count_statements() as seen:
            scene.browsers[who].get(scene.address(rule)).close()
        if any(re.search("INSERT|UPDATE|DELETE", one) for one in seen):  # only these can
            changed = snapshots.changed(before)
            assert changed == {}, f"GET {rule.rule} as {who} wrote to {changed}"
    assert snapshots.changed(before) == {}


def test_no_post_is_taken_without_a_token(scene, app):
    before = snapshots.tables()
    for who, (method, rule) in itertools.product(("anonymous", "bob", "dana"), routes(app)):
        if method == "GET":
            continue
        response = scene.browsers[who].open(
            scene.address(rule), method=method, data=form_for(scene, method, rule)
        )
        # A ticket is a token: an answer without one is turned away in words of its own.
        has_ticket = permission_of(rule.endpoint) is Permission.HOLD_TICKET
        assert response.status_code == (401 if has_ticket else 400), (
            f"{method} {rule.rule} as {who}"
        )
    assert snapshots.changed(before) == {}


def test_somebody_elses_token_is_no_token(scene):
    before = snapshots.tables()
    token = scene.browsers["alice"].csrf_token()
    response = scene.browsers["bob"].open(
        "/me/large", method="POST", data={"csrf_token": token, "large": "1"}
    )
    assert response.status_code == 400
    assert snapshots.changed(before) == {}


def test_methods_that_a_route_does_not_offer_are_refused(scene, app):
    for path in ("/", "/me", "/quizzes/daily", "/admin/people"):
        for method in ("PUT", "PATCH", "DELETE"):
            token = {"X-CSRFToken": scene.browsers["dana"].csrf_token()}
            answer = scene.browsers["dana"].open(path, method=method, headers=token)
            assert answer.status_code == 405


# --- displays -------------------------------------------------------------------------------------


def test_an_unpaired_browser_streams_nothing_but_its_end(scene):
    for who in WHO[:-1]:
        said = scene.browsers[who].get("/boards/events").get_data(as_text=True)
        assert said == "event: gone\ndata: {}\n\n"


def test_a_revoked_display_sees_nothing_any_more(scene):
    dana = people.viewer(scene.world.people["dana"])
    boards.revoke(dana, scene.values["display_id"])
    display = scene.browsers["display"]
    assert outcome(display.get("/boards/state")) == "gone"
    assert outcome(display.get("/boards/tv")) == "pair"
    assert "gone" in display.get("/boards/events").get_data(as_text=True)
