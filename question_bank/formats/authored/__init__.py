"""What authors type, in sheets, Word files and pasted text: kinds, keys, options, blanks.

The readers find the pieces of a question in their own layout and put them into `Raw`;
`drafting.draft_from` makes the draft of them, with the same rules for every layout.
"""
