"""The audit: from two exports, whom marketing reached while a hold would have stood."""
