"""More units than Medicare's medically unlikely edits allow, per line or per day."""
