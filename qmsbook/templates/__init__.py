"""Templates: makes the workbooks that come with qmsbook, the empty one and the example of a made-up company.

Comes in: the declared tables and the example's rows. Only this room draws with openpyxl, and nothing that a
button needs imports that part of it.
"""
