"""Mail: a review leaves the house, in a few lines as HTML and plain text with attachments, drafted or sent.

Comes in: the book, a composed review, the people it goes to, a mail server's address.
"""
