"""What the closed-file host knows about the files that Excel writes."""
