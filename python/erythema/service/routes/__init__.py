"""The service's routes, one module each."""
