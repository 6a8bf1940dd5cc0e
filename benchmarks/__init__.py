"""What this project can do on a machine, always beside what the machine itself can do in the same minute."""
