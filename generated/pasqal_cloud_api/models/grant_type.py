from typing import Literal, TypeAlias

GrantType: TypeAlias = Literal["client_credentials", "http://auth0.com/oauth/grant-type/password-realm", "password"]
""" How the caller logs in. """
