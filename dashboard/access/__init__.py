"""Who may ask the server for what: signing in, the gate before every request, the administrators' pages."""
