"""The version of the package, for whoever builds it and for whoever asks; reading the metadata takes 10 ms."""

__version__ = "0.25.0"
