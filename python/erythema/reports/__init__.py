"""What people read: tables, JSON and a page in HTML."""
