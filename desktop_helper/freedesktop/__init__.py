"""What Linux desktops have in common: kinds of sessions, and the portal on the session bus."""
