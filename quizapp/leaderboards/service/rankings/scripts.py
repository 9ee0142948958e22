"""The scripts that the store runs: each is one step, so nobody ever sees half of a change.

A team's score in a sorted set is ``order - score * 2^20``: rows stand from the highest score down,
and equal scores by ``order``, the place of the name in the order of the database. The number is
exact up to 2^53, so up to scores of eight thousand million and a million teams.
"""

from __future__ import annotations

from typing import Any

from flask import current_app
from redis.exceptions import ResponseError

from quizapp.core.redis import store

STEP = 1 << 20

# What all three begin with. `place` tells rank and number of teams of a score: those above, plus
# one. Numbers go back to the store in full: tostring() would round them to fourteen digits.
_COMMON = """
local STEP = 1048576
local function text(number) return string.format('%.0f', number) end
local function score_of(composite) return ((composite % STEP) - composite) / STEP end
"""

# KEYS: pointer. ARGV: version, bracket or '', own team or '', 'rank' or 'name', rows, neighbours,
# day number or '' (no rotation), places that lead, rows of them, brackets in their order.
READ = (
    _COMMON
    + """
local state = redis.call('HMGET', KEYS[1], 'version', 'base')
if not state[2] or state[1] ~= ARGV[1] then return false end
local base, own, size, around = state[2], ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[6])
local counts, asked, own_in, first = {}, false, false, false
for i = 10, #ARGV do
  local name = ARGV[i]
  local count = redis.call('ZCARD', base .. ':rank:' .. name)
  counts[#counts + 1] = count
  if count > 0 then
    if not first then first = name end
    if name == ARGV[2] then asked = name end
    if own ~= '' and redis.call('ZSCORE', base .. ':rank:' .. name, own) then own_in = name end
  end
end
local chosen = asked or own_in or first
if not chosen then return false end
local key, teams = base .. ':rank:' .. chosen, 0
for i = 10, #ARGV do if ARGV[i] == chosen then teams = counts[i - 9] end end

local known = {}
local function place(score)
  if not known[score] then
    local low = -score * STEP
    local above = redis.call('ZCOUNT', key, '-inf', '(' .. text(low))
    known[score] = {above + 1, redis.call('ZCOUNT', key, text(low), text(low + STEP - 1))}
  end
  return known[score]
end

local groups, units, flat = {}, {}, {}
local function add(unit, composite)
  local score = score_of(composite)
  local at = place(score)
  units[#units + 1] = unit
  flat[#flat + 1] = {unit, score, at[1], at[2]}
end
local function pairs_of(found)
  for i = 1, #found, 2 do add(found[i], tonumber(found[i + 1])) end
  groups[#groups + 1] = #found / 2
end

if ARGV[4] == 'name' then
  local start, pages = 0, math.ceil(teams / size)
  if ARGV[7] ~= '' and pages > 1 then start = (tonumber(ARGV[7]) % pages) * size end
  local named = redis.call('ZRANGE', base .. ':name:' .. chosen, start, start + size - 1)
  for _, unit in ipairs(named) do
    local composite = redis.call('ZSCORE', key, unit)
    if not composite then return false end
    add(unit, tonumber(composite))
  end
  groups[1] = #named
  local leaders = redis.call('ZRANGE', key, 0, tonumber(ARGV[9]) - 1, 'WITHSCORES')
  local kept = {}
  for i = 1, #leaders, 2 do
    if place(score_of(tonumber(leaders[i + 1])))[1] <= tonumber(ARGV[8]) then
      kept[#kept + 1] = leaders[i]
      kept[#kept + 1] = leaders[i + 1]
    end
  end
  pairs_of(kept)
else
  pairs_of(redis.call('ZRANGE', key, 0, size - 1, 'WITHSCORES'))
  groups[2] = 0
end

local better, worse = {0, 0}, {0, 0}
if own_in == chosen then
  local composite = tonumber(redis.call('ZSCORE', key, own))
  local score = score_of(composite)
  local rank = place(score)[1]
  pairs_of({own, text(composite)})
  if rank > 1 then
    local from = math.max(0, rank - 1 - around)
    pairs_of(redis.call('ZRANGE', key, from, rank - 2, 'WITHSCORES'))
    local up = score_of(tonumber(redis.call('ZRANGE', key, rank - 2, rank - 2, 'WITHSCORES')[2]))
    better = {place(up)[1], up}
  else
    groups[#groups + 1] = 0
  end
  local next_rows = redis.call('ZRANGE', key, rank - 1, rank - 1 + around, 'WITHSCORES')
  local kept = {}
  for i = 1, #next_rows, 2 do
    if next_rows[i] ~= own and #kept < 2 * around then
      kept[#kept + 1] = next_rows[i]
      kept[#kept + 1] = next_rows[i + 1]
    end
  end
  pairs_of(kept)
  local under = '(' .. text(-score * STEP + STEP - 1)
  local down = redis.call('ZRANGEBYSCORE', key, under, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if down[2] then
    local other = score_of(tonumber(down[2]))
    worse = {place(other)[1], other}
  end
else
  groups[3], groups[4], groups[5] = 0, 0, 0
end

local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
local top = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
local answer = {chosen, score_of(tonumber(last[2])), score_of(tonumber(top[2]))}
for _, number in ipairs({better[1], better[2], worse[1], worse[2]}) do
  answer[#answer + 1] = number
end
for i = 1, 5 do answer[#answer + 1] = groups[i] end
for _, count in ipairs(counts) do answer[#answer + 1] = count end
local details = #units > 0 and redis.call('HMGET', base .. ':rows', unpack(units)) or {}
for i, one in ipairs(flat) do
  if not details[i] then return false end
  for _, part in ipairs(one) do answer[#answer + 1] = part end
  answer[#answer + 1] = details[i]
end
return answer
"""
)

