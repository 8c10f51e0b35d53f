"""What a choreography is: values, rules and decisions; no input, no output."""
