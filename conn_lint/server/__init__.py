"""The idle timeout a server applies: from option files, saved variables or the live server."""