# KEYS: pointer. ARGV: version it must be at, version it comes to, then of each changed team its
# bracket, its id, its score and its details. Nothing is written when one of them is not there.
MOVE = (
    _COMMON
    + """
local state = redis.call('HMGET', KEYS[1], 'version', 'base')
if not state[2] or state[1] ~= ARGV[1] then return 0 end
local base, orders = state[2], {}
for i = 3, #ARGV, 4 do
  local composite = redis.call('ZSCORE', base .. ':rank:' .. ARGV[i], ARGV[i + 1])
  if not composite then return 0 end
  orders[i] = tonumber(composite) % STEP
end
for i = 3, #ARGV, 4 do
  local composite = orders[i] - tonumber(ARGV[i + 2]) * STEP
  redis.call('ZADD', base .. ':rank:' .. ARGV[i], text(composite), ARGV[i + 1])
  redis.call('HSET', base .. ':rows', ARGV[i + 1], ARGV[i + 3])
end
redis.call('HSET', KEYS[1], 'version', ARGV[2])
return 1
"""
)

# KEYS: pointer. ARGV: version, base of the new generation, seconds it is kept, its keys' endings.
# A generation that is older than the one in place is dropped instead.
SWITCH = """
local state = redis.call('HMGET', KEYS[1], 'version', 'base')
local base, old = ARGV[2], state[2]
local is_newer = not state[1] or tonumber(state[1]) <= tonumber(ARGV[1])
local dropped = base
if is_newer then
  dropped = old
  for i = 4, #ARGV do redis.call('EXPIRE', base .. ARGV[i], tonumber(ARGV[3]) + 60) end
  redis.call('HSET', KEYS[1], 'version', ARGV[1], 'base', base)
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
if dropped then
  for i = 4, #ARGV do redis.call('UNLINK', dropped .. ARGV[i]) end
end
return is_newer and 1 or 0
"""


def run(script: str, pointer: str, *arguments: object) -> Any:
    """Run a script on a pointer: one round trip, or three when the store has not seen it yet."""
    known: dict[str, Any] = current_app.extensions.setdefault("zhixing_rankings", {})
    if script not in known:
        known[script] = store().client.register_script(script)
    return known[script](keys=[pointer], args=list(arguments))


def is_open() -> bool:
    """Tell whether the store runs scripts; the embedded one usually does not."""
    known: dict[str, Any] = current_app.extensions.setdefault("zhixing_rankings", {})
    if "is_open" not in known:
        try:
            known["is_open"] = store().client.eval("return 1", 0) == 1
        except ResponseError:
            known["is_open"] = False
    return bool(known["is_open"])


def pointer_of(scope: str) -> str:
    """Return the key of the pointer of a board."""
    return store().key("ranking", scope)
