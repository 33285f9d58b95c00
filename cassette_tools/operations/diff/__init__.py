"""What two recordings say differently."""
