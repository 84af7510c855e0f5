"""Setup: puts the buttons on a PC and takes them out, says what works there, knows where things belong.

Comes in: the platform and its folders, as data; the add-ins as they were built.
"""
