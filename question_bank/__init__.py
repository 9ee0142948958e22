"""The question bank as plain Python: items, grading, assembly, the pack format, its gate.

The contract: everything here is a pure function of its arguments. Nothing imports the web
framework, the database, Redis or `quizapp`; nothing keeps state between calls, reads the clock or
writes a file; the only files read are the package's own starter packs. Functions return values and
codes, never sentences for people: whoever shows a `Problem` words it in the reader's language. A
learner's device is given a `Prompt`, a type that has no field for the key, the feedback or the
grading rule.
"""
