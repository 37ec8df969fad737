"""Static evaluation of Django settings: what DATABASES would hold, without running it."""
