"""Builds the OpenAPI documents of the service from its routes and the sources under `openapi/`."""
