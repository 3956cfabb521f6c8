"""What people run themselves and nobody deploys: the command line and the stack on one machine."""
