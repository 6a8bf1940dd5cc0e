"""Who comes and goes at the door: how slow they may be, how much at once, and what is told about it afterwards."""
