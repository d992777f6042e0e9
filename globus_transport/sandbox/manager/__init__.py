"""Transfer's endpoint manager: tasks and pause rules on managed and monitored collections."""
