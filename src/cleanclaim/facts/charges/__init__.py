"""What is charged, line against line."""
