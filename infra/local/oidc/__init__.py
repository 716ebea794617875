"""The local OIDC issuer's parts, on Authlib: who there is, keys, grants."""
