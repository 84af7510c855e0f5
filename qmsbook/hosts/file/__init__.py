"""The host of closed files: reads what Excel writes, and changes it without touching anything else."""
