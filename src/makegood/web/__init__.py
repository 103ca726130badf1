"""The Django project: settings, addresses, sign-in, headers, static files."""
