"""Mail: what is said in a few lines, as HTML and as plain text, with its attachments; drafts and sending."""
