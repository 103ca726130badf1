"""The SMTP gate: stands between any tool that sends and its mail server, and judges each mail."""
