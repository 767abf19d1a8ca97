"""Who you are: users, passwords, sessions, throttles and the trail of security events."""
