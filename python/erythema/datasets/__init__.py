"""Photos with readers' outlines on disk."""
