"""Writing QTI 3: one package with a manifest, a file for each item, and the media.

What other programs need is written as the standard has it. What only this house knows (which kind
of item it was, how it is scored) stands in `data-` attributes, so that reading a package of ours
gives the same draft again.
"""
