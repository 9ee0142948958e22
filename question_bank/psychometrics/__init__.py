"""What responses say about items: how hard they are, whether they tell people apart, what is wrong.

`classical`, `distractors`, `response_time` and `flags` work on sums that can be added day by day,
with the standard library alone. `irt` calibrates items on a common scale and needs numpy: it is
imported by name where that is done, and nowhere else.
"""
